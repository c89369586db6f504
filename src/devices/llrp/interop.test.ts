import { describe, expect, it } from 'vitest';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { foreignDecode, foreignEncode } from './llrpjs.fixture.ts';
import { decodeTagReports } from './tag-reports.ts';

/** As llrpjs writes it. */
const EPC = '300833B2DDD9014000000001';
const SEEN = {
  EPC_96: { EPC },
  AntennaID: { AntennaID: 3 },
  PeakRSSI: { PeakRSSI: -55 },
  FirstSeenTimestampUTC: { Microseconds: '2026-01-01T00:00:00.000000Z' },
  TagSeenCount: { TagCount: 9 },
};

describe('llrpjs, an implementation of others', () => {
  it('reads the tags of our report', () => {
    const body = {
      name: 'RO_ACCESS_REPORT',
      params: [
        {
          name: 'TagReportData',
          params: [
            { name: 'EPC_96', fields: { EPC: EPC.toLowerCase() } },
            { name: 'AntennaID', fields: { AntennaID: 3 } },
            { name: 'PeakRSSI', fields: { PeakRSSI: -55 } },
            { name: 'FirstSeenTimestampUTC', fields: { Microseconds: 1_767_225_600_000_000n } },
            { name: 'TagSeenCount', fields: { TagCount: 9 } },
          ],
        },
      ],
    };
    const read = foreignDecode(encodeMessage({ version: 1, id: 7, body }));
    expect(read).toMatchObject({ id: 7, type: 'RO_ACCESS_REPORT', data: { TagReportData: SEEN } });
  });

  it('writes a report that we read', () => {
    const written = foreignEncode({ id: 8, type: 'RO_ACCESS_REPORT', data: { TagReportData: [SEEN] } });
    const read = decodeTagReports(written);
    expect(read).toMatchObject({
      ok: true,
      value: [
        { epc: EPC.toLowerCase(), antenna: 3, rssi: -5500, count: 9, firstSeenUs: 1_767_225_600_000_000 },
      ],
    });
  });

  it.each([
    ['GET_READER_CAPABILITIES', { RequestedData: 'All' }],
    ['ENABLE_ROSPEC', { ROSpecID: 1234 }],
    ['DELETE_ROSPEC', { ROSpecID: 0 }],
    ['KEEPALIVE_ACK', {}],
    ['CLOSE_CONNECTION', {}],
  ])('writes %s as we do', (type, data) => {
    const written = foreignEncode({ id: 99, type, data });
    const read = decodeMessage(written);
    if (!read.ok) throw new Error(read.detail);
    expect(encodeMessage(read.value)).toEqual(written);
    expect(foreignDecode(encodeMessage(read.value))).toMatchObject({ id: 99, type, data });
  });
});
