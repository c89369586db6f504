import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { decodePayload, encodePayload, type Metric, type Payload, type WireValue } from './codec.ts';
import { MessageWriter } from './protobuf.ts';
import { rebirthOrder } from './rebirth.ts';
import { filterOf, orderTopic, readTopic, topicOf } from './topic.ts';

/** Cases: a hundred thousand with every test run, more by BAILEE_FUZZ. */
const CASES = Number(process.env['BAILEE_FUZZ'] ?? 100_000);

vi.setConfig({ testTimeout: Math.max(30_000, CASES) });

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const plain: Metric = {
  name: null,
  alias: null,
  timestamp: null,
  datatype: null,
  isHistorical: false,
  isTransient: false,
  isNull: false,
  quality: null,
  value: null,
};
const T = 1_700_000_000_000n;

/** Encoded and decoded with two other implementations. */
const FRAMES: readonly (readonly [string, string, Payload])[] = [
  [
    'NBIRTH',
    '0880D095FFBC3112120A0562645365711880D095FFBC312004580012210A144E6F646520436F6E74726F6C2F526562697274681880D095FFBC31200B700012260A1350726F706572746965732F48617264776172651880D095FFBC31200C7A06656467652D311800',
    {
      timestamp: T,
      seq: 0n,
      metrics: [
        { ...plain, name: 'bdSeq', timestamp: T, datatype: 4, value: { is: 'long', v: 0n } },
        {
          ...plain,
          name: 'Node Control/Rebirth',
          timestamp: T,
          datatype: 11,
          value: { is: 'boolean', v: false },
        },
        {
          ...plain,
          name: 'Properties/Hardware',
          timestamp: T,
          datatype: 12,
          value: { is: 'string', v: 'edge-1' },
        },
      ],
    },
  ],
  [
    'DDATA',
    '08 E8 D7 95 FF BC 31 12 10 10 0A 18 E8 D7 95 FF BC 31 20 09 65 00 00 92 C1 18 02',
    {
      timestamp: T + 1000n,
      seq: 2n,
      metrics: [
        { ...plain, alias: 10n, timestamp: T + 1000n, datatype: 9, value: { is: 'float', v: -18.25 } },
      ],
    },
  ],
  [
    'NDEATH',
    '08 80 D0 95 FF BC 31 12 12 0A 05 62 64 53 65 71 18 80 D0 95 FF BC 31 20 04 58 00',
    {
      timestamp: T,
      seq: null,
      metrics: [{ ...plain, name: 'bdSeq', timestamp: T, datatype: 4, value: { is: 'long', v: 0n } }],
    },
  ],
];

describe('a payload', () => {
  it.each(FRAMES)('%s', (_, hex, payload) => {
    expect(decodePayload(bytesOf(hex))).toEqual({ ok: true, payload });
    expect(encodePayload(payload)).toEqual(bytesOf(hex));
  });

  it('with a quality among its properties', () => {
    const metric = { ...plain, name: 'T', datatype: 9, quality: 0, value: { is: 'float', v: 1.5 } } as const;
    const bytes = encodePayload({ timestamp: null, metrics: [metric], seq: 1n });
    // keys: "Quality"; values: type Int32, int_value 0.
    expect(Buffer.from(bytes).toString('hex')).toContain(
      '4a0f0a075175616c6974791204080318 00'.replace(' ', ''),
    );
    expect(decodePayload(bytes)).toMatchObject({ payload: { metrics: [metric] } });
  });

  it('of a newer kind is read without what nobody here knows', () => {
    const metric = new MessageWriter()
      .bytes(1, Buffer.from('T'))
      .varint(99, 7n)
      .bytes(8, Uint8Array.of(1, 2, 3))
      .fixed(12, Uint8Array.of(0, 0, 0x92, 0xc1))
      .fixed(50, new Uint8Array(8))
      .end();
    const bytes = new MessageWriter()
      .bytes(2, metric)
      .bytes(4, Buffer.from('uuid'))
      .bytes(5, Uint8Array.of(9))
      .end();
    const read = { ...plain, name: 'T', value: { is: 'float', v: -18.25 } };
    expect(decodePayload(bytes)).toEqual({
      ok: true,
      payload: { timestamp: null, metrics: [read], seq: null },
    });
  });

  it.each([
    ['a number is cut short', '08 80'],
    ['a number of more than 10 bytes', '08 FF FF FF FF FF FF FF FF FF FF 01'],
    ['a number of more than 64 bits', '08 FF FF FF FF FF FF FF FF FF 02'],
    ['field number 0', '00 01'],
    ['wire type 3 of field 1', '0B'],
    ['wire type 7 of field 1', '0F'],
    ['127 bytes are said to follow', '12 7F 01'],
    ['2 bytes are said to follow, 1 do', '12 02 01'],
    ['field 2 is varint, no bytes', '10 01'],
    ['field 3 is bytes, no varint', '1A 00'],
    ['field 1 is no UTF-8', '12 03 0A 01 FF'],
    ['field 12 is fixed64, no fixed32', '12 09 61 00 00 00 00 00 00 00 00'],
    ['1 keys of properties and 0 values', '12 05 4A 03 0A 01 51'],
  ])('is refused: %s', (why, hex) => {
    expect(decodePayload(bytesOf(hex))).toEqual({ ok: false, why });
  });

  it('of more metrics than any node has is refused', () => {
    const bytes = new Uint8Array(2 * 10_001).map((_, i) => (i % 2 === 0 ? 0x12 : 0));
    expect(decodePayload(bytes)).toEqual({ ok: false, why: 'more than 10000 metrics' });
    expect(decodePayload(bytes.subarray(2)).ok).toBe(true);
  });
});

it('the order for a rebirth is as the standard shows it', () => {
  expect(
    Buffer.from(rebirthOrder(Number(T)))
      .toString('hex')
      .toUpperCase(),
  ).toBe('0880D095FFBC3112210A144E6F646520436F6E74726F6C2F526562697274681880D095FFBC31200B7001');
});

describe('a topic', () => {
  it.each([
    ['spBv1.0/G/NBIRTH/n', { group: 'G', kind: 'NBIRTH', node: 'n', device: null }],
    ['spBv1.0/G/DDATA/n/d', { group: 'G', kind: 'DDATA', node: 'n', device: 'd' }],
    ['spBv1.0/G/NBIRTH/n/d', null],
    ['spBv1.0/G/DDATA/n', null],
    ['spBv1.0/G/DDATA/n/', null],
    ['spBv1.0/G/DDATA/n/d/e', null],
    ['spBv1.0/G/NCMD/n', null],
    ['spBv1.0/STATE/host', null],
    ['spAv1.0/G/NBIRTH/n', null],
    ['', null],
  ] as const)('%s', (text, topic) => {
    expect(readTopic(text)).toEqual(topic);
    if (topic !== null) expect(topicOf(topic)).toBe(text);
  });

  it('of orders and of all that a node says', () => {
    expect([orderTopic('G', 'n', null), orderTopic('G', 'n', 'd')]).toEqual([
      'spBv1.0/G/NCMD/n',
      'spBv1.0/G/DCMD/n/d',
    ]);
    expect(filterOf('G', 'n')).toBe('spBv1.0/G/+/n/#');
  });
});

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const wireValue: fc.Arbitrary<WireValue> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((v): WireValue => ({ is: 'int', v })),
  u64.map((v): WireValue => ({ is: 'long', v })),
  fc.float({ noNaN: true }).map((v): WireValue => ({ is: 'float', v })),
  fc.double({ noNaN: true }).map((v): WireValue => ({ is: 'double', v })),
  fc.boolean().map((v): WireValue => ({ is: 'boolean', v })),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((v): WireValue => ({ is: 'string', v })),
  fc
    .tuple(fc.constantFrom('bytes', 'dataset', 'template', 'extension'), fc.uint8Array({ maxLength: 8 }))
    .map(([is, v]): WireValue => ({ is, v })),
);
const orNull = <T>(own: fc.Arbitrary<T>) => fc.option(own, { nil: null });
const metric: fc.Arbitrary<Metric> = fc.record({
  name: orNull(fc.string({ unit: 'grapheme', maxLength: 12 })),
  alias: orNull(u64),
  timestamp: orNull(u64),
  datatype: orNull(fc.nat(34)),
  isHistorical: fc.boolean(),
  isTransient: fc.boolean(),
  isNull: fc.boolean(),
  quality: orNull(fc.integer()),
  value: orNull(wireValue),
});
const payload: fc.Arbitrary<Payload> = fc.record({
  timestamp: orNull(u64),
  metrics: fc.array(metric, { maxLength: 3 }),
  seq: orNull(u64),
});

describe('any payload', () => {
  it('is read as it was written', () => {
    const run = fc.property(payload, (said) => {
      expect(decodePayload(encodePayload(said))).toEqual({ ok: true, payload: said });
    });
    fc.assert(run, { numRuns: Math.ceil(CASES * 0.2) });
  });

  it('with a flipped bit, cut short, or any bytes at all never throw', () => {
    const spoiled = fc.tuple(payload, fc.nat(100_000), fc.boolean()).map(([said, n, isCut]) => {
      const bytes = encodePayload(said);
      if (bytes.length === 0) return bytes;
      const bit = n % (bytes.length * 8);
      return isCut
        ? bytes.slice(0, bit >> 3)
        : bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
    });
    const run = fc.property(fc.oneof(spoiled, fc.uint8Array({ maxLength: 80 })), (bytes) => {
      const read = decodePayload(bytes);
      // No more can come out than went in.
      if (read.ok) expect(read.payload.metrics.length).toBeLessThanOrEqual(bytes.length / 2);
      else expect(read.why).not.toBe('');
    });
    fc.assert(run, { numRuns: Math.ceil(CASES * 0.8) });
  });
});
