import { decayOf, meanKinetic } from '../domain/mean-kinetic.ts';
import type { Exposure } from '../domain/goods/status.ts';
import { Overlay } from '../domain/overlay.ts';
import { isUsable } from '../domain/reading.ts';
import { RecordType, StatementKind, SystemCode, type LogRecord, type Value } from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import type { ReceiptRow } from './receipt-row.ts';
import type { Receipts } from './receipts.ts';
import { listIn, numberIn, orNullIn, textIn } from './state-fields.ts';

/** The newest value of one stream, and how far it speaks. */
type Told = { readonly v: number; readonly until: number };

/** What the goods of one receipt went through, since it was bound or since it came to its zone. */
type Sums = {
  readonly outsideMs: number;
  readonly excursions: number;
  readonly isOutside: boolean;
  readonly min: number | null;
  readonly max: number | null;
  readonly decay: number;
  readonly knownMs: number;
  readonly missingMs: number;
};

type ExposureRow = {
  readonly zone: string;
  readonly checkedTo: number;
  readonly all: Sums;
  readonly here: Sums;
};

const NOTHING: Sums = {
  outsideMs: 0,
  excursions: 0,
  isOutside: false,
  min: null,
  max: null,
  decay: 0,
  knownMs: 0,
  missingMs: 0,
};

/**
 * What goods were exposed to: time outside the receipt's range, by every stream of its quantity and unit
 * in the zone where the goods are; the worst of them counts. Time that no reading covers is missing, is
 * counted as such, and does not end an excursion.
 */
export class Exposures {
  readonly #receipts: Receipts;
  readonly #streams: readonly OpenStream[];
  readonly #slots: ReadonlyMap<number, OpenStream>;
  readonly #told = new Overlay<string, Told>();
  readonly #rows = new Overlay<string, ExposureRow>();

  /** @throws TypeError for a state that `encode` did not give */
  constructor(
    { streams }: { readonly streams: readonly OpenStream[] },
    receipts: Receipts,
    state: Value | null,
  ) {
    this.#receipts = receipts;
    this.#streams = streams.filter(({ kind }) => kind === 1);
    this.#slots = new Map(this.#streams.map((stream) => [stream.slot, stream]));
    if (state !== null) this.#read(state);
  }

  take({ type, slot, body, t }: LogRecord): void {
    if (type === RecordType.reading) this.#reading(slot, body, t);
    else if (type === RecordType.goods) this.#follow(t);
    else if (type === RecordType.statement && body[0] === StatementKind.receipt) this.#follow(t);
    else if (type === RecordType.system && body[0] === SystemCode.clockStepped) {
      if (typeof body[1] === 'number') this.#shift(body[1]);
    }
  }

  /** Since the receipt was bound; null where it has no range. */
  of(receipt: string, now: number): Exposure | null {
    return this.#shown(receipt, now, 'all');
  }

  /** Streams that tell what its goods are exposed to where they are. */
  streamsOf(bound: ReceiptRow): readonly string[] {
    return this.#streams.filter((stream) => isOf(stream, bound)).map(({ id }) => id);
  }

  /** Since its goods came to the zone, or onto the truck, where they are. */
  here(receipt: string, now: number): Exposure | null {
    return this.#shown(receipt, now, 'here');
  }

  commit(): void {
    this.#told.commit();
    this.#rows.commit();
  }

  discard(): void {
    this.#told.discard();
    this.#rows.discard();
  }

  encode(): Value {
    return [
      [...this.#told.entries()].sort(byKey).map(([id, { v, until }]) => [id, v, until]),
      [...this.#rows.entries()]
        .sort(byKey)
        .map(([id, { zone, checkedTo, all, here }]) => [id, zone, checkedTo, sumsRow(all), sumsRow(here)]),
    ];
  }

  #shown(receipt: string, now: number, which: 'all' | 'here'): Exposure | null {
    const [row, bound] = [this.#rows.get(receipt), this.#receipts.get(receipt)];
    const range = bound?.binding.range ?? null;
    if (row === undefined || bound === null || range === null) return null;
    const { outsideMs, excursions, isOutside, min, max, decay, knownMs, missingMs } = this.#walk(
      row,
      bound,
      now,
    )[which];
    const isWarmth = range.unit === 'Cel' && decay > 0 && knownMs > 0;
    const mkt = isWarmth ? Math.round(meanKinetic(decay * DECAY_STEP, knownMs) * 100) : null;
    return { outsideMs, allowedMs: range.allowedMs, excursions, isOutside, min, max, mkt, missingMs };
  }

  #reading(slot: number, [v, q]: readonly Value[], t: number): void {
    const stream = this.#slots.get(slot);
    if (stream === undefined || typeof q !== 'number' || (v !== null && typeof v !== 'number')) return;
    const value = v ?? null;
    if (!isUsable(value, q)) return;
    for (const [receipt, row] of this.#rows.entries()) {
      const bound = this.#receipts.get(receipt);
      if (bound !== null && isOf(stream, bound)) this.#rows.set(receipt, this.#walk(row, bound, t));
    }
    this.#told.set(stream.id, { v: value, until: t + stream.maxGapMs });
  }

  /** Goods that moved are exposed to what their new zone is. */
  #follow(t: number): void {
    for (const bound of this.#receipts.list()) {
      const { receipt, range } = bound.binding;
      const row = this.#rows.get(receipt);
      const fresh = { zone: bound.zone, checkedTo: t, here: NOTHING };
      if (row === undefined && range !== null) this.#rows.set(receipt, { ...fresh, all: NOTHING });
      else if (row !== undefined && row.zone !== bound.zone) {
        const { all } = this.#walk(row, { ...bound, zone: row.zone }, t);
        this.#rows.set(receipt, { ...fresh, all });
      }
    }
  }

  /** From reading to reading, and where one stops to speak; at each, the worst of the values that speak. */
  #walk(row: ExposureRow, bound: ReceiptRow, t: number): ExposureRow {
    const { range } = bound.binding;
    if (range === null || t <= row.checkedTo) return row;
    const told = this.#streams
      .filter((stream) => isOf(stream, bound))
      .flatMap((stream) => {
        const last = this.#told.get(stream.id);
        return last === undefined ? [] : [{ value: toThousandths(last.v, stream.exp), until: last.until }];
      });
    let { all, here } = row;
    for (let from = row.checkedTo; from < t;) {
      const speaking = told.filter(({ until }) => until > from);
      const to = Math.min(t, ...speaking.map(({ until }) => until));
      const values = speaking.map(({ value }) => value);
      const step = { ms: to - from, min: Math.min(...values), max: Math.max(...values) };
      const isOut = step.min < (range.min ?? -Infinity) || step.max > (range.max ?? Infinity);
      const unit = range.unit;
      all = values.length === 0 ? missed(all, step.ms) : exposed(all, step, isOut, unit);
      here = values.length === 0 ? missed(here, step.ms) : exposed(here, step, isOut, unit);
      from = to;
    }
    return { ...row, checkedTo: t, all, here };
  }

  #shift(a: number): void {
    for (const [id, told] of this.#told.entries()) this.#told.set(id, { ...told, until: told.until + a });
    for (const [id, row] of this.#rows.entries())
      this.#rows.set(id, { ...row, checkedTo: row.checkedTo + a });
  }

  #read(state: Value): void {
    const [told, rows] = listIn(state);
    for (const row of listIn(told)) {
      const [id, v, until] = listIn(row);
      this.#told.set(textIn(id), { v: numberIn(v), until: numberIn(until) });
    }
    for (const row of listIn(rows)) {
      const [id, zone, checkedTo, all, here] = listIn(row);
      const sums = { all: sumsIn(all), here: sumsIn(here) };
      this.#rows.set(textIn(id), { zone: textIn(zone), checkedTo: numberIn(checkedTo), ...sums });
    }
    this.commit();
  }
}

function isOf(stream: OpenStream, { zone, binding: { range } }: ReceiptRow): boolean {
  return stream.place === zone && stream.quantity === range?.quantity && stream.unit === range.unit;
}

/** Decay is summed up in steps so great that years of it stay exact. */
const DECAY_STEP = 1000;

function decayed(sum: number, celsius: number, ms: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, sum + Math.round(decayOf(celsius, ms) / DECAY_STEP));
}

/** Thousandths of the unit as a state keeps them, so that a restart changes no figure. */
function toThousandths(v: number, exp: number): number {
  const thousandths = Math.round(v * 10 ** (exp + 3));
  // Minus zero is no number of a state.
  return thousandths === 0 ? 0 : thousandths / 1000;
}

function missed(sums: Sums, ms: number): Sums {
  return { ...sums, missingMs: sums.missingMs + ms };
}

function exposed(
  sums: Sums,
  { ms, min, max }: { readonly ms: number; readonly min: number; readonly max: number },
  isOut: boolean,
  unit: string,
): Sums {
  return {
    outsideMs: sums.outsideMs + (isOut ? ms : 0),
    excursions: sums.excursions + (isOut && !sums.isOutside ? 1 : 0),
    isOutside: isOut,
    min: sums.min === null ? min : Math.min(sums.min, min),
    max: sums.max === null ? max : Math.max(sums.max, max),
    decay: unit === 'Cel' ? decayed(sums.decay, max, ms) : 0,
    knownMs: sums.knownMs + ms,
    missingMs: sums.missingMs,
  };
}

/** Values are kept as thousandths: a state holds no fractions. */
function sumsRow(sums: Sums): Value {
  const { outsideMs, excursions, isOutside, min, max, decay, knownMs, missingMs } = sums;
  return [outsideMs, excursions, isOutside ? 1 : 0, milli(min), milli(max), decay, knownMs, missingMs];
}

function sumsIn(value: Value | undefined): Sums {
  const [outsideMs, excursions, outside, min, max, decay, knownMs, missingMs] = listIn(value);
  return {
    outsideMs: numberIn(outsideMs),
    excursions: numberIn(excursions),
    isOutside: outside === 1,
    min: orNullIn(min, (m) => numberIn(m) / 1000),
    max: orNullIn(max, (m) => numberIn(m) / 1000),
    decay: numberIn(decay),
    knownMs: numberIn(knownMs),
    missingMs: numberIn(missingMs),
  };
}

function milli(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
