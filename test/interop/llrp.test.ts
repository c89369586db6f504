import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readCapabilities } from '../../src/devices/llrp/capabilities.ts';
import { encodeMessage } from '../../src/devices/llrp/encode.ts';
import type { LlrpNode } from '../../src/devices/llrp/node.ts';
import { addRoSpec, ofSpec, setReaderConfig } from '../../src/devices/llrp/requests.ts';
import { capabilities, epcOf, event, report } from '../../src/devices/llrp/simulated-reader.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const ifTshark = hasTshark ? '' : ' (skipped: tshark is not installed)';
const IMPINJ = 25_882;

const folder = mkdtempSync(join(tmpdir(), 'bailee-tshark-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What Wireshark's dissector reads of one message on port 5084. */
function dissected(body: LlrpNode): string {
  const bytes = encodeMessage({ version: 1, id: 77, body });
  const at = join(folder, `${body.name}.pcap`);
  writeFileSync(at, pcapOf(bytes));
  const ran = spawnSync('tshark', ['-r', at, '-O', 'llrp'], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout;
}

/** One TCP segment over IPv4 in a capture file of raw IP. */
function pcapOf(payload: Uint8Array): Uint8Array {
  const [ip, tcp] = [Buffer.alloc(20), Buffer.alloc(20)];
  ip.set([0x45, 0, 0, 0, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
  ip.writeUInt16BE(40 + payload.length, 2);
  tcp.writeUInt16BE(5084, 0);
  tcp.writeUInt16BE(40_000, 2);
  tcp.set([0x50, 0x18, 0xff, 0xff], 12);
  const packet = Buffer.concat([ip, tcp, payload]);
  const head = Buffer.alloc(40);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262_144, 16);
  head.writeUInt32LE(101, 20);
  head.writeUInt32LE(packet.length, 32);
  head.writeUInt32LE(packet.length, 36);
  return Buffer.concat([head, packet]);
}

const inventory = {
  session: 2,
  population: 100,
  mode: 1000,
  tid: true,
  keepaliveMs: 5000,
  antennas: [
    { id: 1, power: 2700 },
    { id: 2, power: null },
  ],
} as const;
const able = readCapabilities(capabilities(IMPINJ, 4));
// Wireshark shows the standard's s8 without its sign, and takes the word count of a TID for bytes: no TID here.
const read = { epc: epcOf(1, 7), antenna: 2, atMs: 1_700_000_000_123 };

it.skipIf(!hasTshark).each([
  [
    'ENABLE_ROSPEC',
    ofSpec('ENABLE_ROSPEC', 1),
    ['Type: Enable ROSpec (24)', 'Length: 14', 'ID: 77', 'ROSpec ID: 1'],
  ],
  [
    'SET_READER_CONFIG',
    setReaderConfig(5000),
    [
      'Type: Set Reader Config (3)',
      'Time interval: 5000',
      'Parameter: Keepalive Spec',
      'Hold events and reports upon reconnect: Yes',
    ],
  ],
  [
    'ADD_ROSPEC',
    addRoSpec(inventory, able, 7),
    [
      'Type: Add ROSpec (20)',
      'ROSpec ID: 7',
      'Antenna count: 2',
      'Transmit power value: 69',
      'Mode index: 1000',
      'Session: 2',
      'Tag population: 100',
      'Impinj',
    ],
  ],
  [
    'READER_EVENT_NOTIFICATION',
    event(read.atMs, { name: 'AntennaEvent', fields: { EventType: 0, AntennaID: 3 } }),
    ['Type: Reader Event Notification (63)', 'Antenna ID: 3', 'Disconnect'],
  ],
  [
    'RO_ACCESS_REPORT',
    report([read], IMPINJ, null),
    [
      'Type: RO Access Report (61)',
      'Antenna ID: 2',
      'Peak RSSI: 201',
      'RSSI: -5525',
      '3034245482cc0e4000010007',
      'Impinj',
    ],
  ],
  [
    'GET_READER_CAPABILITIES_RESPONSE',
    capabilities(IMPINJ, 4),
    ['Type: Get Reader Capabilities Response (11)', 'Max number of antenna supported: 4', 'simulated 1.0'],
  ],
] as const)(`tshark reads our %s as we mean it${ifTshark}`, (_name, body, words) => {
  const text = dissected(body);
  for (const word of words) expect(text.toLowerCase()).toContain(word.toLowerCase());
  expect(text).not.toMatch(/malformed|invalid|unknown/i);
});
