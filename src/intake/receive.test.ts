import { expect, it } from 'vitest';
import type { OpenStream } from '../domain/stream.ts';
import { EVENTS_SLOT, RecordType, StatementKind, SystemCode } from '../domain/record.ts';
import { EVENTS_STREAM } from '../domain/stream.ts';
import { DeviceHealth } from './device-health.ts';
import { receive } from './receive.ts';

const T = 1_767_225_600_000;
const stream: OpenStream = { ...EVENTS_STREAM, id: 'probe-b/temperature', dev: 'probe-b', kind: 1, slot: 2 };

function event(count: number, t: number) {
  return { slot: EVENTS_SLOT, t, type: RecordType.system, body: [SystemCode.refused, 2, count, null] };
}

it('8: frames refused on a slot leave no leaf there but a count of them among the events', () => {
  const room = { streams: new Map([[stream.id, stream]]), health: new DeviceHealth() };
  const refusal = {
    device: 'probe-b',
    stream: stream.id,
    code: 'REFUSED',
    detail: 'a may not publish on site/b',
  } as const;
  const told = (n: number, t: number) =>
    receive(room, { readings: [], refusals: Array.from({ length: n }, () => refusal) }, t).records;
  expect(told(3, T)).toEqual([event(3, T)]);
  expect(told(2, T + 1000)).toEqual([]);
  expect(told(1, T + 10_000)).toEqual([event(3, T + 10_000)]);
});

it('a conflict of a tag is a statement that names it, with the speed and where it was', () => {
  const room = { streams: new Map([[stream.id, stream]]), health: new DeviceHealth() };
  const conflicts = [{ epc: Uint8Array.of(0x30, 0x34), kmh: 300, detail: 'gate-2/in, before gate-1/in' }];
  expect(receive(room, { readings: [], conflicts }, T).records).toEqual([
    {
      slot: EVENTS_SLOT,
      t: T,
      type: RecordType.statement,
      body: [StatementKind.tagConflict, '3034', 300, null, 'gate-2/in, before gate-1/in'],
    },
  ]);
});
