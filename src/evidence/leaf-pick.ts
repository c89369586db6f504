import type { KeptLeaf } from './segment-leaves.ts';
import { RecordType } from '../domain/record.ts';
import { toHex } from './encodings.ts';

/** Which leaves of a stream a partly opened bundle shows; all others stay hidden behind hashes. */
export type LeafPick =
  /** Those of these places in their stream. */
  | { readonly kind: 'seqs'; readonly seqs: ReadonlySet<number> }
  /** Sightings of one tag, by the lower-case hex of its EPC. */
  | { readonly kind: 'tag'; readonly epc: string }
  /** Records of these times, [from, to) in ms. */
  | { readonly kind: 'times'; readonly times: readonly { readonly from: number; readonly to: number }[] }
  /** Readings below min or above max, scaled like the stream's. */
  | { readonly kind: 'out'; readonly min: number; readonly max: number };

export function picks(pick: LeafPick, { seq, t, type, body }: KeptLeaf): boolean {
  if (pick.kind === 'seqs') return pick.seqs.has(seq);
  const [first] = body;
  if (pick.kind === 'times') return pick.times.some(({ from, to }) => t >= from && t < to);
  if (pick.kind === 'tag')
    return type === RecordType.observation && first instanceof Uint8Array && toHex(first) === pick.epc;
  return type === RecordType.reading && typeof first === 'number' && (first < pick.min || first > pick.max);
}
