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
import { decodeTag, encodeFrame, encodeQuery, encodeTag, R200_FORMAT, R200_REPLIES } from './codec.ts';
import type { R200Frame, R200Tag } from './codec.ts';

const NOTICE = 'BB 02 22 00 11 C9 34 00 30 75 1F EB 70 5C 59 04 E3 D5 0D 70 3A 76 EF 7E';

describe('frames of the manual', () => {
  it.each([
    ['hardware version', 'BB 00 03 00 01 00 04 7E', 0, 0x03, '00'],
    ['single poll', 'BB 00 22 00 00 22 7E', 0, 0x22, ''],
    ['10 000 polls', 'BB 00 27 00 03 22 27 10 83 7E', 0, 0x27, '222710'],
    ['stop', 'BB 00 28 00 00 28 7E', 0, 0x28, ''],
    ['no tag', 'BB 01 FF 00 01 15 16 7E', 1, 0xff, '15'],
    ['a tag', NOTICE, 2, 0x22, 'C93400 30751FEB705C5904E3D50D70 3A76'],
    [
      'read the user bank with a password',
      'BB 00 39 00 09 00 00 FF FF 03 00 00 00 02 45 7E',
      0,
      0x39,
      '0000FFFF 03 0000 0002',
    ],
    [
      'set the select mask',
      'BB 00 0C 00 13 01 00 00 00 20 60 00 30 75 1F EB 70 5C 59 04 E3 D5 0D 70 AD 7E',
      0,
      0x0c,
      '01 00000020 60 00 30751FEB705C5904E3D50D70',
    ],
  ])('%s', (_, hex, type, command, params) => {
    const frame: R200Frame = { type, command, params: bytesOf(params) };
    expectReadAlike(R200_FORMAT, bytesOf(hex), frame);
    expect(encodeFrame(frame)).toEqual(bytesOf(hex));
  });

  it('the notice of a tag says its signal, PC and EPC, and its CRC is right', () => {
    const tag = { pc: 0x3400, epc: bytesOf('30751FEB705C5904E3D50D70'), rssi: -5500 };
    expect(decodeTag(bytesOf('C93400 30751FEB705C5904E3D50D70 3A76'))).toEqual(tag);
    expect(encodeTag(tag)).toEqual(bytesOf('C93400 30751FEB705C5904E3D50D70 3A76'));
  });

  it('the query of the manual: session 0, target A, Q 4', () => {
    expect(encodeQuery(0, 'A', 4)).toEqual(bytesOf('1020'));
    expect(encodeQuery(2, 'B', 15)).toEqual(bytesOf('12F8'));
  });
});

describe('must be rejected', () => {
  it.each([
    ['the user bank as printed', 'BB 00 39 00 09 00 00 00 00 03 00 00 00 02 45 7E', 'CHECKSUM'],
    ['another tail', 'BB 00 28 00 00 28 7F', 'MALFORMED'],
    ['a type that is none', 'BB 03 28 00 00 2B 7E', 'MALFORMED'],
    ['a length no frame has', 'BB 00 28 01 00 29 7E', 'MALFORMED'],
  ])('%s', (_, hex, code) =>
    expect(heardOf(R200_FORMAT, bytesOf(hex))[0]).toMatchObject({ ok: false, code }),
  );

  it('a tag whose own CRC is wrong though the sum of its frame is right', () => {
    const params = bytesOf('C93400 30751FEB705C5904E3D50D70 3A77');
    const frame = encodeFrame({ type: 2, command: 0x22, params });
    expect(heardOf(R200_FORMAT, frame)).toHaveLength(1);
    expect(heardOf(R200_REPLIES, frame)[0]).toMatchObject({ ok: false, code: 'CHECKSUM' });
  });
});

it('7E and BB inside an EPC are no ends and no heads', () => {
  const epc = bytesOf('BB02220011C97EBB7E7EBBBB');
  const params = encodeTag({ pc: 0x3000, epc, rssi: -4000 });
  expectReadAlike(R200_REPLIES, encodeFrame({ type: 2, command: 0x22, params }), {
    type: 2,
    command: 0x22,
    params,
  });
});

const tags: fc.Arbitrary<R200Tag> = fc
  .record({ words: fc.nat(8), low: fc.nat(0x7ff), dbm: fc.integer({ min: -128, max: 127 }) })
  .chain(({ words, low, dbm }) =>
    fc
      .uint8Array({ minLength: 2 * words, maxLength: 2 * words })
      .map((epc) => ({ pc: (words << 11) | low, epc, rssi: dbm === 0 ? 0 : dbm * 100 })),
  );
const notices = tags.map((tag): R200Frame => ({ type: 2, command: 0x22, params: encodeTag(tag) }));
const spoken = { format: R200_REPLIES, encode: encodeFrame, values: notices, hasChecksum: true };

describe('properties', () => {
  it('what is encoded decodes to the same', () => {
    fc.assert(
      fc.property(tags, (tag) => {
        expect(decodeTag(encodeTag(tag))).toEqual(tag);
      }),
    );
  });
  it('any chunking', () => checkChunking(spoken));
  it('any noise in front', () => checkNoise(spoken));
  it('any flipped bit', () => checkFlips(spoken));
  it('a bounded buffer', () => checkBound(spoken));
});
