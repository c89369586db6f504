import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  checkBound,
  checkChunking,
  checkFlips,
  checkNoise,
  expectReadAlike,
  heardOf,
} from '../talker/scanning.fixture.ts';
import { ENGINEERING_ON, LD2410, encodeFrame } from './codec.ts';
import type { Frame, Report } from './codec.ts';

const MANUAL = 'F4 F3 F2 F1 0D 00 02 AA 02 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5';
const manual: Report = {
  state: 2,
  movingCm: 81,
  movingEnergy: 0,
  stationaryCm: 0,
  stationaryEnergy: 59,
  detectionCm: 0,
  engineering: null,
};

/** Published frames and what they say, then ones built from the layout. */
const FRAMES: readonly (readonly [string, string, Frame])[] = [
  ['somebody still, from the manual', MANUAL, { report: manual }],
  [
    'moving and still',
    'F4 F3 F2 F1 0D 00 02 AA 03 96 00 48 94 00 64 96 00 55 00 F8 F7 F6 F5',
    {
      report: {
        state: 3,
        movingCm: 150,
        movingEnergy: 72,
        stationaryCm: 148,
        stationaryEnergy: 100,
        detectionCm: 150,
        engineering: null,
      },
    },
  ],
  [
    'engineering mode',
    'F4 F3 F2 F1 23 00 01 AA 03 1E 00 3C 00 00 39 00 00 08 08 3C 22 05 03 03 04 03 06 05 00 00 39 10 13 06 06 08 04 3F 01 55 00 F8 F7 F6 F5',
    {
      report: {
        state: 3,
        movingCm: 30,
        movingEnergy: 60,
        stationaryCm: 0,
        stationaryEnergy: 57,
        detectionCm: 0,
        engineering: {
          farthestMoving: 8,
          farthestStationary: 8,
          moving: [60, 34, 5, 3, 3, 4, 3, 6, 5],
          stationary: [0, 0, 57, 16, 19, 6, 6, 8, 4],
          light: 63,
          out: 1,
        },
      },
    },
  ],
  ['a command taken', 'FD FC FB FA 04 00 62 01 00 00 04 03 02 01', { answer: { command: 0x62, ok: true } }],
  [
    'a command refused',
    'FD FC FB FA 04 00 62 01 01 00 04 03 02 01',
    { answer: { command: 0x62, ok: false } },
  ],
];

describe('a frame', () => {
  it.each(FRAMES)('%s', (_, hex, frame) => {
    expectReadAlike(LD2410, bytesOf(hex), frame);
    expect(encodeFrame(frame)).toEqual(bytesOf(hex));
  });

  it('an answer with more than its status is an answer', () => {
    const longer = 'FD FC FB FA 08 00 FF 01 00 00 01 00 40 00 04 03 02 01';
    expectReadAlike(LD2410, bytesOf(longer), { answer: { command: 0xff, ok: true } });
  });

  it('the commands that turn engineering mode on', () => {
    expect(ENGINEERING_ON).toEqual(
      bytesOf(
        'FD FC FB FA 04 00 FF 00 01 00 04 03 02 01' +
          'FD FC FB FA 02 00 62 00 04 03 02 01' +
          'FD FC FB FA 02 00 FE 00 04 03 02 01',
      ),
    );
  });

  it.each([
    ['a length of 14 bytes', 4, 0x0e],
    ['a report of type 1 in 13 bytes', 6, 0x01],
    ['a report without its AA and 55 00', 7, 0xab],
    ['a report without its AA and 55 00', 18, 0x01],
    ['a state of 4', 8, 0x04],
    ['a distance of 1361 cm', 10, 0x05],
    ['an energy of 101 %', 11, 101],
    ['no tail after 13 bytes', 22, 0xf4],
  ])('is refused with its reason, and the next is heard: %s', (detail, at, byte) => {
    expect(heardOf(LD2410, bytesOf(MANUAL).with(at, byte), bytesOf(MANUAL))).toEqual([
      { ok: false, code: 'MALFORMED', detail },
      { ok: true, value: { report: manual } },
    ]);
  });

  it.each([
    ['gates up to 9 and 8', 17, 9],
    ['an output of 2', 38, 2],
    ['an energy of 200 %', 30, 200],
  ])('in engineering mode too: %s', (detail, at, byte) => {
    const frame = bytesOf(FRAMES[2]?.[1] ?? '').with(at, byte);
    expect(heardOf(LD2410, frame)).toMatchObject([{ ok: false, code: 'MALFORMED', detail }]);
  });
});

const cm = fc.integer({ min: 0, max: 1200 });
const percent = fc.integer({ min: 0, max: 100 });
const nine = fc.array(percent, { minLength: 9, maxLength: 9 });
const gate = fc.integer({ min: 0, max: 8 });
const report: fc.Arbitrary<Frame> = fc
  .record({
    state: fc.constantFrom(0, 1, 2, 3),
    movingCm: cm,
    movingEnergy: percent,
    stationaryCm: cm,
    stationaryEnergy: percent,
    detectionCm: cm,
    engineering: fc.option(
      fc.record({
        farthestMoving: gate,
        farthestStationary: gate,
        moving: nine,
        stationary: nine,
        light: fc.integer({ min: 0, max: 255 }),
        out: fc.constantFrom(0, 1),
      }),
    ),
  })
  .map((r) => ({ report: r }));
const answer: fc.Arbitrary<Frame> = fc
  .record({ command: fc.integer({ min: 0, max: 255 }), ok: fc.boolean() })
  .map((a) => ({ answer: a }));
const spoken = {
  format: LD2410,
  encode: encodeFrame,
  values: fc.oneof({ weight: 9, arbitrary: report }, { weight: 1, arbitrary: answer }),
  hasChecksum: false,
};

describe('frames in a stream', () => {
  it('are read alike in any chunks', () => checkChunking(spoken));
  it('are not lost behind noise', () => checkNoise(spoken));
  it('are not lost around one with a flipped bit', () => checkFlips(spoken));
  it('keep at most one frame', () => checkBound(spoken));
});
