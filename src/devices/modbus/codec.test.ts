import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './codec.ts';
import type { Request, Response } from './codec.ts';
import { crc16 } from './crc16.ts';
import { MbapRequestReader, awaitMbap, encodeMbapRequest, sealMbap } from './mbap.ts';
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

const address = fc.integer({ min: 0, max: 0xffff });
const bit = fc.boolean();
const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    fn: fc.constantFrom(1 as const, 2 as const),
    address,
    count: fc.integer({ min: 1, max: 2000 }),
  }),
  fc.record({
    fn: fc.constantFrom(3 as const, 4 as const),
    address,
    count: fc.integer({ min: 1, max: 125 }),
  }),
  fc.record({ fn: fc.constant(5 as const), address, on: bit }),
  fc.record({ fn: fc.constant(6 as const), address, value: address }),
  fc.record({
    fn: fc.constant(15 as const),
    address,
    bits: fc.array(bit, { minLength: 1, maxLength: 1968 }),
  }),
  fc.record({
    fn: fc.constant(16 as const),
    address,
    registers: fc.array(address, { minLength: 1, maxLength: 123 }),
  }),
);

function answers(r: Request): fc.Arbitrary<Response> {
  const refused = fc.record({ fn: fc.constant(r.fn), exception: fc.integer({ min: 1, max: 11 }) });
  switch (r.fn) {
    case 1:
    case 2: {
      const bits = fc.array(bit, { minLength: r.count, maxLength: r.count });
      return fc.oneof(
        refused,
        fc.record({ fn: fc.constant(r.fn === 1 ? (1 as const) : (2 as const)), bits }),
      );
    }
    case 3:
    case 4: {
      const registers = fc.array(address, { minLength: r.count, maxLength: r.count });
      return fc.oneof(
        refused,
        fc.record({ fn: fc.constant(r.fn === 3 ? (3 as const) : (4 as const)), registers }),
      );
    }
    case 5:
    case 6:
      return fc.oneof(refused, fc.constant(r));
    case 15:
      return fc.oneof(refused, fc.constant({ fn: r.fn, address: r.address, count: r.bits.length }));
    case 16:
    default:
      return fc.oneof(refused, fc.constant({ fn: r.fn, address: r.address, count: r.registers.length }));
  }
}

const exchange = request.chain((r) => fc.tuple(fc.constant(r), answers(r), fc.integer({ min: 1, max: 247 })));

/** The bytes in pieces, cut where `cuts` says. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set([0, ...cuts.map((c) => c % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const noise = fc.uint8Array({ maxLength: 300 });
const cuts = fc.array(fc.nat(700), { maxLength: 8 });

describe('properties', () => {
  it('what is encoded decodes to the same', () => {
    fc.assert(
      fc.property(exchange, ([r, response]) => {
        expect(decodeRequest(encodeRequest(r))).toEqual({ ok: true, value: r });
        expect(decodeResponse(encodeResponse(response), r)).toEqual({ ok: true, value: response });
      }),
    );
  });

  it('RTU: a good reply is found behind any noise, in any chunking', () => {
    fc.assert(
      fc.property(exchange, noise, cuts, ([r, response, unit], before, where) => {
        const bytes = join(before, sealRtu(unit, encodeResponse(response)));
        expect(rtu(unit, r, ...pieces(bytes, where))).toEqual({ ok: true, response, noise: before.length });
      }),
    );
  });

  it('RTU: a reply with a flipped bit is never taken, and a good one behind it is not lost', () => {
    fc.assert(
      fc.property(exchange, fc.nat(), cuts, ([r, response, unit], flip, where) => {
        const good = sealRtu(unit, encodeResponse(response));
        const altered = good.slice();
        const at = flip % (good.length * 8);
        altered[at >> 3] = (altered[at >> 3] ?? 0) ^ (1 << (at & 7));
        expect(rtu(unit, r, ...pieces(altered, where)).ok).toBe(false);
        expect(rtu(unit, r, ...pieces(join(altered, good), where))).toMatchObject({ ok: true, response });
      }),
    );
  });

  it('RTU: a cut reply is never taken', () => {
    fc.assert(
      fc.property(exchange, fc.nat(), ([r, response, unit], cut) => {
        const good = sealRtu(unit, encodeResponse(response));
        expect(rtu(unit, r, good.subarray(0, cut % good.length)).ok).toBe(false);
      }),
    );
  });

  it('RTU: a slave hears each request in any chunking and through noise', () => {
    fc.assert(
      fc.property(request, request, noise, cuts, (a, b, before, where) => {
        const reader = new RtuRequestReader();
        const bytes = join(before, encodeRtuRequest(1, a), encodeRtuRequest(2, b));
        const heard = pieces(bytes, where).flatMap((piece) => reader.push(piece));
        expect(heard.slice(-2).map((h) => [h.unit, h.request])).toEqual([
          [1, { ok: true, value: a }],
          [2, { ok: true, value: b }],
        ]);
      }),
    );
  });

  it('TCP: only the reply of its own transaction and unit is taken, in any chunking', () => {
    fc.assert(
      fc.property(exchange, fc.nat(0xffff), cuts, ([r, response, unit], transaction, where) => {
        const stale = sealMbap((transaction + 1) & 0xffff, unit, encodeResponse(response));
        const good = sealMbap(transaction, unit, encodeResponse(response));
        const reader = new ReplyReader(r, awaitMbap(transaction, unit));
        const outcomes = pieces(join(stale, good), where).flatMap((piece) => reader.push(piece) ?? []);
        expect(outcomes).toEqual([{ ok: true, response, noise: stale.length }]);
        const deaf = new ReplyReader(r, awaitMbap(transaction, unit));
        expect(deaf.push(stale)).toBeNull();
        expect(deaf.end()).toMatchObject({ ok: false, code: 'MALFORMED' });
      }),
    );
  });

  it('TCP: a header with a flipped bit is never taken', () => {
    fc.assert(
      fc.property(exchange, fc.nat(0xffff), fc.nat(8 * 8 - 1), ([r, response, unit], transaction, at) => {
        const altered = sealMbap(transaction, unit, encodeResponse(response));
        altered[at >> 3] = (altered[at >> 3] ?? 0) ^ (1 << (at & 7));
        const reader = new ReplyReader(r, awaitMbap(transaction, unit));
        expect(reader.push(altered) ?? reader.end()).toMatchObject({ ok: false });
      }),
    );
  });

  it('TCP: a slave hears each request in any chunking', () => {
    fc.assert(
      fc.property(request, request, cuts, (a, b, where) => {
        const reader = new MbapRequestReader();
        const bytes = join(encodeMbapRequest(7, 1, a), encodeMbapRequest(8, 2, b));
        const heard = pieces(bytes, where).flatMap((piece) => reader.push(piece));
        expect(heard.map((h) => [h.transaction, h.unit, h.request])).toEqual([
          [7, 1, { ok: true, value: a }],
          [8, 2, { ok: true, value: b }],
        ]);
      }),
    );
  });

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
