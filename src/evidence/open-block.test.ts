import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../test/evidence/primitives.ts';
import { GW, ORIGIN, T, newStreams, startOfBlock0 } from '../../test/evidence/worked-example.ts';
import type { SlotKey, TailLeaf } from '../domain/commit.ts';
import { BlockFlag, decodeBlock } from './block.ts';
import { CborError, decode, encode } from './cbor.ts';
import { toHex } from './encodings.ts';
import { encodeLeaf, saltOf } from './leaf.ts';
import { leafHash, mth } from './merkle.ts';
import { OpenBlock, SegmentFull } from './open-block.ts';
import type { LeafDraft, OpenBlockStart } from './open-block.ts';
import { decodeSegment } from './segment.ts';
import { unpackLeaves } from '../domain/packed-leaves.ts';

const { sha256 } = nodePrimitives;
const END = { t1: T + 600_000, flags: 0, beacons: [] };

function open(start: Partial<OpenBlockStart> = {}): OpenBlock {
  let key = 0;
  const randomKey = (): Uint8Array => new Uint8Array(32).fill(key++);
  return new OpenBlock(sha256, { gw: GW, origin: ORIGIN }, randomKey, { ...startOfBlock0(), ...start });
}
const reading = (slot: number, seq: number, t: number, v: number | null, q = 0): LeafDraft => ({
  slot,
  seq,
  t: T + t,
  type: 1,
  body: [v, q],
});
const start = (seq: number, t: number): LeafDraft => ({
  slot: 0,
  seq,
  t: T + t,
  type: 13,
  body: [1, null, null, null],
});

/** Any commits a gateway could make: per commit some records at times that never fall. */
const anyCommits = fc.array(
  fc.array(
    fc.record({
      slot: fc.nat(2),
      wait: fc.nat(9000),
      v: fc.option(fc.integer({ min: -5000, max: 5000 })),
      q: fc.constantFrom(0, 1, 2, 8),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  { maxLength: 10 },
);
function run(
  block: OpenBlock,
  commits: readonly { slot: number; wait: number; v: number | null; q: number }[][],
) {
  const leaves: TailLeaf[] = [];
  const keys: SlotKey[] = [];
  let t = 0;
  const seqs = [0, 0, 0];
  for (const commit of commits) {
    const drafts = commit.map(({ slot, wait, v, q }) => {
      t += wait;
      const seq = seqs[slot] ?? 0;
      seqs[slot] = seq + 1;
      return slot === 0 ? start(seq, t) : reading(slot, seq, t, v === 0 ? 0 : v, q);
    });
    const appended = block.append(drafts, T + t);
    leaves.push(...[...unpackLeaves(appended.leaves)].map((leaf) => ({ ...leaf, k: appended.k })));
    keys.push(...appended.keys);
  }
  return { leaves, keys };
}

describe('an open block', () => {
  it('comes back from the journal whole: same chain, same block', () => {
    fc.assert(
      fc.property(anyCommits, (commits) => {
        const block = open();
        const tail = run(block, commits);
        const again = open();
        expect(again.restore(tail.leaves, tail.keys)).toEqual([]);
        expect([again.k, toHex(again.chain)]).toEqual([block.k, toHex(block.chain)]);
        expect(again.close(END)).toEqual(block.close(END));
      }),
    );
  });

  it('does not come back with the same chain once a stored leaf is changed or missing', () => {
    fc.assert(
      fc.property(
        anyCommits,
        fc.nat(),
        fc.constantFrom('drop', 'value', 'time', 'slot', 'key', 'swap'),
        (commits, pick, how) => {
          const block = open();
          const { leaves, keys } = run(block, commits);
          const at = pick % Math.max(leaves.length, 1);
          const leaf = leaves[at];
          if (leaf === undefined) return;
          const others = leaves.toSpliced(at, 1);
          const body = leaf.slot === 0 ? [2, null, null, null] : [9999, 0];
          const next = leaves[at + 1];
          const changed: Record<typeof how, TailLeaf[]> = {
            drop: others,
            value: leaves.with(at, { ...leaf, body: encode(body) }),
            time: leaves.with(at, { ...leaf, t: leaf.t + 1 }),
            slot: leaves.with(at, { ...leaf, slot: leaf.slot + 1 }),
            key: leaves,
            swap:
              next === undefined
                ? others
                : leaves.with(at, { ...next, k: leaf.k }).with(at + 1, { ...leaf, k: next.k }),
          };
          const otherKeys = how === 'key' ? keys.map((k) => ({ ...k, key: k.key.map((b) => b ^ 1) })) : keys;
          const again = open();
          const unfit = again.restore(changed[how], otherKeys);
          expect(unfit.length === 0 && toHex(again.chain) === toHex(block.chain)).toBe(false);
          expect(again.leafCount + unfit.length).toBe(changed[how].length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('hands back what follows a lost leaf or has lost its key, and seals the rest', () => {
    const block = open();
    const leaves: TailLeaf[] = [];
    const keys: SlotKey[] = [];
    for (const [i, drafts] of [
      [reading(1, 0, 10, 1), reading(2, 0, 10, 0)],
      [reading(1, 1, 20, 2)],
      [reading(1, 2, 30, 3), reading(2, 1, 30, 1)],
    ].entries()) {
      const a = block.append(drafts, T + 30);
      leaves.push(...[...unpackLeaves(a.leaves)].map((leaf) => ({ ...leaf, k: i + 1 })));
      keys.push(...a.keys);
    }
    const hole = open();
    expect(hole.restore(leaves.toSpliced(2, 1), keys).map((l) => [l.slot, l.seq])).toEqual([[1, 2]]);
    expect([hole.seqOf(1), hole.seqOf(2), hole.leafCount]).toEqual([1, 2, 3]);
    const noKey = open();
    expect(noKey.restore(leaves, keys.slice(0, 1)).map((l) => [l.slot, l.seq])).toEqual([
      [2, 0],
      [2, 1],
    ]);
    const damaged = open();
    const bad = leaves.map((l, i) => (i === 0 ? { ...l, body: Uint8Array.of(0xff) } : l));
    expect(damaged.restore(bad, keys).map((l) => [l.slot, l.seq])).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    expect(decodeBlock(damaged.close({ ...END, flags: BlockFlag.tailBroken }).block).flags).toBe(9);
  });

  it('closes with a root over exactly the leaves it stored, and their summary', () => {
    const block = open();
    const { keys } = block.append(
      [reading(1, 0, 5, 7), reading(1, 1, 6, -3), reading(1, 2, 7, 99, 2), reading(1, 3, 8, null, 1)],
      T + 9,
    );
    const sealed = block.close(END).segments[1];
    const key = keys[0]?.key;
    if (sealed === undefined || key === undefined) throw new Error('a segment with its key');
    const entries = decode(sealed.leaves);
    if (!Array.isArray(entries)) throw new Error('leaves');
    const hashes = entries.map(([t, type, body], i) =>
      leafHash(sha256, encodeLeaf({ salt: saltOf(sha256, key, i), seq: i, t, type, body: encode(body) })),
    );
    const segment = decodeSegment(sealed.segment);
    expect(segment.root).toEqual(mth(sha256, hashes));
    expect(segment).toMatchObject({ seq0: 0, n: 4, min: -3, max: 7, nbad: 2 });
    expect(sealed.key).toEqual(key);
    expect(sealed.coveredUntil).toBe(T + 6 + 330_000);
  });

  it('starts coverage anew after a step and goes on with it otherwise', () => {
    const streams = newStreams().map((s) => ({ ...s, first: false, coveredUntil: T + 50_000 }));
    const gaps = (block: OpenBlock, slot: number) =>
      decodeSegment(block.close(END).segments[slot]?.segment ?? new Uint8Array()).gaps;
    expect(gaps(open({ streams, flags: 0 }), 1)).toEqual([{ from: T + 50_000, to: END.t1, reason: 1 }]);
    expect(gaps(open({ streams, flags: BlockFlag.step }), 1)).toEqual([{ from: T, to: END.t1, reason: 1 }]);
    expect(gaps(open({ streams: streams.map((s) => ({ ...s, coveredUntil: null })) }), 1)).toEqual([
      { from: T, to: END.t1, reason: 3 },
    ]);
    expect(gaps(open({ streams, flags: 0 }), 0)).toEqual([]);
  });

  it('keeps a closed stream with empty segments and takes nothing for it', () => {
    const streams = newStreams().map((s, slot) => ({ ...s, first: false, closed: slot === 2, seq0: 4 }));
    const block = open({ streams });
    expect(() => block.append([reading(2, 4, 1, 1)], T + 1)).toThrow('closed');
    const { segments, next } = block.close(END);
    expect(decodeSegment(segments[2]?.segment ?? new Uint8Array())).toMatchObject({
      n: 0,
      seq0: 4,
      root: sha256(new Uint8Array(0)),
      gaps: [{ from: T, to: END.t1, reason: 5 }],
    });
    expect(next[2]).toMatchObject({ closed: true, seq0: 4 });
  });

  it.each<[string, readonly LeafDraft[], number]>([
    ['a seq left out', [reading(1, 1, 1, 1)], 1],
    ['a seq twice', [reading(1, 0, 1, 1), reading(1, 0, 2, 1)], 2],
    ['time that falls', [reading(1, 0, 2, 1), reading(1, 1, 1, 1)], 2],
    ['time before the block', [reading(1, 0, -1, 1)], 0],
    ['time after the commit', [reading(1, 0, 2, 1)], 1],
    ['a slot it does not have', [reading(3, 0, 1, 1)], 1],
    ['a type of another kind', [{ ...reading(1, 0, 1, 1), slot: 0 }], 1],
    ['a body of another length', [{ ...reading(1, 0, 1, 1), body: [1] }], 1],
    ['a fraction', [reading(1, 0, 1, 0.5)], 1],
  ])('refuses %s and stays as it was', (_, drafts, t) => {
    const block = open();
    const before = toHex(block.chain);
    expect(() => block.append([reading(2, 0, 0, 1), ...drafts], T + t)).toThrow(/leaf|slot|integer/);
    expect([block.k, toHex(block.chain), block.leafCount, block.seqOf(2)]).toEqual([0, before, 0, 0]);
  });

  it('names a value it cannot carry', () => {
    expect(() => open().append([reading(1, 0, 1, 2 ** 53)], T + 1)).toThrow(CborError);
  });

  it('ends after its last leaf only', () => {
    const block = open();
    expect(() => block.close({ ...END, t1: T })).toThrow(RangeError);
    block.append([reading(1, 0, 10, 1)], T + 10);
    expect(() => block.close({ ...END, t1: T + 10 })).toThrow(RangeError);
    expect(decodeBlock(block.close({ ...END, t1: T + 11, flags: BlockFlag.recovered }).block)).toMatchObject({
      t1: T + 11,
      flags: BlockFlag.restart | BlockFlag.recovered,
    });
  });

  it('has a new head and nothing else after a commit without leaves', () => {
    const block = open();
    const { k, chain, head } = block.append([], T + 1);
    expect([k, toHex(chain)]).toEqual([0, toHex(block.chain)]);
    expect(head).toEqual(block.head(T + 1));
  });

  it('takes no more than 65,535 leaves of one stream', () => {
    const block = open();
    const drafts = Array.from({ length: 65_535 }, (_, seq) => reading(1, seq, seq, 1));
    block.append(drafts, T + 65_535);
    expect(() => block.append([reading(1, 65_535, 65_535, 1)], T + 65_535)).toThrow(SegmentFull);
    expect(decodeSegment(block.close(END).segments[1]?.segment ?? new Uint8Array()).n).toBe(65_535);
  });
});
