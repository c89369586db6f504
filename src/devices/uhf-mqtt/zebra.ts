import type { JsonObject } from '../../domain/strict-json.ts';
import { readTime } from '../mqtt/time-field.ts';
import {
  decodeWith,
  hexAt,
  NoEvent,
  objectAt,
  textAt,
  wholeAt,
  type EventFormat,
  type ReaderEvent,
} from './events.ts';

const MOST_ANTENNAS = 64;

/**
 * Data and management events of the Zebra IoT Connector (FX7500, FX9600, FXR90, ATR7000). `type` of data is the
 * operating mode, which says nothing of the read; that of management events is what happened.
 */
export const zebra: EventFormat = {
  decode: (event) => decodeWith(read, event),
  encode: (event, hostname, at) => ({
    hostName: hostname,
    timestamp: new Date(at).toISOString(),
    ...bodyOf(event),
  }),
};

function read(event: JsonObject): readonly ReaderEvent[] {
  const type = textAt(event, 'type');
  const data = objectAt(event, 'data');
  if (data?.get('idHex') !== undefined) return [readTag(data, event)];
  if (type === null) throw new NoEvent('no event of the IoT Connector: type is missing');
  switch (type.toLowerCase()) {
    case 'heartbeat':
      return data === null ? [{ is: 'alive' }] : readHeartbeat(data);
    case 'error':
    case 'warning':
    case 'exception':
      return [{ is: 'complaint', text: `${type.toLowerCase()}: ${textOf(data)}`.slice(0, 120) }];
    default:
      return [{ is: 'alive' }];
  }
}

function readTag(data: JsonObject, event: JsonObject): ReaderEvent {
  const epc = hexAt(data, 'idHex');
  if (epc === null) throw new NoEvent('data without idHex');
  // Whole dBm.
  const rssi = wholeAt(data, 'peakRssi', -200, 200);
  return {
    is: 'read',
    epc,
    tid: hexAt(data, 'TID'),
    antenna: wholeAt(data, 'antenna', 1, MOST_ANTENNAS),
    rssi: rssi === null || rssi === 0 ? rssi : rssi * 100,
    at: timeOf(textAt(event, 'timestamp')),
    count: Math.max(1, wholeAt(data, 'reads', 0, 1_000_000) ?? 1),
  };
}

/** The keys are spelled in one way in the manual and in others by firmware. */
function readHeartbeat(data: JsonObject): ReaderEvent[] {
  const radio = objectAt(data, 'radio_control');
  if (radio === null) return [{ is: 'alive' }];
  const wordOf = (pattern: RegExp): string | null => {
    const key = [...radio.keys()].find((k) => pattern.test(k));
    return key === undefined ? null : (textAt(radio, key)?.toLowerCase() ?? null);
  };
  const connection = wordOf(/^radio_?connection$/i);
  const activity = wordOf(/^radio_?activit/i);
  const events: ReaderEvent[] = [];
  if (connection !== null && connection !== 'connected') {
    events.push({ is: 'status', isReading: false, word: `radio ${connection}`.slice(0, 40) });
  } else if (activity !== null) {
    events.push({ is: 'status', isReading: activity === 'active', word: activity.slice(0, 40) });
  }
  for (const [key, value] of objectAt(radio, 'antennas') ?? []) {
    const antenna = /^\d{1,2}$/.test(key) ? Number(key) : 0;
    if (antenna < 1 || antenna > MOST_ANTENNAS || typeof value !== 'string') continue;
    events.push({ is: 'antenna', antenna, isConnected: value.toLowerCase() === 'connected' });
  }
  return events.length === 0 ? [{ is: 'alive' }] : events;
}

function textOf(data: JsonObject | null): string {
  const texts = [...(data?.values() ?? [])].filter((v) => typeof v === 'string');
  return texts.length === 0 ? 'without words' : texts.join(', ');
}

/** Some firmware writes the zone as +0800, without a colon. */
function timeOf(written: string | null): number | null {
  if (written === null) return null;
  const at = readTime(written.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'), 'iso');
  if (at === null) throw new NoEvent(`timestamp is ${JSON.stringify(written.slice(0, 40))}, no instant`);
  return at;
}

function bodyOf(event: ReaderEvent): object {
  switch (event.is) {
    case 'read': {
      const { epc, tid, antenna, rssi, count } = event;
      const data = {
        format: 'epc',
        idHex: epc,
        ...(tid === null ? {} : { TID: tid }),
        ...(antenna === null ? {} : { antenna }),
        ...(rssi === null ? {} : { peakRssi: Math.round(rssi / 100) }),
        reads: count,
      };
      return { type: 'SIMPLE', data };
    }
    case 'status':
      return heartbeat({ radio_connection: 'connected', radio_activity: event.word });
    case 'antenna': {
      const antennas = { [event.antenna]: event.isConnected ? 'connected' : 'disconnected' };
      return heartbeat({ antennas });
    }
    case 'complaint': {
      const [, type = 'error', text = ''] = /^(\w+): (.*)$/.exec(event.text) ?? [];
      return { type, data: { description: text } };
    }
    case 'alive':
    default:
      return { type: 'HEARTBEAT' };
  }
}

function heartbeat(radio: object): object {
  return { type: 'heartbeat', data: { radio_control: radio } };
}
