import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  checkBound,
  checkChunking,
  checkFlips,
  checkNoise,
  goodOf,
  heardOf,
} from '../talker/scanning.fixture.ts';
import { FrameScanner } from '../talker/frame-scanner.ts';
import { IWR6843 } from './codec.ts';
import type { Packet } from './codec.ts';
import { encodePacket } from './encode.ts';

const POINTS =
  '0201040306050807040005036000000043680A00FA04000015CD5B07020000000100000000000000FC030000240000000AD7233C0AD7233CF7CC92396F1283390AD7233D0AECA2FED01B9A01FB21640088222C010F0F0F0F0F0F0F0F0F0F0F0F';
const TARGET =
  '020104030605080704000503C000000043680A00FB04000015CD5B07030000000200000000000000F2030000700000000200000096430BBDC520B03FE3A5DB3FCDCCCC3DCDCC4CBE0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000006666663FF3030000030000000202FF0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F';
const NOTHING =
  '0201040306050807040005034000000043680A000900000015CD5B070000000000000000000000000F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F';

function only(hex: string): Packet {
  const [packet, ...more] = goodOf(heardOf(IWR6843, bytesOf(hex)));
  if (packet === undefined || more.length > 0) throw new Error('not one packet');
  return packet;
}

const rounded = (values: readonly number[]): number[] => values.map((v) => Math.round(v * 1000) / 1000);

describe('a packet', () => {
  it('two points', () => {
    const { frame, points, targets } = only(POINTS);
    expect([frame, targets]).toEqual([1274, null]);
    const scaled = points?.points.map((p) => rounded(p.map((v, i) => v * (points.units[i] ?? 0))));
    expect(scaled).toEqual([
      [0.1, -0.2, -0.098, 1.78, 16.4],
      [-0.05, 0.33, 0.028, 2.21, 12],
    ]);
  });

  it('one target and the points of it', () => {
    const { frame, points, targets, pointTargets } = only(TARGET);
    expect([frame, points, pointTargets]).toEqual([1275, null, [2, 2, 255]]);
    expect(
      targets?.map((t) => [t.id, rounded(t.position), rounded(t.velocity), rounded([t.confidence])]),
    ).toEqual([[2, [-0.034, 1.376, 1.716], [0.1, -0.2, 0], [0.9]]]);
  });

  it('nothing in view', () => {
    expect(only(NOTHING)).toMatchObject({ frame: 9, points: null, targets: null, pointTargets: null });
  });

  it.each([POINTS, TARGET, NOTHING])('is encoded as it came, and read alike byte by byte: %#', (hex) => {
    const packet = only(hex);
    expect(encodePacket(packet)).toEqual(bytesOf(hex));
    const scanner = new FrameScanner(IWR6843);
    expect(Array.from(bytesOf(hex), (byte) => scanner.push(Uint8Array.of(byte))).flat()).toEqual([
      { ok: true, value: packet },
    ]);
  });

  it.each([
    ['a length of 193 bytes', 12, 0xc1],
    ['a length of 16576 bytes', 13, 0x40],
    ['17 parts', 32, 17],
    ['part 0 of 255 bytes beyond the packet', 44, 0xff],
    ['targets in 111 bytes', 44, 0x6f],
    ['part 2 of 252645135 bytes beyond the packet', 32, 3],
    ['32 bytes of filling', 32, 1],
    ['target 2 at ', 55, 0x7f],
  ])('is refused with its reason, and the next is heard: %s', (detail, at, byte) => {
    const [refused, ...rest] = heardOf(IWR6843, bytesOf(TARGET).with(at, byte), bytesOf(NOTHING));
    expect(refused).toMatchObject({ ok: false, code: 'MALFORMED' });
    expect(refused).toHaveProperty('detail', expect.stringContaining(detail));
    expect(goodOf(rest).map((p) => p.frame)).toEqual([9]);
  });

  it('cut short in its filling does not swallow the next one', () => {
    for (let cut = 1; cut <= 21; cut++) {
      const heard = heardOf(IWR6843, bytesOf(TARGET).slice(0, -cut), bytesOf(NOTHING));
      expect(goodOf(heard).map((p) => p.frame)).toEqual([9]);
    }
  });

  it('passes over parts it does not know', () => {
    const other = bytesOf(TARGET).with(40, 0xf4);
    expect(goodOf(heardOf(IWR6843, other))).toMatchObject([{ targets: null, pointTargets: [2, 2, 255] }]);
  });
});

const BEGINNING = /02(01(04(03(06(05(08)?)?)?)?)?)?$/;
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const metres = fc.float({ min: -50, max: 50, noNaN: true });
const any = fc.float({ noNaN: true, noDefaultInfinity: true });
const three = (of: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
  fc.array(of, { minLength: 3, maxLength: 3 });
const target = fc.record({
  id: fc.integer({ min: 0, max: 252 }),
  position: three(metres),
  velocity: three(fc.float({ min: -30, max: 30, noNaN: true })),
  acceleration: three(any),
  covariance: fc.array(any, { minLength: 16, maxLength: 16 }),
  gain: any,
  confidence: any,
});
const s8 = fc.integer({ min: -128, max: 127 });
const u16 = fc.integer({ min: 0, max: 0xffff });
const packets: fc.Arbitrary<Packet> = fc.record({
  version: u32,
  platform: u32,
  frame: u32,
  cycles: u32,
  objects: u32,
  subframe: u32,
  points: fc.option(
    fc.record({
      units: fc.array(any, { minLength: 5, maxLength: 5 }),
      points: fc.array(fc.tuple(s8, s8, fc.integer({ min: -32_768, max: 32_767 }), u16, u16), {
        maxLength: 3,
      }),
    }),
  ),
  targets: fc.option(fc.array(target, { maxLength: 2 })),
  pointTargets: fc.option(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 })),
});
// Whether a packet that ends like the beginning of another is whole, only the next one tells.
const values = packets.filter((p) => !BEGINNING.test(Buffer.from(encodePacket(p)).toString('hex')));
// A packet is ten times as long as the frames of other devices, and costs as much more.
const spoken = { format: IWR6843, encode: encodePacket, values, hasChecksum: false, share: 0.1 };

describe('packets in a stream', () => {
  it('are read alike in any chunks', () => checkChunking(spoken));
  it('are not lost behind noise', () => checkNoise(spoken));
  it('are not lost around one with a flipped bit', () => checkFlips(spoken));
  it('keep at most one packet', () => checkBound(spoken));
});
