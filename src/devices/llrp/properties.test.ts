import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage } from './decode.ts';
import { protocol, type Definition, type Field, type FieldType, type Protocol } from './definitions.ts';
import { encodeMessage } from './encode.ts';
import { FrameReader } from './frame-reader.ts';
import { LONGEST_MESSAGE } from './header.ts';
import type { FieldValue, LlrpMessage, LlrpNode } from './node.ts';
import { decodeTagReports, type TagReport } from './tag-reports.ts';

/** Cases over all properties: a hundred thousand with every test run, more by BAILEE_FUZZ. */
const FUZZ = Number(process.env['BAILEE_FUZZ'] ?? 100_000);
const part = (share: number): number => Math.ceil(FUZZ * share);
/** Five thousand cases a second are slow. */
const TIMEOUT_MS = 30_000 + FUZZ / 5;

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((b) => Buffer.from(b).toString('hex'));
const list = (max: number): fc.Arbitrary<number[]> => fc.array(fc.nat({ max }), { maxLength: 3 });

const VALUES: Readonly<Record<FieldType, fc.Arbitrary<FieldValue>>> = {
  u1: fc.boolean(),
  u2: fc.nat({ max: 3 }),
  u8: fc.nat({ max: 255 }),
  s8: fc.integer({ min: -128, max: 127 }),
  u16: fc.nat({ max: 0xffff }),
  s16: fc.integer({ min: -32768, max: 32767 }),
  u32: fc.nat({ max: 0xffffffff }),
  u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  u96: hex(12),
  u1v: fc.nat({ max: 100 }).chain((bits) => hex(Math.ceil(bits / 8)).map((h) => ({ bits, hex: h }))),
  u8v: fc.nat({ max: 5 }).chain(hex),
  u16v: list(0xffff),
  u32v: list(0xffffffff),
  utf8v: fc.string({ unit: 'grapheme', maxLength: 5 }),
  bytesToEnd: fc.nat({ max: 6 }).chain(hex),
};

function fieldsOf(fields: readonly Field[]): fc.Arbitrary<Record<string, FieldValue>> {
  const named = fields.flatMap((f) => (f.name === null ? [] : [[f.name, VALUES[f.type]] as const]));
  return fc.record(Object.fromEntries(named));
}

/** Any tree of a definition: what may stand there, so often as it may, in the order of the table. */
function nodeOf(definition: Definition, known: Protocol): fc.Arbitrary<LlrpNode> {
  const places = definition.slots.map(({ names, least, many }) =>
    fc.array(
      fc.constantFrom(...names).chain((name) => nodeOf(known.byName.get(name) ?? definition, known)),
      { minLength: least, maxLength: many ? 2 : 1 },
    ),
  );
  return fc.tuple(fieldsOf(definition.fields), fc.tuple(...places)).map(([fields, params]) => ({
    name: definition.name,
    ...(Object.keys(fields).length > 0 && { fields }),
    ...(params.flat().length > 0 && { params: params.flat() }),
  }));
}

const anyMessage: fc.Arbitrary<LlrpMessage> = fc.constantFrom(1 as const, 2 as const).chain((version) => {
  const known = protocol(version);
  return fc.constantFrom(...known.messages.values()).chain((definition) =>
    fc.record({
      version: fc.constant(version),
      id: fc.nat({ max: 0xffffffff }),
      body: nodeOf(definition, known),
    }),
  );
});

const anyReport: fc.Arbitrary<Buffer> = fc.constantFrom(1 as const, 2 as const).chain((version) => {
  const known = protocol(version);
  const definition = known.byName.get('RO_ACCESS_REPORT');
  if (definition === undefined) throw new Error('the table has no RO_ACCESS_REPORT');
  return nodeOf(definition, known).map((body) => encodeMessage({ version, id: 1, body }));
});

/** Some bytes of a message put to other values; its length says what it is. */
const damaged: fc.Arbitrary<Buffer> = fc
  .tuple(anyReport, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }), fc.nat({ max: 4 }))
  .map(([bytes, changes, cut]) => {
    const out = Buffer.from(bytes.subarray(0, Math.max(10, bytes.length - (cut > 2 ? 0 : cut))));
    for (const [at, to] of changes) out[10 + (at % Math.max(1, out.length - 10))] = to;
    const whole = out.subarray(0, Math.min(out.length, LONGEST_MESSAGE));
    whole.writeUInt32BE(whole.length, 2);
    return whole;
  });

/** What the tree says of its tags, in the words of the fast path. */
function tagsOf(body: LlrpNode): Partial<TagReport>[] {
  return (body.params ?? [])
    .filter((p) => p.name === 'TagReportData')
    .map((tag) => {
      const of = (name: string, field: string): FieldValue | null =>
        tag.params?.find((p) => p.name === name)?.fields?.[field] ?? null;
      const micros = (name: string): number | null => {
        const value = of(name, 'Microseconds');
        return typeof value === 'bigint' ? Number(value) : null;
      };
      const numeric = (name: string, field: string): number | null => {
        const value = of(name, field);
        return typeof value === 'number' ? value : null;
      };
      const data = of('EPCData', 'EPC');
      const epc = of('EPC_96', 'EPC') ?? (typeof data === 'object' && data && 'hex' in data ? data.hex : '');
      return {
        epc: typeof epc === 'string' ? epc : '',
        antenna: numeric('AntennaID', 'AntennaID'),
        firstSeenUs: micros('FirstSeenTimestampUTC'),
        lastSeenUs: micros('LastSeenTimestampUTC'),
        count: numeric('TagSeenCount', 'TagCount'),
        roSpec: numeric('ROSpecID', 'ROSpecID'),
        channel: numeric('ChannelIndex', 'ChannelIndex'),
      };
    });
}

describe('the codec of LLRP', { timeout: TIMEOUT_MS }, () => {
  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeMessage(encodeMessage(message))).toEqual({ ok: true, value: message });
      }),
      { numRuns: part(0.01) },
    );
  });

  it('says the same of a tag report by both ways, also of a damaged one', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        const fast = decodeTagReports(bytes);
        const tree = decodeMessage(bytes);
        expect(fast.ok).toBe(tree.ok);
        if (fast.ok && tree.ok) expect(fast.value).toMatchObject(tagsOf(tree.value.body));
      }),
      { numRuns: part(0.05) },
    );
  });

  it('takes or refuses any bytes, and throws nothing', () => {
    const header = fc.tuple(fc.constantFrom(1, 2), fc.nat({ max: 110 }), fc.uint8Array({ maxLength: 60 }));
    fc.assert(
      fc.property(header, ([version, type, rest]) => {
        const bytes = Buffer.concat([Buffer.alloc(10), rest]);
        bytes.writeUInt16BE((version << 10) | type, 0);
        bytes.writeUInt32BE(bytes.length, 2);
        const fast = decodeTagReports(bytes);
        const tree = decodeMessage(bytes);
        // Not asked by expect, which would take most of the time of so many.
        return type !== 61 || fast.ok === tree.ok;
      }),
      { numRuns: part(0.92) },
    );
  });

  it('cuts any stream into its messages, however it arrives', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 4 }), fc.array(fc.nat({ max: 40 })), (messages, cuts) => {
        const stream = Buffer.concat(messages);
        const reader = new FrameReader();
        const got: Buffer[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          const { frames, broken } = reader.push(stream.subarray(at, at + cut));
          expect(broken).toBeNull();
          got.push(...frames.map((f) => Buffer.from(f)));
          at = Math.min(stream.length, at + cut);
        }
        expect(got).toEqual(messages);
      }),
      { numRuns: part(0.01) },
    );
  });

  it('gives every good message before noise, and says that the stream is broken there', () => {
    fc.assert(
      fc.property(anyReport, fc.uint8Array({ minLength: 10, maxLength: 30 }), (message, noise) => {
        // Version bits 3 and above are nobody's: a first byte from 0x0c on cannot begin a header.
        const bad = Buffer.from(noise);
        bad[0] = 0x0c | (bad[0] ?? 0);
        const { frames, broken } = new FrameReader().push(Buffer.concat([message, bad]));
        expect(frames).toEqual([message]);
        expect(broken).toContain('version');
      }),
      { numRuns: part(0.01) },
    );
  });
});
