import { IMPINJ_VENDOR } from './definitions.ts';
import { encodeVendor } from './encode.ts';
import type { Capabilities } from './capabilities.ts';
import type { LlrpNode } from './node.ts';
import type { Inventory } from './plan.ts';

/** Subtypes of Impinj's own messages. */
export const ENABLE_EXTENSIONS = 21;
export const ENABLE_EXTENSIONS_RESPONSE = 22;

/** ROSpec state, buffer warning, exception, antenna: what tells an installer that something is wrong. */
const EVENTS = [2, 3, 4, 8];

export const getCapabilities: LlrpNode = { name: 'GET_READER_CAPABILITIES', fields: { RequestedData: 0 } };

/** Which antennas are connected. */
export const getAntennas: LlrpNode = {
  name: 'GET_READER_CONFIG',
  fields: { AntennaID: 0, RequestedData: 2, GPIPortNum: 0, GPOPortNum: 0 },
};

export const enableExtensions: LlrpNode = {
  name: 'CUSTOM_MESSAGE',
  fields: { VendorIdentifier: IMPINJ_VENDOR, MessageSubtype: ENABLE_EXTENSIONS, Data: '00000000' },
};

/** Keep-alives, the events above, and reports held from a lost connection until we ask for them. */
export function setReaderConfig(keepaliveMs: number): LlrpNode {
  return {
    name: 'SET_READER_CONFIG',
    fields: { ResetToFactoryDefault: false },
    params: [
      {
        name: 'ReaderEventNotificationSpec',
        params: EVENTS.map((EventType) => ({
          name: 'EventNotificationState',
          fields: { EventType, NotificationState: true },
        })),
      },
      { name: 'KeepaliveSpec', fields: { KeepaliveTriggerType: 1, PeriodicTriggerValue: keepaliveMs } },
      { name: 'EventsAndReports', fields: { HoldEventsAndReportsUponReconnect: true } },
    ],
  };
}

/** `DELETE_ROSPEC` and its like; 0 means all. */
export function ofSpec(name: string, id: number): LlrpNode {
  return { name, fields: { [name.endsWith('ACCESSSPEC') ? 'AccessSpecID' : 'ROSpecID']: id } };
}

/** Why this reader cannot do what the configuration asks of it; null when it can. */
export function unfit(inventory: Inventory, able: Capabilities): string | null {
  const missing = inventory.antennas.filter(({ id }) => able.antennas > 0 && id > able.antennas);
  if (missing.length > 0) return `antenna ${missing[0]?.id}: the reader has ${able.antennas}`;
  const { mode } = inventory;
  if (mode !== null && able.modes.length > 0 && !able.modes.includes(mode)) {
    return `mode ${mode}: the reader has ${able.modes.join(', ')}`;
  }
  const wanted = inventory.antennas
    .map((a) => a.power)
    .find((p) => p !== null && powerIndex(p, able) === null);
  if (wanted === undefined || wanted === null) return null;
  return `power ${wanted / 100} dBm: the reader begins at ${Math.min(...able.powers.values()) / 100} dBm`;
}

/** An inventory of this number that begins when it is enabled, never ends, and reports every read at once. */
export function addRoSpec(inventory: Inventory, able: Capabilities, spec: number): LlrpNode {
  return {
    name: 'ADD_ROSPEC',
    params: [
      {
        name: 'ROSpec',
        fields: { ROSpecID: spec, Priority: 0, CurrentState: 0 },
        params: [
          {
            name: 'ROBoundarySpec',
            params: [
              { name: 'ROSpecStartTrigger', fields: { ROSpecStartTriggerType: 1 } },
              {
                name: 'ROSpecStopTrigger',
                fields: { ROSpecStopTriggerType: 0, DurationTriggerValue: 0 },
              },
            ],
          },
          {
            name: 'AISpec',
            fields: { AntennaIDs: inventory.antennas.map((a) => a.id) },
            params: [
              { name: 'AISpecStopTrigger', fields: { AISpecStopTriggerType: 0, DurationTrigger: 0 } },
              {
                name: 'InventoryParameterSpec',
                fields: { InventoryParameterSpecID: 1, ProtocolID: 1 },
                params: inventory.antennas.map(({ id, power }) => antenna(inventory, able, id, power)),
              },
            ],
          },
          reportSpec(inventory, able),
        ],
      },
    ],
  };
}

function antenna(
  { session, population, mode }: Inventory,
  able: Capabilities,
  id: number,
  power: number | null,
): LlrpNode {
  const index = power === null ? null : powerIndex(power, able);
  const channel = { HopTableID: able.hopTable ?? 0, ChannelIndex: able.hopTable === null ? 1 : 0 };
  return {
    name: 'AntennaConfiguration',
    fields: { AntennaID: id },
    params: [
      ...(index === null ? [] : [{ name: 'RFTransmitter', fields: { ...channel, TransmitPower: index } }]),
      {
        name: 'C1G2InventoryCommand',
        fields: { TagInventoryStateAware: false },
        params: [
          ...(mode === null ? [] : [{ name: 'C1G2RFControl', fields: { ModeIndex: mode, Tari: 0 } }]),
          {
            name: 'C1G2SingulationControl',
            fields: { Session: session, TagPopulation: population, TagTransitTime: 0 },
          },
        ],
      },
    ],
  };
}

/** The index of the strongest power that is not above the wanted one; null when all are. */
function powerIndex(wanted: number, { powers }: Capabilities): number | null {
  const fitting = [...powers].filter(([, value]) => value <= wanted);
  return fitting.sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

function reportSpec({ tid }: Inventory, { vendor }: Capabilities): LlrpNode {
  const asked = [
    { name: 'ImpinjEnablePeakRSSI', fields: { PeakRSSIMode: 1 } },
    ...(tid ? [{ name: 'ImpinjEnableSerializedTID', fields: { SerializedTIDMode: 1 } }] : []),
  ].map((node) => encodeVendor(IMPINJ_VENDOR, node));
  const selector = { name: 'ImpinjTagReportContentSelector', params: asked };
  return {
    name: 'ROReportSpec',
    fields: { ROReportTrigger: 1, N: 1 },
    params: [
      {
        name: 'TagReportContentSelector',
        fields: {
          EnableROSpecID: false,
          EnableSpecIndex: false,
          EnableInventoryParameterSpecID: false,
          EnableAntennaID: true,
          EnableChannelIndex: false,
          EnablePeakRSSI: true,
          EnableFirstSeenTimestamp: true,
          EnableLastSeenTimestamp: true,
          EnableTagSeenCount: true,
          EnableAccessSpecID: false,
        },
      },
      ...(vendor === IMPINJ_VENDOR ? [encodeVendor(IMPINJ_VENDOR, selector)] : []),
    ],
  };
}
