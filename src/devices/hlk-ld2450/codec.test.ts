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
import { LD2450, encodeTargets } from './codec.ts';
import type { Target, Targets } from './codec.ts';

const EMPTY = '00 00 00 00 00 00 00 00';
const TWO = 'AA FF 03 00 E2 84 48 8D 16 80 68 01 3C 00 89 83 08 00 68 01 00 00 00 00 00 00 00 00 55 CC';
const two: Targets = [
  { xMm: 1250, yMm: 3400, speedCms: 22, resolutionMm: 360 },
  { xMm: -60, yMm: 905, speedCms: -8, resolutionMm: 360 },
  null,
];

/** Published frames and what they say. */
const FRAMES: readonly (readonly [string, string, Targets])[] = [
  [
    'one target, from the manual',
    `AA FF 03 00 0E 03 B1 86 10 00 40 01 ${EMPTY} ${EMPTY} 55 CC`,
    [{ xMm: -782, yMm: 1713, speedCms: -16, resolutionMm: 320 }, null, null],
  ],
  ['two targets with both signs', TWO, two],
  ['no target', `AA FF 03 00 ${EMPTY} ${EMPTY} ${EMPTY} 55 CC`, [null, null, null]],
];

describe('a frame', () => {
  it.each(FRAMES)('%s', (_, hex, targets) => {
    expectReadAlike(LD2450, bytesOf(hex), targets);
    expect(encodeTargets(targets)).toEqual(bytesOf(hex));
  });

  it('is not ended by a tail inside its payload', () => {
    // Resolution 0x0055 and then an x of 0x..CC: the tail stands in the middle.
    const inside: Targets = [
      { xMm: 1, yMm: 2, speedCms: 3, resolutionMm: 0x55_0 },
      { xMm: -0xcc, yMm: 905, speedCms: -8, resolutionMm: 360 },
      null,
    ];
    const frame = encodeTargets(inside).with(11, 0x05).with(10, 0x55);
    const hex = Buffer.from(frame).toString('hex');
    expect(hex).toContain('5505cc');
    expect(goodOf(heardOf(LD2450, frame))).toEqual([
      [{ ...inside[0], resolutionMm: 0x555 }, inside[1], null],
    ]);
  });

  it.each([
    ['no 55 CC after 28 bytes', bytesOf(TWO).with(29, 0x55)],
    ['x of 29986 mm', bytesOf(TWO).with(5, 0xf5).with(4, 0x22)],
    ['y of -3400 mm', bytesOf(TWO).with(7, 0x0d)],
    ['speed of 5632 cm/s', bytesOf(TWO).with(8, 0x00).with(9, 0x96)],
    ['resolution of 26625 mm', bytesOf(TWO).with(10, 0x01).with(11, 0x68)],
  ])('is refused with its reason, and the next is heard: %s', (detail, frame) => {
    expect(heardOf(LD2450, frame, bytesOf(TWO))).toEqual([
      { ok: false, code: 'MALFORMED', detail },
      { ok: true, value: two },
    ]);
  });

  it('in nothing but garbage, every frame length of it is one bad frame', () => {
    expect(heardOf(LD2450, new Uint8Array(90).fill(0x37))).toEqual(
      Array.from({ length: 3 }, () => ({
        ok: false,
        code: 'MALFORMED',
        detail: '30 bytes in which no frame begins',
      })),
    );
  });
});

const within = (most: number) => fc.integer({ min: -most, max: most }).map((v) => (v === 0 ? 0 : v));
const target: fc.Arbitrary<Target | null> = fc.option(
  fc.record({
    xMm: within(12_000),
    yMm: fc.integer({ min: 0, max: 12_000 }),
    speedCms: within(1000),
    resolutionMm: fc.integer({ min: 1, max: 2000 }),
  }),
);
const spoken = {
  format: LD2450,
  encode: encodeTargets,
  values: fc.tuple(target, target, target),
  hasChecksum: false,
};

describe('frames in a stream', () => {
  it('are read alike in any chunks', () => checkChunking(spoken));
  it('are not lost behind noise', () => checkNoise(spoken));
  it('are not lost around one with a flipped bit', () => checkFlips(spoken));
  it('keep at most one frame', () => checkBound(spoken));
});
