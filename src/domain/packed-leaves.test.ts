import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packLeaves } from '../../test/fixtures/buffer/packed-tail.ts';
import { unpackLeaves } from './packed-leaves.ts';

const safe = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const leaf = fc.record({
  slot: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  seq: fc.oneof(safe, fc.integer({ min: 0, max: 300 })),
  t: fc.oneof(safe, fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32)),
  type: fc.integer({ min: 1, max: 16 }),
  body: fc.uint8Array({ maxLength: 40 }),
});

describe('packed leaves', () => {
  it('are the leaves that were packed', () => {
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 30 }), (leaves) => {
        expect([...unpackLeaves(packLeaves(leaves))]).toEqual(leaves);
      }),
    );
  });

  it('cut anywhere are those before the cut', () => {
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 8 }), fc.nat(), (leaves, seed) => {
        const { n, bytes } = packLeaves(leaves);
        const cut = seed % bytes.length;
        const whole = leaves.filter((_, i) => packLeaves(leaves.slice(0, i + 1)).bytes.length <= cut);
        expect([...unpackLeaves({ n, bytes: bytes.subarray(0, cut) })]).toEqual(whole);
      }),
    );
  });

  it('damaged anywhere are never more than there were, and nothing throws', () => {
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 8 }), fc.nat(), fc.nat(), (leaves, seed, bit) => {
        const { n, bytes } = packLeaves(leaves);
        const at = seed % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
        expect([...unpackLeaves({ n, bytes })].length).toBeLessThanOrEqual(n);
      }),
    );
  });
});
