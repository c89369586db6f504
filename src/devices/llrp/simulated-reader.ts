import { IMPINJ_VENDOR } from './definitions.ts';
import { encodeVendor } from './encode.ts';
import type { LlrpNode } from './node.ts';
import { ENABLE_EXTENSIONS_RESPONSE } from './requests.ts';

/** A tag's read as the simulated reader makes it, and holds while nobody may be told. */
export type SimulatedRead = { readonly epc: string; readonly antenna: number; readonly atMs: number };

const GOOD: LlrpNode = { name: 'LLRPStatus', fields: { StatusCode: 0, ErrorDescription: '' } };

export function status(code: number, text: string): LlrpNode {
  return { name: 'LLRPStatus', fields: { StatusCode: code, ErrorDescription: text } };
}

/** An answer that says success, by the name of its request. */
export function answerTo(request: string, ...more: LlrpNode[]): LlrpNode {
  return { name: `${request}_RESPONSE`, params: [GOOD, ...more] };
}

export function extensionsEnabled(): LlrpNode {
  const fields = {
    VendorIdentifier: IMPINJ_VENDOR,
    MessageSubtype: ENABLE_EXTENSIONS_RESPONSE,
    Data: '011f000800000000',
  };
  return { name: 'CUSTOM_MESSAGE', fields };
}

export function event(atMs: number, ...what: LlrpNode[]): LlrpNode {
  const time = { name: 'UTCTimestamp', fields: { Microseconds: BigInt(Math.round(atMs * 1000)) } };
  return {
    name: 'READER_EVENT_NOTIFICATION',
    params: [{ name: 'ReaderEventNotificationData', params: [time, ...what] }],
  };
}

/** What a reader with so many antennas can do: 10 to 30 dBm, two modes, hopping. */
export function capabilities(vendor: number, antennas: number): LlrpNode {
  const ids = Array.from({ length: antennas }, (_, i) => i + 1);
  const general = {
    name: 'GeneralDeviceCapabilities',
    fields: {
      MaxNumberOfAntennaSupported: antennas,
      CanSetAntennaProperties: false,
      HasUTCClockCapability: true,
      DeviceManufacturerName: vendor,
      ModelName: 2_001_002,
      ReaderFirmwareVersion: 'simulated 1.0',
    },
    params: [
      { name: 'ReceiveSensitivityTableEntry', fields: { Index: 1, ReceiveSensitivityValue: 0 } },
      { name: 'GPIOCapabilities', fields: { NumGPIs: 4, NumGPOs: 4 } },
      ...ids.map((AntennaID) => ({
        name: 'PerAntennaAirProtocol',
        fields: { AntennaID, ProtocolID: '01' },
      })),
    ],
  };
  const band = {
    name: 'UHFBandCapabilities',
    params: [
      ...Array.from({ length: 81 }, (_, i) => ({
        name: 'TransmitPowerLevelTableEntry',
        fields: { Index: i + 1, TransmitPowerValue: 1000 + 25 * i },
      })),
      {
        name: 'FrequencyInformation',
        fields: { Hopping: true },
        params: [{ name: 'FrequencyHopTable', fields: { HopTableID: 1, Frequency: [920_625, 924_375] } }],
      },
      { name: 'C1G2UHFRFModeTable', params: [mode(0), mode(1000)] },
    ],
  };
  const regulatory = {
    name: 'RegulatoryCapabilities',
    fields: { CountryCode: 156, CommunicationsStandard: 0 },
    params: [band],
  };
  return answerTo('GET_READER_CAPABILITIES', general, regulatory);
}

function mode(ModeIdentifier: number): LlrpNode {
  return {
    name: 'C1G2UHFRFModeTableEntry',
    fields: {
      ModeIdentifier,
      DRValue: true,
      EPCHAGTCConformance: false,
      MValue: 2,
      ForwardLinkModulation: 0,
      SpectralMaskIndicator: 2,
      BDRValue: 40_000,
      PIEValue: 1500,
      MinTariValue: 6250,
      MaxTariValue: 6250,
      StepTariValue: 0,
    },
  };
}

export function antennasConnected(
  antennas: readonly (readonly [id: number, connected: boolean])[],
): LlrpNode {
  const properties = antennas.map(([AntennaID, AntennaConnected]) => ({
    name: 'AntennaProperties',
    fields: { AntennaConnected, AntennaID, AntennaGain: 0 },
  }));
  return answerTo('GET_READER_CONFIG', ...properties);
}

/** @param chips whose number is told; null for a reader that was not asked for it */
export function report(
  reads: readonly SimulatedRead[],
  vendor: number,
  chips: 'own' | 'other' | null,
): LlrpNode {
  return {
    name: 'RO_ACCESS_REPORT',
    params: reads.map(({ epc, antenna, atMs }) => {
      const time = { Microseconds: BigInt(Math.round(atMs * 1000)) };
      const own = [
        { name: 'ImpinjPeakRSSI', fields: { RSSI: -5525 } },
        ...(chips === null
          ? []
          : [
              { name: 'ImpinjSerializedTID', fields: { TID: tidOf(epc, chips === 'own' ? 0x0061 : 0x0062) } },
            ]),
      ];
      return {
        name: 'TagReportData',
        params: [
          { name: 'EPC_96', fields: { EPC: epc } },
          { name: 'AntennaID', fields: { AntennaID: antenna } },
          { name: 'PeakRSSI', fields: { PeakRSSI: -55 } },
          { name: 'FirstSeenTimestampUTC', fields: time },
          { name: 'LastSeenTimestampUTC', fields: time },
          { name: 'TagSeenCount', fields: { TagCount: 1 } },
          ...(vendor === IMPINJ_VENDOR ? own.map((node) => encodeVendor(IMPINJ_VENDOR, node)) : []),
        ],
      };
    }),
  };
}

/** An SGTIN-96 of company 9521141 and item 012345, with its own serial number. */
export function epcOf(point: number, tag: number): string {
  return `3034245482cc0e40${(point * 65_536 + tag).toString(16).padStart(8, '0')}`;
}

function tidOf(epc: string, chip: number): number[] {
  return [0xe280, 0x1191, 0xa503, chip, ...[16, 20].map((at) => Number.parseInt(epc.slice(at, at + 4), 16))];
}
