import type { Amount, CountReply, ReceiptBinding } from '../domain/goods/documents.ts';
import type { ReceiptAmounts } from '../domain/goods/facts.ts';
import type { Lifecycle } from '../domain/goods/status.ts';
import type { RecordRef, Value } from '../domain/record.ts';
import { readDocument, writeDocument } from './document-reader.ts';
import { listIn, numberIn, orNullIn, refIn, textIn } from './state-fields.ts';

/** A receipt as it is remembered; its EPCs are with the items. */
export type ReceiptRow = {
  readonly binding: ReceiptBinding & { readonly epcs: null };
  /** When it was bound first, and the statement in force. */
  readonly boundAt: number;
  readonly ref: RecordRef;
  /** Where its goods lie: as bound, or moved as a whole since. */
  readonly zone: string;
  /** Moved out under releases that were completed, in the receipt's unit and exponent. */
  readonly released: number;
  readonly releases: readonly RecordRef[];
  readonly count: CountFact | null;
  /** By the last count that was complete, or the last amount told of its lot, in its unit and exponent. */
  readonly attested: number | null;
  readonly attestedAt: number | null;
  readonly attestedRef: RecordRef | null;
  readonly isDisputed: boolean;
  readonly isCancelled: boolean;
};

export type CountFact = Pick<CountReply, 'result' | 'expected' | 'seen'> & {
  readonly at: number;
  readonly ref: RecordRef;
};

export function lifecycleOf(row: ReceiptRow): Lifecycle {
  const { binding, released } = row;
  if (row.isCancelled) return 'cancelled';
  if (row.isDisputed) return 'disputed';
  if (released >= binding.amount.value) return 'released';
  if (released > 0) return 'part-released';
  if (row.attestedAt === null) return 'draft';
  return binding.financier === null ? 'bound' : 'pledged';
}

/** What a receipt says, what was attested of it, and what has to stay; null for one that was never bound. */
export function amountsOf(row: ReceiptRow | null): ReceiptAmounts | null {
  if (row === null) return null;
  const { binding, released, attested, attestedAt } = row;
  const onReceipt = Math.max(0, binding.amount.value - released);
  const goodUntil = attestedAt === null ? null : attestedAt + binding.countWithinMs;
  return { onReceipt, attested, attestedAt, goodUntil, floor: binding.floor?.value ?? null };
}

/** Pieces count for themselves; of packages of something else each holds the same. */
export function counted({ binding, released }: ReceiptRow, expected: number, seen: number): number {
  const { value, exp, unit } = binding.amount;
  if (unit === '1' && exp === 0) return seen;
  const left = Math.max(0, value - released);
  return expected === 0 ? 0 : Number((BigInt(left) * BigInt(Math.min(seen, expected))) / BigInt(expected));
}

export function isSameUnit(a: Amount, b: Amount): boolean {
  return a.unit === b.unit && a.exp === b.exp;
}

export function encodeRow(row: ReceiptRow): Value {
  const { count } = row;
  return [
    writeDocument(row.binding),
    row.boundAt,
    row.ref.slot,
    row.ref.seq,
    row.zone,
    row.released,
    row.releases.flatMap(({ slot, seq }) => [slot, seq]),
    count === null
      ? null
      : [count.result, count.expected, count.seen, count.at, count.ref.slot, count.ref.seq],
    row.attested,
    row.attestedAt,
    row.attestedRef === null ? null : [row.attestedRef.slot, row.attestedRef.seq],
    row.isDisputed ? 1 : 0,
    row.isCancelled ? 1 : 0,
  ];
}

/** @throws TypeError for what `encodeRow` did not give */
export function decodeRow(value: Value): ReceiptRow {
  const [
    binding,
    boundAt,
    slot,
    seq,
    zone,
    released,
    releases,
    count,
    attested,
    attestedAt,
    attestedRef,
    ...flags
  ] = listIn(value);
  const read = binding instanceof Uint8Array ? readDocument(binding) : null;
  if (read?.ok !== true || read.value.kind !== 'receipt')
    throw new TypeError('goods: a receipt without its document');
  const refs = listIn(releases);
  return {
    binding: { ...read.value, epcs: null },
    boundAt: numberIn(boundAt),
    ref: refIn(slot, seq),
    zone: textIn(zone),
    released: numberIn(released),
    releases: refs.flatMap((ref, i) => (i % 2 === 0 ? [refIn(ref, refs[i + 1])] : [])),
    count: orNullIn(count, decodeCount),
    attested: orNullIn(attested, numberIn),
    attestedAt: orNullIn(attestedAt, numberIn),
    attestedRef: orNullIn(attestedRef, (ref) => refIn(listIn(ref)[0], listIn(ref)[1])),
    isDisputed: flags[0] === 1,
    isCancelled: flags[1] === 1,
  };
}

function decodeCount(value: Value): CountFact {
  const [result, expected, seen, at, slot, seq] = listIn(value);
  const said = textIn(result);
  if (said !== 'complete' && said !== 'incomplete' && said !== 'refused')
    throw new TypeError(`goods: ${said} is no result of a count`);
  return {
    result: said,
    expected: numberIn(expected),
    seen: numberIn(seen),
    at: numberIn(at),
    ref: refIn(slot, seq),
  };
}
