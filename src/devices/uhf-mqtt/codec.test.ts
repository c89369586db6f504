import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseStrictJson } from '../../domain/strict-json.ts';
import type { Decoded, EventFormat, ReaderEvent } from './events.ts';
import { impinj } from './impinj.ts';
import { zebra } from './zebra.ts';

/** Cases: a hundred thousand with every test run, more by BAILEE_FUZZ. */
const CASES = Number(process.env['BAILEE_FUZZ'] ?? 100_000);

vi.setConfig({ testTimeout: Math.max(30_000, CASES) });

const T = Date.UTC(2026, 10, 22, 1, 2, 3);

function decoded(format: EventFormat, text: string): Decoded {
  const parsed = parseStrictJson(Buffer.from(text), 65_536);
  return parsed.ok ? format.decode(parsed.value) : { ok: false, why: parsed.reason };
}

function said(format: EventFormat, event: unknown): unknown {
  const read = decoded(format, typeof event === 'string' ? event : JSON.stringify(event));
  return read.ok ? read.events : read.why;
}

const read = (over: Partial<Extract<ReaderEvent, { is: 'read' }>>): Extract<ReaderEvent, { is: 'read' }> => ({
  is: 'read',
  epc: '3066c4409047e140075bcd15',
  tid: null,
  antenna: 1,
  rssi: -6125,
  at: T,
  count: 1,
  ...over,
});

function tag(event: object, timestamp = '2026-11-22T01:02:03Z'): object {
  return { timestamp, tagInventoryEvent: event };
}

function radio(own: object): object {
  return { type: 'heartbeat', data: { radio_control: own } };
}

const IMPINJ =
  '{"timestamp":"2026-11-22T01:02:03.100000001Z","hostname":"r700-dock1","eventType":"tagInventory","tagInventoryEvent":{"epc":"MGbEQJBH4UAHW80V","epcHex":"3066C4409047E140075BCD15","antennaPort":1,"peakRssiCdbm":-6125,"frequency":920625,"transmitPowerCdbm":3000}}';
const ZEBRA =
  '{"type":"SIMPLE","timestamp":"2026-11-22T01:02:03.000Z","data":{"idHex":"311BA1B300CE0A6A83000000","antenna":2,"peakRssi":-47}}';

describe('an event of an Impinj reader', () => {
  it.each<[string, unknown, readonly ReaderEvent[]]>([
    ['a read', IMPINJ, [read({ at: T + 100 })]],
    ['by base64 alone', tag({ epc: 'MGbEQJBH4UAHW80V' }), [read({ antenna: null, rssi: null })]],
    ['in the URL alphabet', tag({ epc: '-_8=', antennaPort: 1 }), [read({ epc: 'fbff', rssi: null })]],
    [
      'with its TID',
      tag({ epcHex: 'E200', tidHex: 'E2801160', antennaPort: 2 }),
      [read({ epc: 'e200', tid: 'e2801160', antenna: 2, rssi: null })],
    ],
    [
      'running',
      { inventoryStatusEvent: { inventoryStatus: 'running' } },
      [{ is: 'status', isReading: true, word: 'running' }],
    ],
    [
      'idle',
      { inventoryStatusEvent: { inventoryStatus: 'idle' } },
      [{ is: 'status', isReading: false, word: 'idle' }],
    ],
    [
      'an antenna',
      { antennaDisconnectedEvent: { antennaPort: 3 } },
      [{ is: 'antenna', antenna: 3, isConnected: false }],
    ],
    ['an overflow', { overflowEvent: {} }, [{ is: 'complaint', text: 'overflow: reads are lost' }]],
    ['anything else', { eventType: 'gpiTransition', gpiTransitionEvent: {} }, [{ is: 'alive' }]],
  ])('%s', (_, event, events) => {
    expect(said(impinj, event)).toEqual(events);
  });

  it.each<[string, unknown]>([
    [
      'epcHex is 3066c4409047e140075bcd15, and epc is 3066c4409047e140075bcd16',
      IMPINJ.replace('W80V', 'W80W'),
    ],
    ['epcHex is "3066C", no hex of whole bytes', tag({ epcHex: '3066C' })],
    ['epcHex is 3066, no hex of whole bytes', tag({ epcHex: 3066 })],
    ['epc is "MGb*", no base64', tag({ epc: 'MGb*' })],
    // Six bits too many.
    ['epc is "MGbEQ", no base64', tag({ epc: 'MGbEQ' })],
    ['tagInventoryEvent with neither epc nor epcHex', tag({ antennaPort: 1 })],
    ['antennaPort is 0, no number from 1 to 64', tag({ epcHex: 'E200', antennaPort: 0 })],
    ['antennaPort is "1", no number from 1 to 64', tag({ epcHex: 'E200', antennaPort: '1' })],
    ['peakRssiCdbm is -61.25, no number from -20000 to 20000', tag({ epcHex: 'E200', peakRssiCdbm: -61.25 })],
    ['timestamp is "2026-02-30T00:00:00Z", no instant', tag({ epcHex: 'E200' }, '2026-02-30T00:00:00Z')],
    ['inventoryStatusEvent without inventoryStatus', { inventoryStatusEvent: {} }],
    ['antennaConnectedEvent without antennaPort', { antennaConnectedEvent: {} }],
    ['no event of the IoT device interface', { temperature: 4 }],
    ['an event that is no object', '"tagInventory"'],
    ['the text ends too early at offset 11', '{"epcHex": '],
  ])('is refused: %s', (why, event) => {
    expect(said(impinj, event)).toBe(why);
  });
});

describe('an event of a Zebra reader', () => {
  const own = read({ epc: '311ba1b300ce0a6a83000000', antenna: 2, rssi: -4700 });

  it.each<[string, unknown, readonly ReaderEvent[]]>([
    ['a read', ZEBRA, [own]],
    ['in any mode', ZEBRA.replace('SIMPLE', 'PORTAL'), [own]],
    ['in a zone without a colon', ZEBRA.replace('01:02:03.000Z', '09:02:03.000+0800'), [own]],
    ['with its count', ZEBRA.replace('"antenna"', '"reads":7,"antenna"'), [{ ...own, count: 7 }]],
    ['a plain heartbeat', { type: 'HEARTBEAT' }, [{ is: 'alive' }]],
    [
      'a heartbeat that reads',
      radio({
        radio_connection: 'connected',
        radio_activity: 'active',
        antennas: { 1: 'connected', 2: 'disconnected' },
      }),
      [
        { is: 'status', isReading: true, word: 'active' },
        { is: 'antenna', antenna: 1, isConnected: true },
        { is: 'antenna', antenna: 2, isConnected: false },
      ],
    ],
    [
      'in other spellings',
      radio({ radioActivitiy: 'inactive' }),
      [{ is: 'status', isReading: false, word: 'inactive' }],
    ],
    [
      'a radio that is away',
      radio({ radioConnection: 'disconnected', radioActivity: 'active' }),
      [{ is: 'status', isReading: false, word: 'radio disconnected' }],
    ],
    [
      'an error',
      { type: 'ERROR', data: { code: 5, text: 'too hot' } },
      [{ is: 'complaint', text: 'error: too hot' }],
    ],
    ['anything else', { type: 'gpi', data: { pin: 1 } }, [{ is: 'alive' }]],
  ])('%s', (_, event, events) => {
    expect(said(zebra, event)).toEqual(events);
  });

  it.each<[string, unknown]>([
    ['idHex is "311B*", no hex of whole bytes', { type: 'SIMPLE', data: { idHex: '311B*' } }],
    ['data without idHex', { type: 'SIMPLE', data: { idHex: '' } }],
    ['antenna is 65, no number from 1 to 64', { type: 'SIMPLE', data: { idHex: 'E200', antenna: 65 } }],
    [
      'timestamp is "yesterday", no instant',
      { type: 'SIMPLE', timestamp: 'yesterday', data: { idHex: 'E200' } },
    ],
    ['no event of the IoT Connector: type is missing', { data: { antenna: 1 } }],
  ])('is refused: %s', (why, event) => {
    expect(said(zebra, event)).toBe(why);
  });
});

const epc = fc.uint8Array({ minLength: 1, maxLength: 62 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const antenna = fc.integer({ min: 1, max: 64 });
const tagRead = fc.record({
  is: fc.constant('read' as const),
  epc,
  tid: fc.option(epc, { nil: null }),
  antenna: fc.option(antenna, { nil: null }),
  rssi: fc.option(
    fc.integer({ min: -100, max: 20 }).map((dbm) => (dbm === 0 ? 0 : dbm * 100)),
    { nil: null },
  ),
  at: fc.integer({ min: T, max: T + 1_000_000 }),
});

describe.each([
  ['impinj', impinj],
  ['zebra', zebra],
] as const)('any event of %s', (name, format) => {
  const event: fc.Arbitrary<ReaderEvent> = fc.oneof(
    tagRead.chain((own) =>
      fc.integer({ min: 1, max: name === 'impinj' ? 1 : 9 }).map((count): ReaderEvent => ({ ...own, count })),
    ),
    fc.boolean().map((isReading): ReaderEvent => {
      const words = name === 'impinj' ? ['running', 'idle'] : ['active', 'inactive'];
      return { is: 'status', isReading, word: words[isReading ? 0 : 1] ?? '' };
    }),
    fc.record({ is: fc.constant('antenna' as const), antenna, isConnected: fc.boolean() }),
    fc.constant<ReaderEvent>({ is: 'alive' }),
  );

  it('is read as it was written', () => {
    const run = fc.property(event, (own) => {
      const at = own.is === 'read' ? (own.at ?? T) : T;
      expect(said(format, format.encode(own, 'reader', at))).toEqual([own]);
    });
    fc.assert(run, { numRuns: Math.ceil(CASES * 0.15) });
  });

  it('with a character that is another one never throws, and gives no EPC that is not there', () => {
    const run = fc.property(event, fc.nat(10_000), fc.integer({ min: 32, max: 126 }), (own, n, code) => {
      const text = JSON.stringify(format.encode(own, 'reader', T));
      const at = n % text.length;
      const spoiled = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
      const found = decoded(format, spoiled);
      if (!found.ok) expect(found.why).not.toBe('');
      else {
        for (const one of found.events) {
          // An Impinj EPC stands there twice: a change of one of them is found.
          if (one.is === 'read' && own.is === 'read' && name === 'impinj' && one.epc !== own.epc) {
            expect(spoiled).not.toMatch(/"epcHex":.*"epc":|"epc":.*"epcHex":/);
          }
        }
      }
    });
    fc.assert(run, { numRuns: Math.ceil(CASES * 0.25) });
  });

  it('of any JSON at all never throws', () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.jsonValue(),
        eventType: fc.jsonValue(),
        data: fc.jsonValue(),
        tagInventoryEvent: fc.jsonValue(),
      }),
    );
    const run = fc.property(json, (value) => {
      expect(typeof decoded(format, JSON.stringify(value)).ok).toBe('boolean');
    });
    fc.assert(run, { numRuns: Math.ceil(CASES * 0.05) });
  });
});
