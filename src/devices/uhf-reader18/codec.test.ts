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
import {
  antennasOf,
  COMMANDS,
  decodeTags,
  encodeCommand,
  encodeReply,
  encodeTags,
  inventoryReplies,
  REPLIES,
} from './codec.ts';
import type { Model, Tags18 } from './codec.ts';

describe('commands', () => {
  it.each([
    ['inventory', '04 00 01 DB 4B', 0x01],
    ['get reader information', '04 00 21 D9 6A', 0x21],
  ])('%s', (_, hex, command) => {
    const frame = { address: 0, command, data: new Uint8Array() };
    expectReadAlike(COMMANDS, bytesOf(hex), frame);
    expect(encodeCommand(frame)).toEqual(bytesOf(hex));
  });
});

const epc = (hex: string) => bytesOf(hex.padStart(24, '0'));

describe('replies to an inventory', () => {
  const of18 = (end: string) => ({ epc: epc(end), tid: null, rawRssi: null });
  const rows: readonly (readonly [string, Model, string, number, Tags18])[] = [
    [
      '18, one tag',
      18,
      '13 00 01 03 01 0C 00 00 00 00 00 00 00 00 00 00 03 13 3F 39',
      0x03,
      { antennaMask: null, tags: [of18('0313')] },
    ],
    [
      '18, two tags',
      18,
      '20000103020C0000000000000000000003130C0000000000000000000003149AC9',
      0x03,
      { antennaMask: null, tags: [of18('0313'), of18('0314')] },
    ],
    [
      '288, one tag',
      288,
      '15 00 01 03 01 01 0C 00 00 00 00 00 00 00 00 00 00 03 13 6B B1 A5',
      0x03,
      { antennaMask: 0x01, tags: [{ epc: epc('0313'), tid: null, rawRssi: 107 }] },
    ],
    [
      '288, antenna 3',
      288,
      '15 00 01 03 04 01 0C 49 44 00 00 00 00 00 00 0A 00 03 34 64 25 C0',
      0x03,
      { antennaMask: 0x04, tags: [{ epc: epc('49440000000000000A000334'), tid: null, rawRssi: 100 }] },
    ],
    ['288, no tag', 288, '07 00 01 01 01 00 1E 4B', 0x01, { antennaMask: 0x01, tags: [] }],
  ];
  it.each(rows)('%s', (_, model, hex, status, tags) => {
    const data = encodeTags(tags);
    expectReadAlike(REPLIES, bytesOf(hex), { address: 0, command: 1, status, data });
    expect(decodeTags(model, data)).toEqual(tags);
    expect(encodeReply({ address: 0, command: 1, status, data })).toEqual(bytesOf(hex));
  });

  it('no tag', () => {
    const reply = { address: 0, command: 1, status: 0xfb, data: new Uint8Array() };
    expectReadAlike(REPLIES, bytesOf('05 00 01 FB F2 3D'), reply);
    expect(encodeReply(reply)).toEqual(bytesOf('05 00 01 FB F2 3D'));
  });

  it('a block with a TID has 12 bytes of it behind its EPC', () => {
    const data = bytesOf('01 01 98 00000000000000000000 0313 E280110000000000000000AA 6B');
    expect(decodeTags(288, data)).toEqual({
      antennaMask: 1,
      tags: [{ epc: epc('0313'), tid: bytesOf('E280110000000000000000AA'), rawRssi: 107 }],
    });
  });

  it('the antenna byte is a mask', () => {
    expect([antennasOf(0x04), antennasOf(0x05), antennasOf(0x80), antennasOf(0)]).toEqual([
      [3],
      [1, 3],
      [8],
      [],
    ]);
  });
});

describe('must be rejected', () => {
  it('a CRC that is not low byte first', () => {
    expect(heardOf(COMMANDS, bytesOf('04 00 01 4B DB'))[0]).toMatchObject({ ok: false, code: 'CHECKSUM' });
  });

  it('replies of another reader or to another command', () => {
    const reply = bytesOf('05 00 01 FB F2 3D');
    expect(goodOf(heardOf(inventoryReplies(18, 0), reply))).toHaveLength(1);
    expect(goodOf(heardOf(inventoryReplies(18, 0xff), reply))).toHaveLength(1);
    expect(heardOf(inventoryReplies(18, 1), reply)).toEqual([]);
    const other = encodeReply({ address: 0, command: 0x21, status: 0, data: new Uint8Array() });
    expect(heardOf(inventoryReplies(18, 0), other)).toEqual([]);
  });

  it('a reply with a right CRC whose list of tags does not fit it', () => {
    const reply = encodeReply({ address: 0, command: 1, status: 1, data: bytesOf('01 02') });
    expect(goodOf(heardOf(REPLIES, reply))).toHaveLength(1);
    expect(heardOf(inventoryReplies(288, 0), reply)[0]).toMatchObject({ ok: false, code: 'MALFORMED' });
  });

  const lists: readonly (readonly [string, Model, string])[] = [
    ['nothing', 18, ''],
    ['fewer tags than it says', 18, '02 02 AABB'],
    ['a tag that is cut', 18, '01 0C AABB'],
    ['more bytes than it says', 18, '01 02 AABB CC'],
    ['a 288 without the signal', 288, '01 01 02 AABB'],
    ['a TID that is shorter than one', 288, '01 01 82 AABB 6B'],
  ];
  it.each(lists)('a list of tags with %s', (_, model, data) => {
    expect(decodeTags(model, bytesOf(data))).toBeNull();
  });
});

const bytes = (least: number, most: number) => fc.uint8Array({ minLength: least, maxLength: most });
const tag = fc.record({ epc: bytes(0, 12), tid: fc.option(bytes(12, 12)), rawRssi: fc.nat(0xff) });
const lists: fc.Arbitrary<Tags18> = fc.record({
  antennaMask: fc.nat(0xff),
  tags: fc.array(tag, { maxLength: 3 }),
});
const values = fc.tuple(fc.constantFrom(1, 2, 3), lists).map(([status, list]) => {
  return { address: 7, command: 1, status, data: encodeTags(list) };
});
const spoken = { format: inventoryReplies(288, 7), encode: encodeReply, values, hasChecksum: true };

describe('properties', () => {
  it('what is encoded decodes to the same', () => {
    fc.assert(
      fc.property(lists, (list) => {
        expect(decodeTags(288, encodeTags(list))).toEqual(list);
      }),
    );
  });
  it('any chunking', () => checkChunking(spoken));
  it('any noise in front', () => checkNoise(spoken));
  it('any flipped bit', () => checkFlips(spoken));
  it('a bounded buffer', () => checkBound(spoken));
});
