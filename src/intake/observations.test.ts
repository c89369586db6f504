import { describe, expect, it } from 'vitest';
import type { TagObservation } from '../domain/device.ts';
import { RecordType } from '../domain/record.ts';
import { EVENTS_STREAM, type OpenStream } from '../domain/stream.ts';
import { checkLeaf } from '../evidence/leaf.ts';
import { markBackfilled } from './backfill.ts';
import { DeviceHealth } from './device-health.ts';
import { receive } from './receive.ts';

const T = 1_767_225_600_000;
const MAX_GAP = 60_000;
const gate: OpenStream = {
  ...EVENTS_STREAM,
  id: 'gate/1',
  dev: 'gate',
  ch: '1',
  kind: 2,
  slot: 1,
  maxGapMs: MAX_GAP,
};
const EPC = Uint8Array.of(0x30, 0x66, 0xc4, 0x40);
const SEEN: TagObservation = {
  stream: gate.id,
  epc: EPC,
  tid: null,
  antenna: 3,
  first: T - 900,
  last: T - 100,
  reads: 17,
  rssi: -5425,
  q: 0,
};

/** The leaf that intake makes of it at T. */
function leafOf(seen: TagObservation) {
  const room = { streams: new Map([[gate.id, gate]]), health: new DeviceHealth() };
  const record = receive(room, { readings: [], observations: [seen] }, T).records[0];
  if (record === undefined) throw new Error('no record');
  const { slot, t, type } = record;
  const leaf = { slot, t, type, body: markBackfilled(record, MAX_GAP) };
  expect(checkLeaf(gate, leaf)).toBeNull();
  return leaf;
}

describe('a tag observation', () => {
  it('is a leaf of its read point', () => {
    expect(leafOf(SEEN)).toEqual({
      slot: 1,
      t: T,
      type: RecordType.observation,
      body: [EPC, null, 3, T - 900, T - 100, 17, -5425, 0],
    });
  });

  it('of a burst that the reader held back is marked as backfilled', () => {
    const late = leafOf({ ...SEEN, first: T - 3_600_000, last: T - 3_599_000 });
    expect(late.body.slice(3)).toEqual([T - 3_600_000, T - 3_599_000, 17, -5425, 32]);
  });

  it('of a reader whose clock is ahead bears our time and says that it is uncertain', () => {
    const ahead = leafOf({ ...SEEN, first: T + 9000, last: T + 9800 });
    expect(ahead.body.slice(3)).toEqual([T - 800, T, 17, -5425, 16]);
  });
});

it('a round says that the reader is alive', () => {
  const room = { streams: new Map([[gate.id, gate]]), health: new DeviceHealth() };
  const { records } = receive(
    room,
    { readings: [], rounds: [{ stream: gate.id, distinct: 5, reads: 90 }] },
    T,
  );
  expect(records).toMatchObject([
    { type: RecordType.statement, body: [1, 'gate', 1, null, 'ok'] },
    { slot: 1, type: RecordType.round, body: [5, 90] },
  ]);
});
