import { describe, expect, it } from 'vitest';
import { Cable, hasSocat, ifSocat, until } from '../modbus/rig.fixture.ts';
import { configured, Polled, problemsOf, sampleEntries } from '../uhf/rig.fixture.ts';
import { simulateOnSerial, simulateOnTcp } from '../uhf/simulated-reader.ts';
import { uhfA0 } from './driver.ts';
import { A0_BAUD, checkA0 } from './settings.ts';
import { a0Answering } from './simulator.ts';

const FAST = { round: '200ms', every: '1s', timeout: '150ms', gone: '600ms' };
const entry = {
  id: 'reader-1',
  driver: 'uhf-a0',
  port: '/dev/ttyUSB0',
  ...FAST,
  antennas: [
    { antenna: 1, point: 'dock', zone: 'yard' },
    { antenna: 2, point: 'dock', zone: 'yard' },
    { antenna: 5, point: 'shelf', zone: 'cold-1' },
  ],
};

async function reader(at: number, more: object = {}) {
  const raw = { ...entry, host: '127.0.0.1', port: 4001, ...more };
  const checked = checkA0(raw);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const simulator = await simulateOnTcp(checked.value, a0Answering(1), { host: '127.0.0.1', port: at });
  return { simulator, raw: { ...raw, port: simulator.port } };
}

describe('configuration', () => {
  it('declares each read point with its number of tags', () => {
    const { streams } = configured(uhfA0, entry);
    expect(streams.map((s) => [s.id, s.kind, s.quantity, s.cadenceMs, s.maxGapMs, s.place, s.src])).toEqual([
      ['reader-1/dock', 2, 'tag', 200, 3150, 'yard', 1],
      ['reader-1/dock-tags', 1, 'tags', 1000, 3150, 'yard', 1],
      ['reader-1/shelf', 2, 'tag', 200, 3150, 'cold-1', 1],
      ['reader-1/shelf-tags', 1, 'tags', 1000, 3150, 'cold-1', 1],
    ]);
  });

  it('takes its sample', () => {
    const entries = sampleEntries('uhf-a0.yaml');
    expect(entries.map((e) => e.driver)).toEqual(['uhf-a0', 'uhf-a0']);
    for (const sample of entries) expect(configured(uhfA0, sample).streams.length).toBeGreaterThan(1);
  });

  it('tells all problems at once', () => {
    const wrong = {
      ...entry,
      port: 4001,
      baud: 'fast',
      power: 40,
      gone: '500ms',
      'max-gap': '1s',
      antennas: [...entry.antennas, { antenna: 2, point: 'dock' }, { antenna: 9, point: 'dock-tags' }],
    };
    expect(problemsOf(uhfA0, wrong).sort()).toEqual([
      'antennas.3.antenna: stands here twice',
      'antennas.3.zone: must be yard, as for the first antenna of dock',
      'antennas.4.antenna: must be at most 8',
      'antennas.4.point: is the name of the number of tags of another read point',
      'baud: is not a baud rate; write it like 115200 baud',
      'gone: must be at least three rounds, 600ms',
      'max-gap: must be at least twice round and every, 2s',
      'port: must be a device file such as /dev/serial/by-id/…, or have a host beside it',
      'power: must be at most 33',
    ]);
  });
});

describe('over TCP', () => {
  it('counts the tags of each point, and sees them by antenna', async () => {
    const { simulator, raw } = await reader(0, { power: 26, session: 1 });
    await using far = simulator;
    far.set('reader-1', 'dock-tags', 2);
    await using polled = new Polled(configured(uhfA0, raw));
    await until(() => polled.last('reader-1/dock-tags') === 2 && polled.last('reader-1/shelf-tags') === 0);
    expect(polled.seen).toEqual([
      'reader-1/dock 1 3074257bf7194e4000001001',
      'reader-1/dock 1 3074257bf7194e4000001002',
      'reader-1/dock 2 3074257bf7194e4000001001',
      'reader-1/dock 2 3074257bf7194e4000001002',
    ]);
    expect(polled.rounds('reader-1/dock').slice(0, 3)).toEqual([2, 2, 2]);
    expect(polled.rounds('reader-1/shelf').slice(0, 3)).toEqual([0, 0, 0]);
    far.set('reader-1', 'dock-tags', 1);
    await until(() => polled.last('reader-1/dock-tags') === 1);
    expect(polled.health).toEqual(['ok']);
    expect(polled.refusals).toEqual([]);
  });

  it.concurrent.each([
    ['silent', 'timeout', undefined],
    ['bad-checksum', 'checksum', 'CHECKSUM'],
    ['short-frame', 'malformed', undefined],
    ['error-status', 'error 0x22 (antenna missing)', 'EXCEPTION_REPLY error 0x22 (antenna missing)'],
    ['half-open', 'timeout', undefined],
  ])('the fault %s is no number of tags and no round, and it gets well', async (fault, reason, refusal) => {
    const { simulator, raw } = await reader(0);
    await using far = simulator;
    far.set('reader-1', 'dock-tags', 2);
    await using polled = new Polled(configured(uhfA0, raw));
    await until(() => polled.last('reader-1/dock-tags') === 2);
    far.fault('reader-1', fault);
    await until(() => polled.last('reader-1/dock-tags') === null);
    const rounds = polled.rounds('reader-1/dock').length;
    if (fault !== 'half-open') await until(() => polled.health.includes(reason));
    if (refusal !== undefined) expect(polled.refusals.some((r) => r.startsWith(refusal))).toBe(true);
    if (fault !== 'half-open') expect(polled.rounds('reader-1/dock').length).toBe(rounds);
    far.fault('reader-1', null);
    await until(() => polled.last('reader-1/dock-tags') === 2);
    expect(polled.health.at(-1)).toBe('ok');
    const counts = polled.arrivals
      .flatMap((a) => a.readings)
      .filter((r) => r.stream === 'reader-1/dock-tags');
    expect(counts.every((r) => r.v === 2 || r.v === null)).toBe(true);
  });

  it('noise between the frames costs nothing', async () => {
    const { simulator, raw } = await reader(0);
    await using far = simulator;
    far.set('reader-1', 'dock-tags', 3);
    far.fault('reader-1', 'noise');
    await using polled = new Polled(configured(uhfA0, raw));
    await until(() => polled.last('reader-1/dock-tags') === 3);
    expect(polled.rounds('reader-1/dock').slice(0, 3)).toEqual([3, 3, 3]);
  });
});

it.skipIf(!hasSocat)(
  `on a serial line; the adapter is pulled and comes back${ifSocat}`,
  async () => {
    await using cable = new Cable();
    await cable.plug();
    const raw = { ...entry, port: cable.near };
    const checked = checkA0(raw);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const open = () => {
      const simulator = simulateOnSerial(checked.value, A0_BAUD, a0Answering(1), cable.far);
      simulator.set('reader-1', 'shelf-tags', 3);
      return simulator;
    };
    await using polled = new Polled(configured(uhfA0, raw));
    {
      await using _far = open();
      await until(() => polled.last('reader-1/shelf-tags') === 3);
      await cable.pull();
      await until(() => polled.last('reader-1/shelf-tags') === null);
      await until(() => polled.health.at(-1) === 'port-lost');
    }
    await cable.plug();
    await using _again = open();
    await until(() => polled.last('reader-1/shelf-tags') === 3 && polled.health.at(-1) === 'ok');
  },
  15_000,
);
