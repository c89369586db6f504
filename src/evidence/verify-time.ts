import type { Block } from './block.ts';
import type { OriginPolicy } from './policy.ts';
import type { Head, VerifiedNotes } from './verify-notes.ts';
import { toHex } from './encodings.ts';

/** Between which times others saw a block sealed, ms; null without a bound (evidence section 8). */
export type BlockTime = {
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  readonly uncertain: boolean;
};

/** Step 10; nothing fails here: a slow witness must not void a bundle. */
export function boundTimes(blocks: readonly Block[], notes: VerifiedNotes): readonly BlockTime[] {
  const { policy, checkpoint } = notes;
  const heads = [...notes.heads, checkpoint];
  const after = notAfters(blocks, heads);
  const beacons = new BeaconTimes(notes.heads, policy.k);
  return blocks.map((block, i) => {
    const notBefore = beacons.upTo(block);
    const notAfter = after[i] ?? null;
    return { notBefore, notAfter, uncertain: isUncertain(block, notBefore, notAfter, policy) };
  });
}

/** notAfter(i): the least time of a head with size > i. */
function notAfters(blocks: readonly Block[], heads: readonly Head[]): readonly (number | null)[] {
  const bySize = heads.toSorted((x, y) => y.size - x.size);
  const times: (number | null)[] = [];
  let least: number | null = null;
  let h = 0;
  for (let i = blocks.length - 1; i >= 0; i--) {
    for (let head = bySize[h]; head !== undefined && head.size > (blocks[i]?.no ?? 0); head = bySize[++h])
      if (head.time !== null && (least === null || head.time < least)) least = head.time;
    times[i] = least;
  }
  return times;
}

/** notBefore(i): of each owner the latest time its beacons name up to here, of these the k-th largest. */
class BeaconTimes {
  readonly #k: number;
  readonly #cosignatures = new Map<string, { readonly owner: string; readonly at: number }>();
  readonly #latest = new Map<string, number>();

  constructor(heads: readonly Head[], k: number) {
    this.#k = k;
    for (const head of heads)
      for (const c of head.cosignatures) this.#cosignatures.set(`${head.size} ${toHex(c.hash)}`, c);
  }

  upTo(block: Block): number | null {
    for (const beacon of block.beacons) {
      const cosignature = this.#cosignatures.get(`${beacon.number} ${toHex(beacon.hash)}`);
      if (beacon.kind !== 2 || cosignature === undefined || beacon.number > block.no) continue;
      const { owner, at } = cosignature;
      this.#latest.set(owner, Math.max(at * 1000, this.#latest.get(owner) ?? 0));
    }
    if (this.#k === 0) return null;
    return [...this.#latest.values()].sort((x, y) => y - x)[this.#k - 1] ?? null;
  }
}

function isUncertain(
  block: Block,
  notBefore: number | null,
  notAfter: number | null,
  policy: OriginPolicy,
): boolean {
  const { err } = block.clock;
  if (policy.maxErrMs !== null && (err === null || err > policy.maxErrMs)) return true;
  const room = (err ?? Number.POSITIVE_INFINITY) + policy.skewMs;
  return (
    (notBefore !== null && notBefore - room > block.t1) || (notAfter !== null && block.t1 > notAfter + room)
  );
}
