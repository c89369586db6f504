import type { BundleAsk, BundleMode, BundleSelect, BundleWish } from '../domain/bundle-wish.ts';
import { parseDecimal, ucumOf, type Decimal } from '../domain/units.ts';
import type { EpochOptions } from './data-directory.ts';
import { UsageError } from './failure.ts';
import { moment, shown, span } from './inputs.ts';

export type ExportOptions = EpochOptions & {
  readonly stream?: readonly string[];
  readonly zone?: string;
  readonly tag?: string;
  readonly receipt?: string;
  readonly lot?: string;
  readonly from?: string;
  readonly to?: string;
  readonly out: string;
  readonly mode: BundleMode;
  readonly show?: readonly string[];
  readonly unit?: string;
  readonly min?: string;
  readonly max?: string;
  readonly maxGap?: string;
  readonly allowOut?: string;
  readonly allowGap?: string;
  readonly events?: boolean;
  readonly policy?: string;
  readonly json?: boolean;
};

/** What the options ask for. @throws UsageError */
export function wishOf(o: ExportOptions, now: number): BundleWish {
  const select = selectOf(o);
  const isGoods = select.kind === 'receipt' || select.kind === 'lot';
  if (!isGoods && (o.from === undefined || o.to === undefined))
    throw new UsageError('say of when: --from and --to');
  const [from, to] = [o.from === undefined ? 0 : moment(o.from, now), moment(o.to ?? 'now', now)];
  if (from >= to) throw new UsageError(`--from ${shown(from)} is not before --to ${shown(to)}`);
  const times = (o.show ?? []).map((text) => timesOf(text, now));
  return { select, ask: askOf(o), from, to, mode: o.mode, times, events: o.events === true };
}

function selectOf({ stream, zone, tag, receipt, lot }: ExportOptions): BundleSelect {
  if (receipt !== undefined) return { kind: 'receipt', receipt: receipt.toLowerCase() };
  if (lot !== undefined) return { kind: 'lot', lot };
  if (stream !== undefined) return { kind: 'streams', ids: stream };
  if (zone !== undefined) return { kind: 'zone', zone };
  if (tag !== undefined) return { kind: 'readPoints' };
  throw new UsageError(
    'say of what: --stream DEVICE/CHANNEL, --zone ZONE, --tag EPC, --receipt ID or --lot LOT',
  );
}

function askOf(o: ExportOptions): BundleAsk {
  const maxGapMs = o.maxGap === undefined ? null : span(o.maxGap);
  const allowGapMs = span(o.allowGap ?? '0s');
  if (o.tag !== undefined) {
    const epc = o.tag.toLowerCase();
    if (!/^([0-9a-f]{2})+$/.test(epc)) throw new UsageError(`"${o.tag}" is no EPC in hexadecimal`);
    return { kind: 'present', epc, maxGapMs, allowGapMs };
  }
  const allowOutMs = span(o.allowOut ?? '0s');
  const [min, max] = [decimal(o.min), decimal(o.max)];
  return { kind: 'range', unit: unitOf(o.unit), min, max, maxGapMs, allowOutMs, allowGapMs };
}

function timesOf(text: string, now: number): { readonly from: number; readonly to: number } {
  const [first, last, ...more] = text.split('/');
  if (first === undefined || last === undefined || more.length > 0)
    throw new UsageError(`"${text}" is not FROM/TO`);
  const [from, to] = [moment(first, now), moment(last, now)];
  if (from >= to) throw new UsageError(`"${text}" ends before it begins`);
  return { from, to };
}

function decimal(text: string | undefined): Decimal | null {
  if (text === undefined) return null;
  const parsed = parseDecimal(text);
  if (parsed === null) throw new UsageError(`"${text}" is no decimal number`);
  return parsed;
}

function unitOf(spelling: string | undefined): string | null {
  if (spelling === undefined) return null;
  const unit = ucumOf(spelling);
  if (unit === null) throw new UsageError(`"${spelling}" is no unit that is known; write e.g. °C or %`);
  return unit;
}
