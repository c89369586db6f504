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
import { A0_FORMAT, A0_REPLIES, decodeInventory, encodeFrame, encodeInventory } from './codec.ts';
import type { A0Frame, A0Inventory } from './codec.ts';

describe('frames of the protocol', () => {
  it.each([
    ['real-time inventory, repeat 1', 'A0 04 01 89 01 D1', 0x89, '01'],
    ['reset', 'A0 03 01 70 EC', 0x70, ''],
    ['get firmware version', 'A0 03 01 72 EA', 0x72, ''],
    ['set work antenna, success', 'A0 04 01 74 10 D7', 0x74, '10'],
    [
      'a tag',
      'A0 13 01 89 04 34 00 30 74 25 7B F7 19 4E 40 00 00 1A 85 45 C5',
      0x89,
      '04340030 74257BF7194E4000001A85 45',
    ],
    ['the end of a round', 'A0 0A 01 89 00 00 17 00 00 00 2A 8B', 0x89, '0000170000002A'],
  ])('%s', (_, hex, command, data) => {
    const frame: A0Frame = { address: 1, command, data: bytesOf(data) };
    expectReadAlike(A0_FORMAT, bytesOf(hex), frame);
    expect(encodeFrame(frame)).toEqual(bytesOf(hex));
  });
});

/** A literal that does not decode at all is seen here, not hidden by a null. */
function inventoryOf(hex: string): A0Inventory | null {
  return decodeInventory(bytesOf(hex));
}

describe('the replies to an inventory are told apart by length and PC', () => {
  const epc = bytesOf('3074257BF7194E4000001A85');

  it('a tag, an end of round, an error', () => {
    const tag = { kind: 'tag', antenna: 1, pc: 0x3400, epc, rssi: -6000 };
    expect(inventoryOf('04 3400 3074257BF7194E4000001A85 45')).toEqual(tag);
    expect(inventoryOf('00 0017 0000002A')).toEqual({
      kind: 'end',
      antenna: 1,
      readRate: 23,
      totalReads: 42,
    });
    expect(inventoryOf('22')).toEqual({ kind: 'error', code: 0x22 });
  });

  it('antennas are the low two bits, and 5 to 8 have the top bit of the signal', () => {
    expect(inventoryOf('07 3000 3074257BF7194E4000001A85 45')).toMatchObject({ antenna: 4, rssi: -6000 });
    expect(inventoryOf('05 3000 3074257BF7194E4000001A85 C5')).toMatchObject({ antenna: 6, rssi: -6000 });
  });

  it.each([
    ['nothing', ''],
    ['three bytes', '043400'],
    ['a PC of four words and an EPC of six', '04 2000 3074257BF7194E4000001A85 45'],
    ['a phase behind the signal', '04 3400 3074257BF7194E4000001A85 45 0102'],
  ])('%s is none of them', (_, data) => expect(inventoryOf(data)).toBeNull());
});

describe('must be rejected', () => {
  it.each([
    ['a wrong check', 'A0 04 01 74 10 D8', 'CHECKSUM'],
    ['a length below its own head', 'A0 02 01 5D', 'MALFORMED'],
  ])('%s', (_, hex, code) => expect(heardOf(A0_FORMAT, bytesOf(hex))[0]).toMatchObject({ ok: false, code }));

  it('a good frame that nobody asked for', () => {
    const heard = heardOf(A0_REPLIES, bytesOf('A0 03 01 70 EC'));
    expect(heard).toEqual([
      { ok: false, code: 'MALFORMED', detail: 'command 0x70 with 0 bytes is no reply that was asked for' },
    ]);
  });
});

const tag = fc
  .record({
    antenna: fc.integer({ min: 1, max: 8 }),
    words: fc.nat(12),
    low: fc.nat(0x7ff),
    raw: fc.nat(0x7f),
  })
  .chain(({ antenna, words, low, raw }) =>
    fc.uint8Array({ minLength: 2 * words, maxLength: 2 * words }).map((epc): A0Inventory => {
      return { kind: 'tag', antenna, pc: (words << 11) | low, epc, rssi: (raw - 129) * 100 };
    }),
  );
const end = fc.record({
  kind: fc.constant('end' as const),
  antenna: fc.integer({ min: 1, max: 8 }),
  readRate: fc.nat(0xffff),
  totalReads: fc.nat(0xffff_ffff),
});
const error = fc.record({ kind: fc.constant('error' as const), code: fc.nat(0xff) });
const inventories: fc.Arbitrary<A0Inventory> = fc.oneof(tag, end, error);
const values = fc
  .tuple(fc.nat(0xff), fc.constantFrom(0x89, 0x8b), inventories)
  .map(([address, command, reply]) => {
    return { address, command, data: encodeInventory(reply) };
  });
const spoken = { format: A0_REPLIES, encode: encodeFrame, values, hasChecksum: true };

describe('properties', () => {
  it('what is encoded decodes to the same', () => {
    fc.assert(
      fc.property(inventories, (reply) => {
        expect(decodeInventory(encodeInventory(reply))).toEqual(reply);
      }),
    );
  });
  it('any chunking', () => checkChunking(spoken));
  it('any flipped bit', () => checkFlips(spoken));
  it('a bounded buffer', () => checkBound(spoken));
  it('any noise in front', () => checkNoise(spoken));
});
