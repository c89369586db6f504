import { RecordType, type LogRecord, type Value } from '../../domain/record.ts';
import type { StreamId } from '../../domain/stream.ts';
import { joined, parted, type Memory } from './memory.ts';

/** A stream as its newest descriptor says it. */
export type KnownStream = {
  readonly slot: number;
  readonly id: StreamId;
  readonly dev: string;
  readonly kind: number;
  readonly unit: string;
  readonly exp: number;
  readonly maxGapMs: number;
  readonly place: string;
};

/** What is in force of the streams, by leaf type 12. */
export class Streams {
  readonly #memory: Memory;
  readonly #known = new Map<number, KnownStream>();

  constructor(memory: Memory) {
    this.#memory = memory;
    for (const [key, value] of memory.under('stream/')) {
      const slot = Number(key.slice('stream/'.length));
      const [dev = '', ch = '', kind, unit = '', exp, maxGap, place = ''] = parted(value);
      this.#known.set(
        slot,
        streamOf(slot, { dev, ch, unit, place }, [Number(kind), Number(exp), Number(maxGap)]),
      );
    }
  }

  of(slot: number): KnownStream | null {
    return this.#known.get(slot) ?? null;
  }

  /** Streams that look at a zone, in the order of their slots. */
  at(place: string): KnownStream[] {
    return [...this.#known.values()].filter((s) => s.place === place).toSorted((a, b) => a.slot - b.slot);
  }

  /** Takes a leaf of type 12; gives the stream before and after it, null for none. */
  take({
    type,
    body,
  }: LogRecord): { readonly before: KnownStream | null; readonly after: KnownStream | null } | null {
    const [slot, descriptor] = body;
    if (type !== RecordType.stream || typeof slot !== 'number') return null;
    const before = this.of(slot);
    const after = isList(descriptor) ? read(slot, descriptor) : null;
    if (after === null) this.#known.delete(slot);
    else this.#known.set(slot, after);
    this.#memory.set(`stream/${slot}`, after === null ? null : written(after));
    return { before, after };
  }

  /** A new epoch opens its own streams. */
  clear(): void {
    for (const slot of this.#known.keys()) this.#memory.set(`stream/${slot}`, null);
    this.#known.clear();
  }
}

/** `D = [1, gw, slot, kind, dev, ch, unit, exp, cadence, max_gap, place, …]`. */
function read(slot: number, d: readonly Value[]): KnownStream {
  const [, , , kind, dev, ch, unit, exp, , maxGap, place] = d;
  const texts = { dev: String(dev), ch: String(ch), unit: String(unit), place: String(place) };
  return streamOf(slot, texts, [Number(kind), Number(exp), Number(maxGap)]);
}

function streamOf(
  slot: number,
  {
    dev,
    ch,
    unit,
    place,
  }: { readonly dev: string; readonly ch: string; readonly unit: string; readonly place: string },
  [kind, exp, maxGapMs]: readonly [kind: number, exp: number, maxGapMs: number],
): KnownStream {
  return { slot, id: `${dev}/${ch}`, dev, kind, unit, exp, maxGapMs, place };
}

function written({ id, dev, kind, unit, exp, maxGapMs, place }: KnownStream): string {
  return joined([dev, id.slice(dev.length + 1), kind, unit, exp, maxGapMs, place]);
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
