import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DESCRIPTORS, workedExample } from '../../test/evidence/worked-example.ts';
import type { Value } from '../domain/record.ts';
import { decodeBlock, encodeBlock } from './block.ts';
import { CborError, decode, encode } from './cbor.ts';
import { decodeDescriptor } from './descriptor.ts';
import { decodeSegment, encodeSegment } from './segment.ts';
import { decodeTailHead, encodeTailHead } from './tail.ts';

const { block0, block1, commits } = workedExample();
const b8 = new Uint8Array(8);
const b32 = new Uint8Array(32);

/** The structure with one item replaced. */
function changed(encoded: Uint8Array, item: number, value: Value): Uint8Array {
  const items = decode(encoded);
  if (!Array.isArray(items)) throw new Error('not an array');
  const copy: Value[] = [...items];
  copy[item] = value;
  return encode(copy);
}
const segment = block0.segments[2]?.segment ?? b8;
const head = commits[0]?.head ?? b8;
const key = new Uint8Array(32);

describe.each<[string, (b: Uint8Array) => unknown, Uint8Array, readonly [number, Value][]]>([
  [
    'block',
    decodeBlock,
    block1.block,
    [
      [0, 2],
      [1, b32],
      [2, -1],
      [3, 2 ** 50],
      [4, null],
      [5, 0],
      [5, 1025],
      [6, b8],
      [7, [[3, 1, b32]]],
      [7, [[1, 1, b8]]],
      [7, Array.from({ length: 9 }, () => [1, 1, b32])],
      [8, [5, 1, b8, 0]],
      [8, [1, -1, b8, 0]],
      [8, [1, null, b8]],
      [9, -1],
      [10, 16],
      [11, 0],
    ],
  ],
  [
    'segment',
    decodeSegment,
    segment,
    [
      [0, 0],
      [1, b8],
      [2, -1],
      [3, 65_536],
      [4, null],
      [5, null],
      [5, 2 ** 40],
      [7, 2],
      [8, [[5, 5, 1]]],
      [8, [[5, 9, 7]]],
      [
        8,
        [
          [5, 9, 1],
          [9, 12, 1],
        ],
      ],
      [
        8,
        [
          [5, 9, 1],
          [2, 4, 1],
        ],
      ],
      [9, 0],
    ],
  ],
  [
    'descriptor',
    decodeDescriptor,
    encode(DESCRIPTORS[1] ?? []),
    [
      [0, 2],
      [1, b32],
      [2, 0],
      [2, 1024],
      [3, 0],
      [3, 3],
      [4, 'prüfer'],
      [5, 'a\u00e9'],
      [7, 10],
      [7, -10],
      [8, -1],
      [9, null],
      [10, 'k\u00fchl'],
      [11, [b8, 0]],
      [12, 4],
      [12, 3],
      [13, key],
      [14, 0],
    ],
  ],
  [
    'tail head',
    decodeTailHead,
    head,
    [
      [0, -1],
      [1, 16],
      [2, [0, null, b32, 0]],
      [3, 0],
    ],
  ],
])('a %s', (_, decodeIt, good, wrong) => {
  it('is read', () => {
    expect(() => decodeIt(good)).not.toThrow();
  });

  it.each(wrong)('is refused with another item %i', (item, value) => {
    expect(() => decodeIt(changed(good, item, value))).toThrow(CborError);
  });

  it('is refused if it ends early or is no array', () => {
    expect(() => decodeIt(good.slice(0, -1))).toThrow(CborError);
    expect(() => decodeIt(encode(1))).toThrow(CborError);
  });
});

describe('what is written', () => {
  it('reads back', () => {
    for (const { block } of [block0, block1]) expect(encodeBlock(decodeBlock(block))).toEqual(block);
    for (const s of [...block0.segments, ...block1.segments])
      expect(encodeSegment(decodeSegment(s.segment))).toEqual(s.segment);
    for (const c of commits) expect(encodeTailHead(decodeTailHead(c.head))).toEqual(c.head);
  });

  it('of a device that signs has its key, of another none', () => {
    const signed = DESCRIPTORS[1]?.with(12, 3).with(13, key) ?? [];
    expect(decodeDescriptor(encode(signed)).pub).toEqual(key);
    expect(() => decodeDescriptor(encode(signed.with(13, b8)))).toThrow(CborError);
    expect(() => decodeDescriptor(encode((DESCRIPTORS[0] ?? []).with(9, 1)))).toThrow(CborError);
  });

  it('never crashes a reader when bytes are changed', () => {
    const all = [block1.block, segment, head, encode(DESCRIPTORS[2] ?? [])];
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), fc.nat(255), (bytes, at, byte) => {
        const copy = bytes.slice();
        copy[at % copy.length] = byte;
        for (const decodeIt of [decodeBlock, decodeSegment, decodeTailHead, decodeDescriptor]) {
          try {
            decodeIt(copy);
          } catch (error) {
            expect(error).toBeInstanceOf(CborError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
