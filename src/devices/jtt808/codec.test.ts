import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANNELS, temperatureItem } from './channels.ts';
import { decodeMessage, encodeMessage, unescape, type DecodedMessage, type Message } from './codec.ts';
import { decodeBatch, decodeLocation, encodeBatch, encodeLocation, type Location } from './location.ts';
import { MessageReader } from './reader.ts';

/** Cases of each property: 100,000 over all in CI (BAILEE_FUZZ asks for more). */
const RUNS = Math.ceil(Number(process.env['BAILEE_FUZZ'] ?? 100_000) / 5);

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

function read(...chunks: readonly Uint8Array[]): DecodedMessage[] {
  const reader = new MessageReader();
  return chunks.flatMap((chunk) => reader.push(chunk));
}

function messages(...chunks: readonly Uint8Array[]): Message[] {
  return read(...chunks).flatMap((d) => (d.ok ? [d.message] : []));
}

function only(text: string): Message {
  const [message] = messages(hex(text));
  if (message === undefined) throw new Error(`no message: ${JSON.stringify(read(hex(text)))}`);
  return message;
}

function location(body: Uint8Array): Location {
  const found = decodeLocation(body);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const FIRST = ['temperature-1', 'temperature-2', 'temperature-3', 'temperature-4'] as const;

function temperatures(l: Location): unknown[] {
  const all = ['temperature-1', 'temperature-2', 'temperature-8'] as const;
  return all.map((name) => CHANNELS[name].read(l));
}

const ESCAPED =
  '7E02000026123456789012007D02000000010000000200BA7F0E07E4F11C0028003C00001810151010100104000000640202007D01137E';
const SAME =
  '7E020000261234567890120001000000010000000200BA7F0E07E4F11C0028003C00001810151010100104000000640202007D016C7E';
const WARM =
  '7E0200003A019172511329001300000000000000020158DF7206C9607000370000008424051311201801040000000030010D31011D5708000000000000000082020092510201230B7E';
const COLD =
  '7E020000520198080908740AF300000000000C000F016602A302C662F802FC000000CC24051618132401040000020F30011E310109F30100610204B056020ACD5D0B0102D40379B8011423033C51108017FFFFFFFFFFFFFFFFFFFFFFFFFFFFC87E';
const BATCH =
  '7E0704402D0100000866496077582164881D0001000028000000000000000701A00192091F2A4700160000000226050916422701040000258230010031010E507E';
const WRONG =
  '7E02000032013511221122000700000000000C000301578CC006CA3A5C00470000000014072317201501040000000030011631010BD07E';

describe('literal frames (wire formats 7.1)', () => {
  it('the escape example of the standard', () => {
    const inside = hex('30 7D 02 08 7D 01 55');
    expect(Buffer.from(unescape(inside) ?? []).toString('hex')).toBe('307e087d55');
    expect(unescape(hex('30 7D 03'))).toBeNull();
    expect(unescape(hex('30 7D'))).toBeNull();
  });

  it('0x0200 with 7E in its serial number, and the same with serial 1', () => {
    const message = only(ESCAPED);
    expect(message).toMatchObject({ id: 0x0200, version: null, terminal: '123456789012', serial: 126 });
    const l = location(message.body);
    expect(l).toMatchObject({
      alarm: 1,
      status: 2,
      latitude: 12_222_222,
      longitude: 132_444_444,
      altitude: 40,
      speed: 60,
      direction: 0,
      at: Date.parse('2018-10-15T10:10:10+08:00'),
    });
    expect([...l.items].map(([id, v]) => [id, Buffer.from(v).toString('hex')])).toEqual([
      [1, '00000064'],
      [2, '007d'],
    ]);
    expect([CHANNELS.mileage.read(l), CHANNELS.fuel.read(l), CHANNELS.emergency.read(l)]).toEqual([
      100, 125, 1,
    ]);
    expect(Buffer.from(encodeMessage(message)).toString('hex').toUpperCase()).toBe(ESCAPED);
    expect(only(SAME)).toEqual({ ...message, serial: 1 });
  });

  it('0x0200 with item 0x51, +29.1 °C', () => {
    const message = only(WARM);
    expect(message).toMatchObject({ terminal: '019172511329', serial: 19 });
    expect(temperatures(location(message.body))).toEqual([291, undefined, undefined]);
  });

  it('0x0200 with item 0x51, -2.3 °C and seven channels without a sensor', () => {
    const message = only(COLD);
    expect(message).toMatchObject({ terminal: '019808090874', serial: 2803 });
    expect(temperatures(location(message.body))).toEqual([-23, null, null]);
  });

  it('0x0704 with a header of 2019, south of the equator', () => {
    const message = only(BATCH);
    expect(message).toMatchObject({
      id: 0x0704,
      version: 1,
      terminal: '00000866496077582164',
      serial: 34_845,
    });
    const batch = decodeBatch(message.body);
    if (typeof batch === 'string') throw new Error(batch);
    expect([batch.late, batch.records.length]).toEqual([false, 1]);
    expect(location(batch.records[0] ?? new Uint8Array())).toMatchObject({
      latitude: -27_263_378,
      longitude: 153_037_383,
      at: Date.parse('2026-05-09T16:42:27+08:00'),
    });
    expect(Buffer.from(encodeMessage(message)).toString('hex').toUpperCase()).toBe(BATCH);
  });

  it('a wrong check byte is refused', () => {
    expect(read(hex(WRONG))).toEqual([{ ok: false, code: 'CHECKSUM', detail: 'check D0, not F0' }]);
  });

  it('0x0002 heartbeat and 0x8001 answer', () => {
    expect(only('7E 00 02 00 00 01 39 12 34 56 78 00 1F 2D 7E')).toMatchObject({
      id: 2,
      version: null,
      terminal: '013912345678',
      serial: 31,
      body: new Uint8Array(),
    });
    const answer = '7E 80 01 00 05 12 34 56 78 90 12 00 01 00 7D 02 02 00 00 73 7E';
    const body = Uint8Array.of(0, 126, 2, 0, 0);
    expect(only(answer)).toEqual({ id: 0x8001, version: null, terminal: '123456789012', serial: 1, body });
    const encoded = encodeMessage({ id: 0x8001, version: null, terminal: '123456789012', serial: 1, body });
    expect(Buffer.from(encoded)).toEqual(hex(answer));
  });
});

/** What stands between two 7E, with the right check byte. */
function sealed(text: string): Uint8Array {
  const bytes = hex(text);
  return Uint8Array.from([...bytes, bytes.reduce((sum, byte) => sum ^ byte, 0)]);
}

describe('what is refused', () => {
  it.each([
    ['an encrypted body', '0200 0400 013912345678 0001', 'REFUSED message 0200 is encrypted'],
    [
      'a part that is none of so many',
      '0200 2000 013912345678 0001 0002 0003',
      'MALFORMED message 0200 is part 3 of 2',
    ],
    ['another length', '0200 0001 013912345678 0001', 'MALFORMED message 0200 says 1 bytes, has 0'],
    [
      'a terminal that is no number',
      '0200 0000 0139123456AB 0001',
      'MALFORMED terminal 0139123456ab is no number',
    ],
    ['too little', '0200 0000', 'MALFORMED 5 bytes are no message'],
  ])('%s', (_, text, refusal) => {
    const decoded = decodeMessage(sealed(text));
    expect(decoded.ok ? 'taken' : `${decoded.code} ${decoded.detail}`).toBe(refusal);
  });

  const body = only(WARM).body;
  const changed = (at: number, ...bytes: number[]): Uint8Array => {
    const copy = body.slice();
    copy.set(bytes, at);
    return copy;
  };
  it.each([
    ['half a location', body.subarray(0, 20), 'a location of 20 bytes'],
    ['91 degrees', changed(8, 0x05, 0x6c, 0x8c, 0xc0), 'latitude 91, longitude 113.86072'],
    ['the thirteenth month', changed(23, 0x13), 'time 241313112018'],
    ['letters as digits', changed(22, 0xaa), 'time aa0513112018'],
    ['an item that is cut off', body.subarray(0, 30), 'an additional item is cut off at byte 28'],
  ])('%s', (_, bytes, problem) => expect(decodeLocation(bytes)).toBe(problem));

  it('no time yet is no time of its own', () => {
    expect(location(changed(22, 0, 0, 0, 0, 0, 0)).at).toBeNull();
  });

  it.each([
    ['nothing', '00', 'a batch of 1 bytes'],
    ['another count', '0002 00 0001 FF', '1 records, said to be 2'],
    ['a record that is cut off', '0001 00 0009 FF', 'record 1 of 1 is cut off'],
  ])('a batch of %s', (_, text, problem) => expect(decodeBatch(hex(text))).toBe(problem));

  it('temperatures beyond 150 °C', () => {
    const l: Location = { ...location(body), items: new Map([[0x51, hex('05DD 85DC 8000')]]) };
    expect(FIRST.map((name) => CHANNELS[name].read(l))).toEqual([null, -1500, 0, undefined]);
    expect(Buffer.from(temperatureItem([291, -23, null])).toString('hex')).toBe('01238017ffff');
  });

  it('two thousand bytes and more without 7E; then the next message is read', () => {
    const found = read(hex('7E'), new Uint8Array(5000).fill(1), hex(SAME));
    expect(found.filter((d) => !d.ok).length).toBeGreaterThan(1);
    expect(found.at(-1)?.ok).toBe(true);
  });
});

const message = fc
  .record({
    id: fc.constantFrom(0x0001, 0x0002, 0x0200, 0x0704, 0x8001),
    version: fc.option(fc.nat(255), { nil: null }),
    digits: fc.bigInt({ min: 0n, max: 999_999_999_999n }),
    serial: fc.nat(65_535),
    body: fc.uint8Array({ maxLength: 90 }),
    part: fc.option(fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.nat(65_534)), { nil: null }),
  })
  .map(({ digits, version, part, ...own }): Message => {
    const [total, n] = part ?? [1, 0];
    const rest = part === null ? own : { ...own, part: { total, number: 1 + (n % total) } };
    return { ...rest, version, terminal: String(digits).padStart(version === null ? 12 : 20, '0') };
  });
const second = fc.integer({ min: 946_684_800, max: 4_102_415_999 }).map((s) => s * 1000);
const place = fc
  .record({
    alarm: fc.nat(2 ** 32 - 1),
    status: fc.nat(3),
    latitude: fc.integer({ min: -90_000_000, max: 90_000_000 }),
    longitude: fc.integer({ min: -180_000_000, max: 180_000_000 }),
    altitude: fc.nat(65_535),
    speed: fc.nat(65_535),
    direction: fc.nat(65_535),
    at: fc.option(second, { nil: null }),
    items: fc.uniqueArray(fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 20 })), {
      maxLength: 4,
      selector: ([id]) => id,
    }),
  })
  .map((l): Location => ({ ...l, items: new Map(l.items) }));

describe('properties', { timeout: 30_000 + RUNS }, () => {
  it('decode of encode is the same message', () => {
    fc.assert(
      fc.property(message, (m) => {
        expect(messages(encodeMessage(m))).toEqual([m]);
      }),
      { numRuns: RUNS },
    );
  });

  it('and the same locations', () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 3 }), (places) => {
        const batch = decodeBatch(encodeBatch(true, places.map(encodeLocation)));
        if (typeof batch === 'string') throw new Error(batch);
        const found = batch.records.map(location).map((l) => ({ ...l, status: l.status & 3 }));
        expect(found).toEqual(places);
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('noise in front and any chunking lose nothing', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), message, cuts, (noise, m, sizes) => {
        const all = Buffer.concat([noise, encodeMessage(m)]);
        const chunks: Buffer[] = [];
        let at = 0;
        for (const size of sizes) chunks.push(all.subarray(at, (at += size)));
        chunks.push(all.subarray(at));
        expect(messages(...chunks).at(-1)).toEqual(m);
      }),
      { numRuns: RUNS },
    );
  });

  it('a flipped bit gives never another message, and the next one is whole', () => {
    fc.assert(
      fc.property(message, message, fc.nat(), fc.nat(7), (m, next, where, bit) => {
        const spoilt = encodeMessage(m);
        const at = where % spoilt.length;
        spoilt[at] = (spoilt[at] ?? 0) ^ (1 << bit);
        const found = messages(spoilt, encodeMessage(next));
        expect(found).toEqual([next]);
      }),
      { numRuns: RUNS },
    );
  });

  it('whatever comes is decoded or refused, with few words', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(hex('7E'), hex('7D'), hex(SAME).subarray(3, 40)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        for (const d of read(...parts)) if (!d.ok) expect(d.detail.length).toBeLessThan(80);
        for (const bytes of parts)
          for (const found of [decodeLocation(bytes), decodeBatch(bytes)]) {
            if (typeof found === 'string') expect(found.length).toBeLessThan(80);
          }
      }),
      { numRuns: RUNS },
    );
  });
});
