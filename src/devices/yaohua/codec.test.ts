import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decimal } from '../../domain/units.ts';
import {
  bytesOf,
  checkBound,
  checkChunking,
  checkFlips,
  checkNoise,
  expectReadAlike,
  heardOf,
} from '../talker/scanning.fixture.ts';
import { LAYOUTS } from './codec.ts';
import { Still } from './still.ts';

const TWENTY = '02 2B 30 30 32 30 30 30 32 31 42 03';
const COMMAND = '02 41 42 30 33 03';

const FRAMES: readonly (readonly [string, keyof typeof LAYOUTS, string, Decimal])[] = [
  ['+20.00', 'xk3190-0', TWENTY, { digits: 2000, exp: -2 }],
  ['+12 340', 'xk3190-0', '02 2B 30 31 32 33 34 30 30 31 46 03', { digits: 12_340, exp: 0 }],
  ['+3 015 kg', 'keli-d2008', '02 2B 30 30 30 33 30 31 35 31 43 03', { digits: 3015, exp: 0 }],
  ['-1.00 backwards', 'xk3190-1', Buffer.from('=00.1000-').toString('hex'), { digits: -100, exp: -2 }],
];

describe('a frame', () => {
  it.each(FRAMES)('%s in %s', (_, name, hex, shown) => {
    const { format, encode } = LAYOUTS[name];
    expectReadAlike(format, bytesOf(hex), shown);
    expect(Uint8Array.from(encode(shown))).toEqual(bytesOf(hex));
  });

  it('that is a command to the scale is no weight, and the next weight is heard', () => {
    expect(heardOf(LAYOUTS['xk3190-0'].format, bytesOf(COMMAND), bytesOf(TWENTY))).toEqual([
      { ok: false, code: 'MALFORMED', detail: 'no 03 after 11 bytes' },
      { ok: true, value: { digits: 2000, exp: -2 } },
    ]);
  });

  it.each([
    ['CHECKSUM', 'checksum 1C instead of 1B', 10, 0x43],
    ['CHECKSUM', 'checksum 1B instead of 19', 4, 0x30],
    // Lower case would be the same number with a bit flipped.
    ['MALFORMED', 'not a sign, seven digits and a checksum in upper case', 10, 0x62],
    ['MALFORMED', 'not a sign, seven digits and a checksum in upper case', 1, 0x2c],
    ['MALFORMED', 'no 03 after 11 bytes', 11, 0x02],
  ])('is refused: %s, %s', (code, detail, at, byte) => {
    expect(heardOf(LAYOUTS['xk3190-0'].format, bytesOf(TWENTY).with(at, byte))).toMatchObject([
      { ok: false, code, detail },
    ]);
  });

  it('with more decimals than an indicator has is refused', () => {
    const frame = bytesOf('02 2B 30 30 32 30 30 30 36 31 46 03');
    expect(heardOf(LAYOUTS['xk3190-0'].format, frame)).toMatchObject([{ ok: false, detail: '6 decimals' }]);
  });

  it('backwards that is no number is refused', () => {
    const frame = Uint8Array.from(Buffer.from('=00.1-000'));
    expect(heardOf(LAYOUTS['xk3190-1'].format, frame)).toMatchObject([
      { ok: false, code: 'MALFORMED', detail: '"000-1.00" is no number' },
    ]);
  });

  it.each([
    ['xk3190-0', 1_000_000, 0],
    ['xk3190-1', 1_234_567, -1],
    ['keli-d2008', 1, -1],
  ] as const)('that %s cannot show is not made: %i e%i', (name, digits, exp) => {
    expect(() => LAYOUTS[name].encode({ digits, exp })).toThrow(RangeError);
  });
});

describe('a load at rest', () => {
  it('is so many equal frames in a row', () => {
    const still = new Still(3);
    expect([5, 5, 5, 5, 6, 5, 5, 5].map((digits) => still.step({ digits, exp: 0 }))).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  it('shows the same with the same decimals', () => {
    const still = new Still(2);
    expect([0, -1, -1].map((exp) => still.step({ digits: 5, exp }))).toEqual([false, false, true]);
  });
});

const whole = (most: number): fc.Arbitrary<number> =>
  fc.integer({ min: -most, max: most }).map((v) => (v === 0 ? 0 : v));
const decimals = fc.integer({ min: -5, max: 0 }).map((v) => (v === 0 ? 0 : v));
const VALUES: Readonly<Record<keyof typeof LAYOUTS, fc.Arbitrary<Decimal>>> = {
  'xk3190-0': fc.record({ digits: whole(999_999), exp: decimals }),
  'xk3190-1': fc.record({ digits: whole(999_999), exp: decimals }),
  'keli-d2008': fc.record({ digits: whole(9_999_999), exp: fc.constant(0) }),
};

describe.each(['xk3190-0', 'xk3190-1', 'keli-d2008'] as const)('frames of %s in a stream', (name) => {
  const spoken = {
    format: LAYOUTS[name].format,
    encode: (shown: Decimal) => Uint8Array.from(LAYOUTS[name].encode(shown)),
    values: VALUES[name],
    hasChecksum: name !== 'xk3190-1',
    share: 0.34,
  };
  it('are read alike in any chunks', () => checkChunking(spoken));
  it('are not lost behind noise', () => checkNoise(spoken));
  it('are not lost around one with a flipped bit', () => checkFlips(spoken));
  it('keep at most one frame', () => checkBound(spoken));
});
