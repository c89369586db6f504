import { Overlay } from '../domain/overlay.ts';
import { isUsable } from '../domain/reading.ts';
import { RecordType, SystemCode, type LogRecord, type Value } from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import type { Amount } from '../domain/goods/documents.ts';
import type { Part } from './part.ts';
import type { GoodsSite } from './site.ts';
import { listIn, numberIn, textIn } from './state-fields.ts';

type Weighed = { readonly v: number; readonly at: number };

/** What a scale showed last at rest. `fresh`: no longer ago than it may be silent. */
export type ScaleFact = {
  readonly stream: string;
  readonly amount: Amount;
  readonly at: number;
  readonly fresh: boolean;
};

/** Quantities of streams that weigh or measure what lies in a zone. */
const MEASURES = ['weight', 'level'];

/** The last good value of every scale: what lies in its zone by weight. */
export class Scales implements Part {
  readonly #scales: ReadonlyMap<number, OpenStream>;
  readonly #weighed = new Overlay<string, Weighed>();

  /** @throws TypeError for a state that `encode` did not give */
  constructor({ streams }: GoodsSite, state: Value | null) {
    const scales = streams.filter(({ kind, quantity }) => kind === 1 && MEASURES.includes(quantity));
    this.#scales = new Map(scales.map((stream) => [stream.slot, stream]));
    for (const row of state === null ? [] : listIn(state)) {
      const [stream, v, at] = listIn(row);
      this.#weighed.set(textIn(stream), { v: numberIn(v), at: numberIn(at) });
    }
    this.#weighed.commit();
  }

  inZone(zone: string, now: number): readonly ScaleFact[] {
    return [...this.#scales.values()].flatMap(({ id, place, unit, exp, maxGapMs }) => {
      const weighed = place === zone ? this.#weighed.get(id) : undefined;
      if (weighed === undefined) return [];
      const { v, at } = weighed;
      return [{ stream: id, amount: { value: v, exp, unit }, at, fresh: at + maxGapMs > now }];
    });
  }

  take({ slot, t, type, body }: LogRecord): void {
    if (type === RecordType.reading) {
      const scale = this.#scales.get(slot);
      const [v, q] = body;
      if (scale === undefined || typeof q !== 'number' || (v !== null && typeof v !== 'number')) return;
      if (v !== undefined && isUsable(v, q)) this.#weighed.set(scale.id, { v, at: t });
    } else if (type === RecordType.system && body[0] === SystemCode.clockStepped) {
      const a = Number(body[1]);
      for (const [id, { v, at }] of this.#weighed.entries()) this.#weighed.set(id, { v, at: at + a });
    }
  }

  commit(): void {
    this.#weighed.commit();
  }

  discard(): void {
    this.#weighed.discard();
  }

  encode(): Value {
    const rows = [...this.#weighed.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([id, { v, at }]) => [id, v, at]);
  }
}
