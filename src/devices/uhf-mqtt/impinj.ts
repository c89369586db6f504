import type { JsonObject } from '../../domain/strict-json.ts';
import { readTime } from '../mqtt/time-field.ts';
import {
  base64At,
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

/** Events of the Impinj IoT device interface (R700, R720 and R510 readers), each told by the object it holds. */
export const impinj: EventFormat = {
  decode: (event) => decodeWith(read, event),
  encode: (event, hostname, at) => ({ timestamp: new Date(at).toISOString(), hostname, ...bodyOf(event) }),
};

function read(event: JsonObject): ReaderEvent[] {
  const tag = objectAt(event, 'tagInventoryEvent');
  if (tag !== null) return [readTag(tag, event)];
  const status = objectAt(event, 'inventoryStatusEvent');
  if (status !== null) {
    const word = textAt(status, 'inventoryStatus');
    if (word === null) throw new NoEvent('inventoryStatusEvent without inventoryStatus');
    return [{ is: 'status', isReading: word === 'running', word: word.slice(0, 40) }];
  }
  for (const [key, isConnected] of [
    ['antennaConnectedEvent', true],
    ['antennaDisconnectedEvent', false],
  ] as const) {
    const port = objectAt(event, key);
    if (port === null) continue;
    const antenna = wholeAt(port, 'antennaPort', 1, MOST_ANTENNAS);
    if (antenna === null) throw new NoEvent(`${key} without antennaPort`);
    return [{ is: 'antenna', antenna, isConnected }];
  }
  if (objectAt(event, 'overflowEvent') !== null) {
    return [{ is: 'complaint', text: 'overflow: reads are lost' }];
  }
  if (objectAt(event, 'inventoryTerminatedEvent') !== null) {
    return [{ is: 'status', isReading: false, word: 'inventory terminated' }];
  }
  // Inputs, diagnostics and what newer firmware tells: it lives.
  if (textAt(event, 'eventType') === null && textAt(event, 'timestamp') === null) {
    throw new NoEvent('no event of the IoT device interface');
  }
  return [{ is: 'alive' }];
}

function readTag(tag: JsonObject, event: JsonObject): ReaderEvent {
  const [hex, base64] = [hexAt(tag, 'epcHex'), base64At(tag, 'epc')];
  const epc = hex ?? base64;
  if (epc === null) throw new NoEvent('tagInventoryEvent with neither epc nor epcHex');
  if (hex !== null && base64 !== null && hex !== base64) {
    throw new NoEvent(`epcHex is ${hex}, and epc is ${base64}`);
  }
  return {
    is: 'read',
    epc,
    tid: hexAt(tag, 'tidHex') ?? base64At(tag, 'tid'),
    antenna: wholeAt(tag, 'antennaPort', 1, MOST_ANTENNAS),
    rssi: wholeAt(tag, 'peakRssiCdbm', -20_000, 20_000),
    at: timeOf(textAt(event, 'timestamp')),
    count: 1,
  };
}

function timeOf(written: string | null): number | null {
  if (written === null) return null;
  const at = readTime(written, 'iso');
  if (at === null) throw new NoEvent(`timestamp is ${JSON.stringify(written.slice(0, 40))}, no instant`);
  return at;
}

function bodyOf(event: ReaderEvent): object {
  switch (event.is) {
    case 'read': {
      const { epc, tid, antenna, rssi } = event;
      const tag = {
        epc: Buffer.from(epc, 'hex').toString('base64url'),
        epcHex: epc.toUpperCase(),
        ...(tid === null ? {} : { tidHex: tid.toUpperCase() }),
        ...(antenna === null ? {} : { antennaPort: antenna }),
        ...(rssi === null ? {} : { peakRssiCdbm: rssi }),
      };
      return { eventType: 'tagInventory', tagInventoryEvent: tag };
    }
    case 'status':
      return { eventType: 'inventoryStatus', inventoryStatusEvent: { inventoryStatus: event.word } };
    case 'antenna': {
      const name = event.isConnected ? 'antennaConnected' : 'antennaDisconnected';
      return { eventType: name, [`${name}Event`]: { antennaPort: event.antenna } };
    }
    case 'complaint':
      return { eventType: 'overflow', overflowEvent: {} };
    case 'alive':
    default:
      return { eventType: 'gpiTransition', gpiTransitionEvent: { gpi: 1, transition: 'low-to-high' } };
  }
}
