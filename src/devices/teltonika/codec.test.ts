import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ELEMENTS, valueOf } from './avl.ts';
import { crc16, encodeAnswer, encodeLogin, encodePacket, type AvlRecord, type Packet } from './codec.ts';
import { PacketReader, type Heard } from './reader.ts';

/** Cases of each property: 100,000 over all in CI (BAILEE_FUZZ asks for more). */
const RUNS = Math.ceil(Number(process.env['BAILEE_FUZZ'] ?? 100_000) / 5);

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

function heard(...chunks: readonly Uint8Array[]): Heard[] {
  const reader = new PacketReader(true);
  return chunks.flatMap((chunk) => reader.push(chunk));
}

function packets(...chunks: readonly Uint8Array[]): Packet[] {
  return packetsOf(heard(...chunks));
}

function packetsOf(found: readonly Heard[]): Packet[] {
  return found.flatMap((h) => (h.kind === 'packet' && h.decoded.ok ? [h.decoded.packet] : []));
}

/** IO elements as whole numbers. */
function numbers(record: AvlRecord | undefined): Record<string, number> {
  return Object.fromEntries(
    [...(record?.io ?? [])].map(([id, bytes]) => [id, bytes.reduce((sum, byte) => sum * 256 + byte, 0)]),
  );
}

const ONE =
  '000000000000003608010000016B40D8EA30010000000000000000000000000000000105021503010101425E0F01F10000601A014E0000000000000000010000C7CF';
const POSITION =
  '0000000000000035080100000161F37C50500020DE5BA60EF11450000000000000000006040100B300B400EF000109002000014E0000000000000000010000BE52';
const EYE =
  '00000000000000628E0100000193011F1EC8003FA9DEF2FC401EA4000D00000400000000000F000700EF0000F00000150500C8000045012A34492A3800000600B5001300B60011004230AA00430FB7004400002A30FB5D000200F10000C74200100000014900000000010000FBFF';
const SHORT =
  '000000000000002808010000016B40D9AD80010000000000000000000000000000000103021503010101425E100000010000F22A';
const WRONG =
  '0000000000000000080100000113FC208DFF00209CCA800F14F650006F00D60400040004030101150316030001460000015D000100000000';

describe('literal frames (wire formats 7.2)', () => {
  it('login', () => {
    const login = hex('00 0F 31 32 33 34 35 36 37 38 39 30 31 32 33 34 35');
    expect(new PacketReader(false).push(login)).toEqual([{ kind: 'login', imei: '123456789012345' }]);
    expect(Buffer.from(encodeLogin('123456789012345'))).toEqual(login);
  });

  it('codec 8, one record', () => {
    const [packet] = packets(hex(ONE));
    const [record] = packet?.records ?? [];
    expect(packet?.codec).toBe(8);
    expect(record).toMatchObject({
      at: Date.parse('2019-06-10T10:04:46.000Z'),
      priority: 1,
      latitude: 0,
      longitude: 0,
      event: 1,
    });
    expect(numbers(record)).toEqual({ 21: 3, 1: 1, 66: 24_079, 241: 24_602, 78: 0 });
    expect(
      Buffer.from(encodePacket(packet ?? { codec: 8, records: [] }))
        .toString('hex')
        .toUpperCase(),
    ).toBe(ONE);
  });

  it('codec 8 with position', () => {
    const [record] = packets(hex(POSITION))[0]?.records ?? [];
    expect(record).toMatchObject({
      at: Date.parse('2018-03-05T00:07:46.000Z'),
      latitude: 250_680_400,
      longitude: 551_443_366,
    });
    expect(numbers(record)).toEqual({ 1: 0, 179: 0, 180: 0, 239: 0, 9: 32, 78: 0 });
  });

  it('codec 8 Extended with an EYE beacon at -11.87 °C', () => {
    const [packet] = packets(hex(EYE));
    const [record] = packet?.records ?? [];
    if (record === undefined) throw new Error('no record');
    expect(packet?.codec).toBe(0x8e);
    expect(valueOf(record, 'eye-temperature-1')).toBe(-1187);
    expect(ELEMENTS['eye-temperature-1']).toMatchObject({ exp: -2, unit: 'Cel' });
    expect(valueOf(record, 'supply')).toBe(12_458);
    expect(valueOf(record, 'ble-temperature-1')).toBeUndefined();
  });

  it('codec 8 without 4- and 8-byte elements', () => {
    const [record] = packets(hex(SHORT))[0]?.records ?? [];
    expect(record).toMatchObject({ at: Date.parse('2019-06-10T10:05:36.000Z'), priority: 1, event: 1 });
    expect(numbers(record)).toEqual({ 21: 3, 1: 1, 66: 24_080 });
  });

  it('a wrong length and CRC give nothing, and the next packet is read', () => {
    expect(packets(hex(WRONG))).toEqual([]);
    expect(packets(hex(WRONG), hex(ONE))).toHaveLength(1);
    expect(heard(hex(WRONG)).every((h) => h.kind === 'noise')).toBe(true);
  });

  it('the answer is the number of records', () => {
    expect(Buffer.from(encodeAnswer(1)).toString('hex')).toBe('00000001');
    expect(crc16(Buffer.from('123456789'))).toBe(0xbb3d);
  });
});

/** A packet whose CRC is right, whatever stands in it. */
function sealed(...data: readonly number[]): Uint8Array {
  const crc = crc16(Uint8Array.from(data));
  return Uint8Array.from([0, 0, 0, 0, 0, 0, 0, data.length, ...data, 0, 0, crc >> 8, crc & 255]);
}

describe('what is refused', () => {
  it.each([
    ['codec 16', sealed(0x10, 1, 1), 'codec 0x10, not 0x08 or 0x8E'],
    ['half a record', sealed(8, 1, 0, 0, 1), 'record 1 of 1 is not whole'],
    ['another count at the end', sealed(8, 0, 1), '0 records at the beginning, 1 at the end'],
    ['something behind the records', sealed(8, 0, 0, 7), '1 bytes behind the records'],
  ])('%s', (_, frame, detail) => {
    expect(heard(frame)).toMatchObject([{ kind: 'packet', decoded: { ok: false, detail } }]);
  });

  it('a wrong CRC, by name; then what follows is read', () => {
    const spoilt = hex(ONE);
    spoilt[20] = 0xff;
    const found = heard(Buffer.concat([spoilt, hex(SHORT)]));
    expect(found[0]).toMatchObject({
      code: 'CHECKSUM',
      detail: expect.stringMatching(/^CRC c7cf of 54 bytes/),
    });
    expect(found.at(-1)).toMatchObject({ kind: 'packet', decoded: { ok: true } });
  });

  it('whoever does not say who it is', () => {
    const found = new PacketReader(false).push(Buffer.from('GET / HTTP/1.1\r\n'));
    expect(found).toEqual([
      { kind: 'noise', code: 'MALFORMED', detail: expect.stringMatching(/^no IMEI: 4745/) },
    ]);
  });

  it('a flood of what looks like packets costs a few CRCs, not one for each', () => {
    const flood = hex('000000000000100008'.repeat(7000));
    const begun = performance.now();
    const found = heard(flood);
    expect(found.filter((h) => h.kind === 'noise' && h.code === 'CHECKSUM')).toHaveLength(32);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('bytes FF between packets keep a connection alive and are nothing', () => {
    expect(heard(Uint8Array.of(0xff), Uint8Array.of(0xff), hex(ONE))).toHaveLength(1);
  });
});

const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
const record = (extended: boolean) =>
  fc
    .record({
      at: fc.integer({ min: 0, max: 2 ** 45 }),
      priority: fc.integer({ min: 0, max: 2 }),
      longitude: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
      latitude: fc.integer({ min: -900_000_000, max: 900_000_000 }),
      altitude: fc.nat(65_535),
      angle: fc.nat(359),
      satellites: fc.nat(40),
      speed: fc.nat(300),
      event: fc.nat(255),
      io: fc.uniqueArray(
        fc.tuple(
          fc.nat(extended ? 65_535 : 255),
          fc.oneof(bytes(1), bytes(2), bytes(4), bytes(8), ...(extended ? [bytes(3), bytes(11)] : [])),
        ),
        { maxLength: 5, selector: ([id]) => id },
      ),
    })
    .map((r): AvlRecord => ({ ...r, io: new Map(r.io) }));
const packet = fc.boolean().chain((extended) =>
  fc.record({
    codec: fc.constant(extended ? 0x8e : 8),
    records: fc.array(record(extended), { minLength: 1, maxLength: 3 }),
  }),
);

/** The same packet, whatever the order of its elements. */
function plain({ codec, records }: Packet): unknown {
  return { codec, records: records.map(plainRecord) };
}

function plainRecord(r: AvlRecord): unknown {
  const io = [...r.io].sort(([a], [b]) => a - b).map(([id, v]) => [id, Buffer.from(v).toString('hex')]);
  return { ...r, io };
}

describe('properties', { timeout: 30_000 + RUNS }, () => {
  it('decode of encode is the same', () => {
    fc.assert(
      fc.property(packet, (p) => {
        const found = packets(encodePacket(p));
        expect(found.map(plain)).toEqual([plain(p)]);
      }),
      { numRuns: RUNS },
    );
  });

  it('noise in front and any chunking lose nothing', () => {
    // Noise without four zeros in a row: those could begin a packet that is waited for.
    const noise = fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 100 });
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 });
    fc.assert(
      fc.property(noise, packet, cuts, (before, p, sizes) => {
        const all = Buffer.concat([Uint8Array.from(before), encodePacket(p)]);
        const chunks: Buffer[] = [];
        let at = 0;
        for (const size of sizes) chunks.push(all.subarray(at, (at += size)));
        chunks.push(all.subarray(at));
        expect(packets(...chunks).map(plain)).toEqual([plain(p)]);
      }),
      { numRuns: RUNS },
    );
  });

  it('a flipped bit gives never another packet, and what is behind is found', () => {
    fc.assert(
      fc.property(packet, packet, fc.nat(), fc.nat(7), (p, next, where, bit) => {
        const spoilt = encodePacket(p);
        const at = where % spoilt.length;
        spoilt[at] = (spoilt[at] ?? 0) ^ (1 << bit);
        // What now begins with a greater length is waited for, so packets follow until it is there.
        const reader = new PacketReader(true);
        const behind = encodePacket(next);
        const found = packetsOf(reader.push(spoilt));
        for (let fed = 0; found.length === 0 && fed < 9000; fed += behind.length) {
          found.push(...packetsOf(reader.push(behind)));
        }
        expect(found.length).toBeGreaterThan(0);
        for (const other of found) expect(plain(other)).toEqual(plain(next));
      }),
      { numRuns: RUNS },
    );
  });

  it('whatever comes, nothing is made of it and no more than one packet is kept', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.constant(new Uint8Array(9)),
      fc.constant(hex(ONE).subarray(0, 30)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        expect(packets(...parts)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('whatever stands in a packet whose CRC is right is decoded or refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(8, 0x8e),
        fc.uint8Array({ minLength: 2, maxLength: 120 }),
        (codec, body) => {
          expect(heard(sealed(codec, ...body)).map((h) => h.kind)).toEqual(['packet']);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
