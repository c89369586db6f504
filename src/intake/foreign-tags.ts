import type { TagConflict, TagObservation } from '../domain/device.ts';
import { toHex } from '../evidence/encodings.ts';

/** Tags of goods here that another site tells of, too; the index across sites says which. */
export class ForeignTags {
  #told: ReadonlyMap<string, string> = new Map();
  readonly #news = new Set<string>();

  /** What the index answered last. @param told who else tells of it, by EPC in small hexadecimal digits */
  replace(told: ReadonlyMap<string, string>): void {
    this.#told = told;
    for (const epc of this.#news) if (!told.has(epc)) this.#news.delete(epc);
  }

  /** What is wrong with a tag that is seen here; null for one that nobody else tells of. */
  conflictOf({
    epc,
    stream,
  }: TagObservation): { readonly conflict: TagConflict; readonly isNews: boolean } | null {
    const hex = toHex(epc);
    const other = this.#told.get(hex);
    if (other === undefined) return null;
    const isNews = !this.#news.has(hex);
    this.#news.add(hex);
    return { conflict: { epc, kmh: null, detail: `${stream}, also told of by ${other}` }, isNews };
  }
}
