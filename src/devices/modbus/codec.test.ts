import { describe, expect, it } from 'vitest';
import { encodeResponse } from './codec.ts';
import type { Request, Response } from './codec.ts';
import { crc16 } from './crc16.ts';
import { ReplyReader } from './reply.ts';
import type { Outcome } from './reply.ts';
import { RtuRequestReader, awaitRtu, encodeRtuRequest, openRtu, sealRtu } from './rtu.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

function rtu(unit: number, request: Request, ...chunks: readonly Uint8Array[]): Outcome {
  const reader = new ReplyReader(request, awaitRtu(unit, request));
  for (const chunk of chunks) {
    const outcome = reader.push(chunk);
    if (outcome !== null) return outcome;
  }
  return reader.end();
}

/** Literal frames of manuals and of the standard's layout; see the table in the folder's README. */
const REQUESTS: readonly (readonly [string, string, number, Request])[] = [
  ['XY-MD02 T and RH', '01 04 00 01 00 02 20 0B', 1, { fn: 4, address: 1, count: 2 }],
  ['XY-MD02 T only', '01 04 00 01 00 01 60 0A', 1, { fn: 4, address: 1, count: 1 }],
  ['XY-MD02 RH only', '01 04 00 02 00 01 90 0A', 1, { fn: 4, address: 2, count: 1 }],
  ['XY-MD02 corrections', '01 03 01 03 00 02 35 F7', 1, { fn: 3, address: 259, count: 2 }],
  ['RS-WS-N01', '01 03 00 00 00 02 C4 0B', 1, { fn: 3, address: 0, count: 2 }],
  ['coil 0 on', '01 05 00 00 FF 00 8C 3A', 1, { fn: 5, address: 0, on: true }],
  ['coil 0 off', '01 05 00 00 00 00 CD CA', 1, { fn: 5, address: 0, on: false }],
  ['8 coils', '01 01 00 00 00 08 3D CC', 1, { fn: 1, address: 0, count: 8 }],
  ['8 discrete inputs', '01 02 00 00 00 08 79 CC', 1, { fn: 2, address: 0, count: 8 }],
];

const temperatureAndHumidity: Request = { fn: 4, address: 1, count: 2 };
const REPLIES: readonly (readonly [string, Request, string, Response])[] = [
  ['XY-MD02', temperatureAndHumidity, '01 04 04 01 31 02 22 2A CE', { fn: 4, registers: [305, 546] }],
  [
    'XY-MD02 freezer',
    temperatureAndHumidity,
    '01 04 04 FF 38 02 58 4A C7',
    { fn: 4, registers: [65336, 600] },
  ],
  ['XY-MD02 T', { fn: 4, address: 1, count: 1 }, '01 04 02 01 31 79 74', { fn: 4, registers: [305] }],
  [
    'corrections',
    { fn: 3, address: 259, count: 2 },
    '01 03 04 00 00 FF FB FA 40',
    { fn: 3, registers: [0, 65531] },
  ],
  [
    'RS-WS-N01',
    { fn: 3, address: 0, count: 2 },
    '01 03 04 02 92 FF 9B 5A 3D',
    { fn: 3, registers: [658, 65435] },
  ],
  ['no such register', temperatureAndHumidity, '01 84 02 C2 C1', { fn: 4, exception: 2 }],
  ['coil 0 on', { fn: 5, address: 0, on: true }, '01 05 00 00 FF 00 8C 3A', { fn: 5, address: 0, on: true }],
  [
    'coil 0 off',
    { fn: 5, address: 0, on: false },
    '01 05 00 00 00 00 CD CA',
    { fn: 5, address: 0, on: false },
  ],
  ['coil refused', { fn: 5, address: 0, on: true }, '01 85 04 43 53', { fn: 5, exception: 4 }],
  [
    'discrete inputs 1 and 3 on',
    { fn: 2, address: 0, count: 8 },
    '01 02 01 05 61 8B',
    { fn: 2, bits: [true, false, true, false, false, false, false, false] },
  ],
];

describe('literal frames', () => {
  it.each(REQUESTS)('request %s', (_, bytes, unit, request) => {
    expect(encodeRtuRequest(unit, request)).toEqual(hex(bytes));
    expect(new RtuRequestReader().push(hex(bytes))).toEqual([
      { unit, fn: request.fn, request: { ok: true, value: request } },
    ]);
  });

  it.each(REPLIES)('reply %s', (_, request, bytes, response) => {
    expect(rtu(1, request, hex(bytes))).toEqual({ ok: true, response, noise: 0 });
    expect(sealRtu(1, encodeResponse(response))).toEqual(hex(bytes));
  });

  it('a reply of a ×100 clone whose checksum was copied is rejected', () => {
    expect(rtu(1, { fn: 4, address: 1, count: 1 }, hex('01 04 02 0B EA 79 74'))).toEqual({
      ok: false,
      code: 'CHECKSUM',
      detail: 'reply with a wrong checksum',
    });
  });

  it.each(['C1 CA', 'D1 BA'])('the CRC %s that a manual prints is not the one of its bytes', (crc) =>
    expect(openRtu(hex(`01 04 00 02 00 01 ${crc}`))).toBeNull(),
  );

  it('the check value of CRC-16/MODBUS over "123456789" is 4B37', () =>
    expect(crc16(Buffer.from('123456789'))).toBe(0x4b37));

  it.each([
    [
      'another unit',
      '02 04 04 01 31 02 22 19 CE',
      'reply of unit 2, function 4 instead of unit 1, function 4',
    ],
    ['one register of two', '01 04 02 01 31 79 74', 'reply of 2 data bytes instead of 4'],
    ['the first four bytes only', '01 04 04 01', 'reply of 4 bytes instead of 9'],
    ['noise only', 'AA 55', '2 bytes that are no reply'],
  ])('names %s as the reason', (_, bytes, detail) =>
    expect(rtu(1, temperatureAndHumidity, hex(bytes))).toEqual({ ok: false, code: 'MALFORMED', detail }),
  );
});

describe('a flood', () => {
  it('takes what a flood of noise hides only by its own frame, with a bounded buffer', () => {
    const reader = new ReplyReader(temperatureAndHumidity, awaitRtu(1, temperatureAndHumidity));
    const flood = new Uint8Array(1_000_000).fill(1);
    expect(reader.push(flood)).toBeNull();
    expect(reader.push(hex('01 04 04 01 31 02 22 2A CE'))).toEqual({
      ok: true,
      response: { fn: 4, registers: [305, 546] },
      noise: 1_000_000,
    });
  });
});
