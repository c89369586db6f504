import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  checkBound,
  checkChunking,
  checkFlips,
  checkNoise,
  expectReadAlike,
  goodOf,
  heardOf,
} from '../talker/scanning.fixture.ts';
import { encodeToledo, toledoFormat } from './codec.ts';
import type { ToledoFrame } from './codec.ts';

const usual: ToledoFrame = {
  weight: 0,
  tare: 0,
  exp: 0,
  increment: 1,
  isNet: false,
  inMotion: false,
  outOfRange: false,
  unzeroed: false,
  isKilogram: true,
  otherUnit: 0,
  printRequested: false,
  expanded: false,
};
const checked = { checksum: true, strict: true };
const bare = { checksum: false, strict: true };

const AS_CR = '02 2A 30 20 20 31 32 33 34 30 20 20 20 20 20 30 0D 0D';
const NET = '02 2C 33 20 30 30 31 32 33 34 30 30 30 35 30 30 0D 23';
const net: ToledoFrame = { ...usual, weight: -1234, tare: 500, exp: -2, isNet: true };

/** Frames with a checksum, and what they say. */
const FRAMES: readonly (readonly [string, string, ToledoFrame, ' ' | '0'])[] = [
  ['12 340 kg gross; the checksum is a CR', AS_CR, { ...usual, weight: 12_340 }, ' '],
  [
    '12.34 kg gross',
    '02 2C 30 20 30 30 31 32 33 34 30 30 30 30 30 30 0D 2B',
    { ...usual, weight: 1234, exp: -2 },
    '0',
  ],
  ['-12.34 kg net, tare 5.00', NET, net, '0'],
];

const MOVING = '02 2A 38 20 20 34 35 31 32 30 20 31 35 30 30 30 0D';
const moving: ToledoFrame = { ...usual, weight: 45_120, tare: 15_000, inMotion: true };

describe('a frame', () => {
  it.each(FRAMES)('%s', (_, hex, frame, fill) => {
    expectReadAlike(toledoFormat(checked), bytesOf(hex), frame);
    expect(encodeToledo(frame, checked, fill)).toEqual(bytesOf(hex));
  });

  it('45 120 kg in motion, without a checksum', () => {
    expectReadAlike(toledoFormat(bare), bytesOf(MOVING), moving);
    expect(encodeToledo(moving, bare)).toEqual(bytesOf(MOVING));
  });

  it('is not ended by its CR: frames whose checksum is a CR follow each other unbroken', () => {
    const frames = [AS_CR, NET, AS_CR, AS_CR].map(bytesOf);
    expect(heardOf(toledoFormat(checked), ...frames).map((h) => h.ok && h.value.weight)).toEqual([
      12_340, -1234, 12_340, 12_340,
    ]);
  });

  it('may be followed by a LF, or by a checksum nobody asked for', () => {
    const frames = [MOVING, '0A', MOVING, '0A', AS_CR, MOVING].map(bytesOf);
    expect(goodOf(heardOf(toledoFormat(bare), ...frames)).map((f) => f.weight)).toEqual([
      45_120, 45_120, 12_340, 45_120,
    ]);
  });

  it('out of range has no weight, whatever stands there', () => {
    const over = encodeToledo({ ...usual, weight: null, outOfRange: true }, checked);
    expect(goodOf(heardOf(toledoFormat(checked), over))).toMatchObject([{ weight: null, outOfRange: true }]);
    const shown = bytesOf(MOVING).with(2, 0x34);
    expect(goodOf(heardOf(toledoFormat(bare), shown))).toMatchObject([{ weight: null, outOfRange: true }]);
  });

  it('of a clone that leaves the constant bits 0 is taken where they are not asked for', () => {
    const clone = bytesOf(MOVING).with(1, 0x0a).with(2, 0x18).with(3, 0x00);
    expect(goodOf(heardOf(toledoFormat({ checksum: false, strict: false }), clone))).toEqual([moving]);
    expect(heardOf(toledoFormat(bare), clone)).toMatchObject([
      { ok: false, code: 'MALFORMED', detail: 'status a 18 0 without its constant bits' },
    ]);
  });

  it.each([
    ['CHECKSUM', 'checksum 14 instead of 13', bytesOf(AS_CR).with(17, 14)],
    ['CHECKSUM', 'checksum 13 instead of 12', bytesOf(AS_CR).with(8, 0x35)],
    ['MALFORMED', 'no CR after 16 bytes', bytesOf(AS_CR).with(16, 0x0a)],
    ['MALFORMED', 'byte 5 has its eighth bit set: parity is not as configured', bytesOf(AS_CR).with(5, 0xb1)],
    // The same sum with a digit less and a letter more.
    ['MALFORMED', 'a weight or tare that is no number', bytesOf(AS_CR).with(5, 0x3a).with(6, 0x29)],
  ])('is refused: %s, %s', (code, detail, frame) => {
    expect(heardOf(toledoFormat(checked), frame, bytesOf(NET))).toEqual([
      { ok: false, code, detail },
      { ok: true, value: net },
    ]);
  });
});

const frame: fc.Arbitrary<ToledoFrame> = fc
  .record({
    weight: fc.integer({ min: -999_999, max: 999_999 }).map((v) => (v === 0 ? 0 : v)),
    tare: fc.integer({ min: 0, max: 999_999 }),
    exp: fc.integer({ min: -5, max: 2 }).map((v) => (v === 0 ? 0 : v)),
    increment: fc.integer({ min: 0, max: 3 }),
    isNet: fc.boolean(),
    inMotion: fc.boolean(),
    outOfRange: fc.boolean(),
    unzeroed: fc.boolean(),
    isKilogram: fc.boolean(),
    otherUnit: fc.integer({ min: 0, max: 7 }),
    printRequested: fc.boolean(),
    expanded: fc.boolean(),
  })
  .map((f) => (f.outOfRange ? { ...f, weight: null } : f));

describe.each([
  ['with a checksum', checked],
  ['without', bare],
])('frames in a stream, %s', (_, options) => {
  const spoken = {
    format: toledoFormat(options),
    encode: (f: ToledoFrame) => encodeToledo(f, options),
    values: frame,
    hasChecksum: options.checksum,
    share: 0.5,
  };
  it('are read alike in any chunks', () => checkChunking(spoken));
  it('are not lost behind noise', () => checkNoise(spoken));
  it('are not lost around one with a flipped bit', () => checkFlips(spoken));
  it('keep at most one frame', () => checkBound(spoken));
});
