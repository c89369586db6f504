import { constants, deflateRawSync } from 'node:zlib';
import { array, assert, constantFrom, integer, nat, oneof, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { inflateRaw } from '../../src/web/verifier/inflate.ts';

/** What comes out, or that nothing does. */
function outcome(
  inflate: (deflated: Uint8Array, limit: number) => Uint8Array,
  deflated: Uint8Array,
  limit: number,
) {
  try {
    return Buffer.from(inflate(deflated, limit)).toString('base64');
  } catch {
    return 'refused';
  }
}

function expectAsZlib(deflated: Uint8Array, limit: number): void {
  expect(outcome(inflateRaw, deflated, limit)).toBe(outcome(nodePrimitives.inflate, deflated, limit));
}

/** Runs, texts and noise, so that every kind of block and every length of code comes up. */
const content = array(
  oneof(
    uint8Array({ maxLength: 400 }),
    array(integer({ min: 97, max: 107 }), { maxLength: 300 }).map((codes) => Buffer.from(codes)),
    nat(5000).map((n) => Buffer.alloc(n, n % 7)),
  ),
  { maxLength: 8 },
).map((parts) => new Uint8Array(Buffer.concat(parts)));
const strategy = constantFrom(
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FIXED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
);
const options = { level: 0, strategy: constants.Z_DEFAULT_STRATEGY };

/** Probabilities so uneven that codes get their full 15 bits. */
const uneven = new Uint8Array(
  Array.from({ length: 20 }, (_, n) => Array<number>(Math.min(2 ** n, 100_000)).fill(n + 40)).flat(),
);

describe('inflate in a browser', () => {
  it('gives back what zlib deflated, whatever the content and the way', () => {
    assert(
      property(content, integer({ min: 0, max: 9 }), strategy, (bytes, level, how) => {
        const deflated = deflateRawSync(bytes, { ...options, level, strategy: how });
        expect(Buffer.from(inflateRaw(deflated, bytes.length)).equals(bytes)).toBe(true);
      }),
    );
  });

  it('reads codes of every length, and blocks that follow each other', () => {
    const deflated = deflateRawSync(uneven, { strategy: constants.Z_HUFFMAN_ONLY, memLevel: 9 });
    expect(Buffer.from(inflateRaw(deflated, uneven.length)).equals(uneven)).toBe(true);
    const noise = new Uint8Array(300_000).map((_, i) => (i * i * 31 + (i >> 5)) & 0xff);
    for (const level of [0, 1, 6, 9])
      expect(Buffer.from(inflateRaw(deflateRawSync(noise, { level }), noise.length)).equals(noise)).toBe(
        true,
      );
  });

  it('takes and refuses what zlib takes and refuses: flipped bits, cut ends, what follows the end', () => {
    assert(
      property(content, strategy, nat(), nat(7), nat(60), (bytes, how, where, bit, cut) => {
        const deflated = new Uint8Array(deflateRawSync(bytes, { strategy: how }));
        const flipped = deflated.slice();
        const at = where % Math.min(flipped.length, 120);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        expectAsZlib(flipped, 20_000);
        expectAsZlib(deflated.subarray(0, Math.max(0, deflated.length - cut)), 20_000);
        expectAsZlib(Buffer.concat([deflated, Buffer.from('what follows')]), 20_000);
      }),
      { numRuns: 300 },
    );
  });

  it('takes and refuses noise as zlib does', () => {
    // Three bits decide what kind of block it is; 2 makes a code of its own, which noise rarely fits.
    assert(
      property(uint8Array({ minLength: 1, maxLength: 80 }), nat(7), (bytes, kind) => {
        bytes[0] = ((bytes[0] ?? 0) & ~7) | kind;
        expectAsZlib(bytes, 4096);
      }),
      { numRuns: 3000 },
    );
  });

  it('stops at the limit: neither one byte more nor the work for it', () => {
    const deflated = deflateRawSync(Buffer.alloc(1000, 7));
    expect(inflateRaw(deflated, 1000)).toHaveLength(1000);
    for (const limit of [0, 1, 999]) expect(() => inflateRaw(deflated, limit)).toThrow(/more than/);
    const bomb = deflateRawSync(Buffer.alloc(100 * 1024 * 1024));
    expect(() => inflateRaw(bomb, 1000)).toThrow('deflate: gives more than 1000 bytes');
    expectAsZlib(deflateRawSync(Buffer.alloc(0)), 1);
  });
});
