import { Overlay } from '../domain/overlay.ts';
import {
  GoodsVerb,
  RecordType,
  StatementKind,
  SystemCode,
  type LogRecord,
  type Value,
} from '../domain/record.ts';
import { hexOf } from '../domain/hex.ts';
import type { Item } from './item.ts';
import type { Documents, Part } from './part.ts';
import { listIn, numberIn, textIn } from './state-fields.ts';

type Link = { readonly parent: string; readonly since: number };

/** A child that is not where its parent is: what was packed together was parted. */
export type Parted = {
  readonly child: string;
  readonly childZone: string;
  readonly parent: string;
  readonly parentZone: string;
  /** From when on it is known, evidence time, ms. */
  readonly since: number;
};

/** Logistic units: what lies in or on what, pallet and cases, carton and vials. */
export class Aggregations implements Part {
  readonly #links = new Overlay<string, Link>();
  readonly #item: (epc: string) => Item | undefined;

  /** @throws TypeError for a state that `encode` did not give */
  constructor(item: (epc: string) => Item | undefined, state: Value | null) {
    this.#item = item;
    for (const row of state === null ? [] : listIn(state)) {
      const [child, parent, since] = listIn(row);
      this.#links.set(textIn(child), { parent: textIn(parent), since: numberIn(since) });
    }
    this.#links.commit();
  }

  parentOf(child: string): string | null {
    return this.#links.get(child)?.parent ?? null;
  }

  /** What is in it or on it, sorted. */
  childrenOf(parent: string): readonly string[] {
    const children: string[] = [];
    for (const [child, link] of this.#links.entries()) if (link.parent === parent) children.push(child);
    return children.sort();
  }

  /**
   * How a child and its parent are parted at `now`; null while they are together, or nothing says otherwise.
   * @param windowMs in this time both are told again wherever they stay, so that a pallet on its way is whole
   */
  parted(child: string, now: number, windowMs: number): Parted | null {
    const link = this.#links.get(child);
    const [own, whole] = [this.#item(child), link === undefined ? undefined : this.#item(link.parent)];
    if (link === undefined || own === undefined || whole === undefined) return null;
    // Only what a reader saw since they were put together says that they are not.
    const [mine, its] = [placeOf(own), placeOf(whole)];
    if (mine.zone === its.zone || mine.zone === '' || its.zone === '') return null;
    if (Math.max(own.seenAt, whole.seenAt) <= link.since) return null;
    const since = Math.max(mine.since, its.since, link.since) + windowMs;
    if (since > now) return null;
    return { child, childZone: mine.zone, parent: link.parent, parentZone: its.zone, since };
  }

  /** All that are parted at `now`, by child. */
  allParted(now: number, windowMs: number): readonly Parted[] {
    const found: Parted[] = [];
    for (const [child] of this.#links.entries()) {
      const parted = this.parted(child, now, windowMs);
      if (parted !== null) found.push(parted);
    }
    return found.sort((a, b) => (a.child < b.child ? -1 : 1));
  }

  take({ t, type, body }: LogRecord, documents: Documents): void {
    if (type === RecordType.statement && body[0] === StatementKind.aggregation) {
      const document = body[3] instanceof Uint8Array ? documents(body[3]) : null;
      if (document?.kind !== 'aggregation') return;
      const { parent, children, on } = document;
      for (const child of children) {
        if (on) this.#links.set(child, { parent, since: t });
        else if (this.#links.get(child)?.parent === parent) this.#links.delete(child);
      }
    } else if (type === RecordType.goods && body[0] === GoodsVerb.unlinked) {
      if (body[2] instanceof Uint8Array) this.#links.delete(hexOf(body[2]));
    } else if (type === RecordType.system && body[0] === SystemCode.clockStepped) {
      const a = Number(body[1]);
      for (const [child, link] of this.#links.entries())
        this.#links.set(child, { ...link, since: link.since + a });
    }
  }

  commit(): void {
    this.#links.commit();
  }

  discard(): void {
    this.#links.discard();
  }

  encode(): Value {
    const rows = [...this.#links.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([child, { parent, since }]) => [child, parent, since]);
  }
}

/** Where a thing is as far as is known: where it was put or seen, whichever was later. */
function placeOf({ zone, placedAt, seenZone, seenAt, seenSince }: Item): { zone: string; since: number } {
  return seenAt > placedAt ? { zone: seenZone, since: seenSince } : { zone, since: placedAt };
}
