import type { Input, InputRecord } from './input.ts';

/**
 * Puts a batch in the order of evidence, (t, slot, arrival), and raises times so that each exceeds
 * every t of the transaction before: then (block, t, slot, seq) is the order the rules saw.
 *
 * @param notBefore least t allowed in this transaction, ms
 */
export function order(inputs: readonly Input[], notBefore: number): InputRecord[] {
  const records: InputRecord[] = [];
  let sorted = true;
  let last: InputRecord | undefined;
  for (const input of inputs) {
    for (const record of input.records) {
      if (record.t < notBefore) record.t = notBefore;
      if (last !== undefined && compare(last, record) > 0) sorted = false;
      records.push(record);
      last = record;
    }
  }
  return sorted ? records : records.sort(compare);
}

function compare(a: InputRecord, b: InputRecord): number {
  return a.t - b.t || a.slot - b.slot;
}
