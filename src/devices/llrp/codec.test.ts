import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeMessage, decodeVendor } from './decode.ts';
import { encodeMessage, encodeVendor } from './encode.ts';
import { decodeTagReports } from './tag-reports.ts';
import type { LlrpNode } from './node.ts';

type Frame = {
  readonly id: string;
  readonly version: 1;
  readonly typeName: string;
  readonly messageId: number;
  readonly hex: string;
  readonly decode: LlrpNode;
};
type Rejects = {
  readonly frames: readonly { readonly id: string; readonly hex: string; readonly why: string }[];
  readonly parameters: readonly {
    readonly hex: string;
    readonly vendor: number;
    readonly subtype: number;
    readonly value: Readonly<Record<string, number>>;
  }[];
};

const FOLDER = join(import.meta.dirname, '../../../test/fixtures/vectors/llrp');
const { frames }: { frames: readonly Frame[] } = JSON.parse(
  readFileSync(join(FOLDER, 'frames.json'), 'utf8'),
);
const rejects: Rejects = JSON.parse(readFileSync(join(FOLDER, 'reject.json'), 'utf8'));

/** The vectors write u64 as text. */
function plain(node: LlrpNode): unknown {
  return JSON.parse(JSON.stringify(node, (_key, v: unknown) => (typeof v === 'bigint' ? v.toString() : v)));
}

describe.each(frames)('$id', ({ hex, version, messageId, decode, typeName }) => {
  const bytes = Buffer.from(hex, 'hex');

  it('decodes to the published tree', () => {
    const decoded = decodeMessage(bytes);
    expect(decoded.ok && { ...decoded.value, body: plain(decoded.value.body) }).toEqual({
      version,
      id: messageId,
      body: decode,
    });
  });

  it('encodes to the same bytes', () => {
    const decoded = decodeMessage(bytes);
    expect(decoded.ok && encodeMessage(decoded.value).toString('hex')).toBe(hex);
  });

  it('is read by the fast path when it is a tag report, and only then', () => {
    const read = decodeTagReports(bytes);
    const tags = decode.params?.filter((p) => p.name === 'TagReportData').length ?? 0;
    expect(read.ok && (read.value?.length ?? null)).toBe(typeName === 'RO_ACCESS_REPORT' ? tags : null);
  });
});

describe('what is not LLRP', () => {
  const codes: Readonly<Record<string, string>> = {
    'reject-01': 'incomplete',
    'reject-02': 'incomplete',
    'reject-03': 'unknown-tv',
    'reject-04': 'missing',
    'reject-06': 'tlv-length',
    'reject-07': 'length',
    'reject-10': 'cut-short',
    'reject-12': 'cut-short',
    'reject-13': 'cut-short',
  };

  it.each(rejects.frames)('refuses $id: $why', ({ id, hex }) => {
    const decoded = decodeMessage(Buffer.from(hex, 'hex'));
    expect(decoded).toMatchObject({ ok: false, code: codes[id] });
    expect(decodeTagReports(Buffer.from(hex, 'hex')).ok && hex.startsWith('043d')).toBe(false);
  });

  it('has every frame of the list', () => {
    expect(rejects.frames.map((f) => f.id)).toEqual(Object.keys(codes));
  });

  it.each([
    ['a version nobody speaks', '103e0000000a00000005', 'version'],
    ['a message type nobody knows', '07000000000a00000005', 'unknown-message'],
    ['a byte too many', '043e0000000b0000000500', 'trailing'],
    ['two antennas in one tag', `043d000000210000000100f000178d${'00'.repeat(12)}810001810001`, 'misplaced'],
    ['a tag without its EPC', '043d000000110000000100f00007810001', 'missing'],
    ['a parameter where it does not stand', '043d0000001200000001011f000800000000', 'misplaced'],
    ['a text that is not UTF-8', '04640000001300000001011f000900000001ff', 'text'],
  ])('refuses %s', (_what, hex, code) => {
    expect(decodeMessage(Buffer.from(hex, 'hex'))).toMatchObject({ ok: false, code });
  });
});

describe('parameters of vendors', () => {
  const NAMES: Readonly<Record<string, string>> = {
    InventorySearchMode: 'InventorySearchMode',
    PeakRSSI: 'RSSI',
  };

  it.each(rejects.parameters)('reads $vendor/$subtype', ({ hex, vendor, subtype, value }) => {
    const custom = {
      name: 'Custom',
      fields: { VendorIdentifier: vendor, ParameterSubtype: subtype, Data: hex.slice(24) },
    };
    const node = decodeVendor(custom);
    const fields = Object.entries(value).map(([name, v]) => [NAMES[name] ?? name, v]);
    expect(node?.fields).toEqual(Object.fromEntries(fields));
    expect(node && encodeVendor(vendor, node)).toEqual(custom);
  });

  it('reads phase, fine RSSI and TID of a report by both ways', () => {
    const own = frames.find((f) => f.id === 'own/impinj_ro_access_report');
    const bytes = Buffer.from(own?.hex ?? '', 'hex');
    expect(decodeTagReports(bytes)).toEqual({
      ok: true,
      value: [
        {
          epc: '3034257bf7194e4000001a85',
          antenna: 2,
          rssi: -5725,
          firstSeenUs: 1_700_000_000_123_456,
          lastSeenUs: 1_700_000_000_223_456,
          count: 7,
          roSpec: null,
          channel: 11,
          phase: 2345,
          tid: 'e2801191a50300612345abcd',
        },
      ],
    });
    const decoded = decodeMessage(bytes);
    const customs = decoded.ok ? (decoded.value.body.params?.[0]?.params?.slice(7) ?? []) : [];
    expect(customs.map(decodeVendor)).toEqual([
      { name: 'ImpinjRFPhaseAngle', fields: { PhaseAngle: 2345 } },
      { name: 'ImpinjPeakRSSI', fields: { RSSI: -5725 } },
      { name: 'ImpinjRFDopplerFrequency', fields: { DopplerFrequency: -312 } },
      { name: 'ImpinjSerializedTID', fields: { TID: [0xe280, 0x1191, 0xa503, 0x0061, 0x2345, 0xabcd] } },
    ]);
  });

  it("reads Zebra's phase, also under Motorola's number", () => {
    for (const vendor of [161, 24213]) {
      const custom = encodeVendor(vendor, { name: 'MotoTagPhase', fields: { Phase: -16384 } });
      const report = encodeMessage({
        version: 1,
        id: 1,
        body: {
          name: 'RO_ACCESS_REPORT',
          params: [
            {
              name: 'TagReportData',
              params: [{ name: 'EPC_96', fields: { EPC: '00'.repeat(12) } }, custom],
            },
          ],
        },
      });
      const read = decodeTagReports(report);
      expect(read.ok && read.value?.[0]?.phase).toBe(3072);
    }
  });
});
