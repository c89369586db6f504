import { Overlay } from '../domain/overlay.ts';
import { Quality } from '../domain/reading.ts';
import { RecordType, SystemCode, type LogRecord, type Value } from '../domain/record.ts';
import { hexOf } from '../domain/hex.ts';
import type { Part } from './part.ts';
import type { GoodsSite } from './site.ts';
import { listIn, numberIn, textIn } from './state-fields.ts';

/** A tag that is on no record: where and when it was seen last. */
export type Stranger = { readonly zone: string; readonly seenAt: number };

/** So many are remembered; then the one that was seen longest ago goes. */
const MOST = 5000;

/** Tags that read points see and nobody put anywhere. */
export class Strangers implements Part {
  readonly #places: ReadonlyMap<number, string>;
  readonly #isKnown: (epc: string) => boolean;
  readonly #seen = new Overlay<string, Stranger>();

  /**
   * @param isKnown whether a tag is on record
   * @throws TypeError for a state that `encode` did not give
   */
  constructor({ streams }: GoodsSite, isKnown: (epc: string) => boolean, state: Value | null) {
    this.#places = new Map(streams.filter((s) => s.kind === 2).map((s) => [s.slot, s.place]));
    this.#isKnown = isKnown;
    for (const row of state === null ? [] : listIn(state)) {
      const [epc, zone, seenAt] = listIn(row);
      this.#seen.set(textIn(epc), { zone: textIn(zone), seenAt: numberIn(seenAt) });
    }
    this.#seen.commit();
  }

  get(epc: string): Stranger | undefined {
    return this.#isKnown(epc) ? undefined : this.#seen.get(epc);
  }

  /** Those seen in a zone later than `since`, sorted. */
  inZone(zone: string, since: number): readonly string[] {
    const found: string[] = [];
    for (const [epc, stranger] of this.#seen.entries())
      if (stranger.zone === zone && stranger.seenAt > since && !this.#isKnown(epc)) found.push(epc);
    return found.sort();
  }

  take({ slot, t, type, body }: LogRecord): void {
    if (type === RecordType.observation) {
      const [epc, , , , last, , , q] = body;
      const zone = this.#places.get(slot);
      if (!(epc instanceof Uint8Array) || zone === undefined || typeof last !== 'number') return;
      if (typeof q !== 'number' || (q & Quality.backfilled) !== 0) return;
      this.#see(hexOf(epc), { zone, seenAt: (q & Quality.deviceTimeUncertain) === 0 ? last : t });
    } else if (type === RecordType.goods) {
      if (body[2] instanceof Uint8Array) this.#seen.delete(hexOf(body[2]));
    } else if (type === RecordType.system && body[0] === SystemCode.clockStepped) {
      const a = Number(body[1]);
      for (const [epc, stranger] of this.#seen.entries())
        this.#seen.set(epc, { ...stranger, seenAt: stranger.seenAt + a });
    }
  }

  commit(): void {
    this.#seen.commit();
  }

  discard(): void {
    this.#seen.discard();
  }

  encode(): Value {
    const rows = [...this.#seen.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([epc, { zone, seenAt }]) => [epc, zone, seenAt]);
  }

  #see(epc: string, stranger: Stranger): void {
    if (this.#isKnown(epc)) return;
    const before = this.#seen.get(epc);
    if (before !== undefined && before.seenAt >= stranger.seenAt) return;
    if (before === undefined && this.#seen.size >= MOST) this.#forgetOldest();
    this.#seen.set(epc, stranger);
  }

  #forgetOldest(): void {
    let oldest: [string, Stranger] | undefined;
    for (const [epc, stranger] of this.#seen.entries()) {
      const [name, { seenAt }] = oldest ?? [epc, stranger];
      const isOlder = stranger.seenAt < seenAt || (stranger.seenAt === seenAt && epc < name);
      if (oldest === undefined || isOlder) oldest = [epc, stranger];
    }
    if (oldest !== undefined) this.#seen.delete(oldest[0]);
  }
}
