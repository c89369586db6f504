import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { RecordType, type LogRecord } from '../../src/domain/record.ts';
import { hasSocat, ifSocat } from '../../src/devices/modbus/rig.fixture.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { probe, SlavesOnALine } from './slaves.ts';

const EVERY_MS = 200;
const TIMEOUT_MS = 500;

const slave = (unit: number): string =>
  `      - { id: probe-${unit}, unit: ${unit}, profile: xy-md02, every: ${EVERY_MS}ms, max-gap: 1500ms, zone: cold-1 }`;

/** Three probes on one line; nobody is at unit 3. */
function site(port: string): Site {
  return writeSite({
    devices: `
  - id: line-1
    driver: modbus-rtu
    port: ${port}
    timeout: ${TIMEOUT_MS}ms
    slaves:
${[1, 2, 3].map(slave).join('\n')}`,
    rules: `
- id: silent
  title: { en: Sensor silent, zh: 传感器无数据 }
  basis: R22
  kind: silent
  on: { quantity: temperature }
  for: 1s
  clear-after: 2 samples
  priority: high
`,
  });
}

function isGood({ body }: LogRecord): boolean {
  return body[0] !== null && body[1] === 0;
}

/** Times between good readings of one slot, ms. */
function gaps(readings: readonly LogRecord[]): number[] {
  const times = readings.filter(isGood).map((r) => r.t);
  return times.slice(1).map((t, i) => t - (times[i] ?? 0));
}

it.skipIf(!hasSocat)(
  `a line that is pulled out is lost, silent and unknown, never fine, and is back by itself; a dead slave slows nobody${ifSocat}`,
  { timeout: 60_000 },
  async () => {
    await using line = new SlavesOnALine({ 1: probe(50), 2: probe(60) });
    await line.plug();
    using place = site(line.port);
    await using daemon = await Daemon.start(place.file);
    const state = async (id: string) => (await daemon.stream(`${id}/temperature`)).state;
    const alarmOf = (id: string) => daemon.alarm(`${id}/temperature/silent`);

    await eventually(
      'the dead slave is found out',
      () => daemon.device('probe-3'),
      (d) => d.health === 'unhealthy' && d.reason.startsWith('timeout'),
    );
    await eventually(
      'its silence is an alarm',
      () => alarmOf('probe-3'),
      (a) => a?.state === 'unacknowledged',
    );
    expect([await state('probe-1'), await state('probe-2'), await state('probe-3')]).toEqual([
      'fresh',
      'fresh',
      'stale',
    ]);
    expect((await daemon.alarms()).map((a) => a.id)).toEqual(['probe-3/temperature/silent']);

    const { now: from } = await daemon.status();
    await delay(3000);
    const { now: to } = await daemon.status();
    for (const id of ['probe-1', 'probe-2']) {
      const { slot } = await daemon.stream(`${id}/temperature`);
      const own = journalRecords(place.data, RecordType.reading).filter(
        (r) => r.slot === slot && r.t >= from && r.t < to,
      );
      const between = gaps(own).sort((a, b) => a - b);
      expect(between[Math.floor(between.length / 2)], `median of ${id}`).toBeLessThan(1.5 * EVERY_MS);
      // Once in a while the dead one is asked again and costs its own time-out, no more.
      expect(between.at(-1), `worst of ${id}`).toBeLessThan(EVERY_MS + TIMEOUT_MS + 300);
    }

    await line.pull();
    const pulled = performance.now();
    const lost = await eventually(
      'the port is lost',
      () => daemon.device('line-1'),
      (d) => d.health === 'unhealthy',
    );
    expect(performance.now() - pulled).toBeLessThan(2000);
    expect(lost.reason).toBe('port-lost');
    for (const id of ['probe-1', 'probe-2']) {
      await eventually(
        `silence of ${id} is an alarm`,
        () => alarmOf(id),
        (a) => a?.state === 'unacknowledged',
      );
      expect(await state(id)).toBe('stale');
    }
    const { counts, health } = await daemon.status();
    // What the two said of their correction registers, once a day, still counts.
    expect(counts.streamsUnknown).toBe(counts.streams - 4);
    expect(health.find((c) => c.name === 'devices')).toMatchObject({
      state: 'degraded',
      detail: { en: expect.stringContaining('line-1') },
    });

    await line.plug();
    const plugged = performance.now();
    await eventually(
      'the line is back',
      () => daemon.device('line-1'),
      (d) => d.health === 'healthy',
    );
    expect(performance.now() - plugged).toBeLessThan(2000);
    for (const id of ['probe-1', 'probe-2']) {
      await eventually(
        `${id} is read again`,
        () => state(id),
        (s) => s === 'fresh',
      );
      // Nobody acknowledged: it is over, and still wants to be seen.
      await eventually(
        `the alarm of ${id}`,
        () => alarmOf(id),
        (a) => a?.state === 'returnedUnacknowledged',
      );
      expect((await daemon.device(id)).health).toBe('healthy');
    }
    expect((await alarmOf('probe-3'))?.state).toBe('unacknowledged');
    await daemon.stop();
    await expectSound(place.data);
  },
);
