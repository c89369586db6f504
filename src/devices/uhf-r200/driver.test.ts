import { describe, expect, it } from 'vitest';
import { Cable, hasSocat, ifSocat, until } from '../modbus/rig.fixture.ts';
import { configured, Polled, problemsOf, sampleEntries } from '../uhf/rig.fixture.ts';
import { simulateOnSerial, simulateOnTcp } from '../uhf/simulated-reader.ts';
import { uhfR200 } from './driver.ts';
import { checkR200, R200_BAUD } from './settings.ts';
import { R200_ANSWERING } from './simulator.ts';

const entry = {
  id: 'module-1',
  driver: 'uhf-r200',
  port: '/dev/ttyUSB0',
  round: '200ms',
  listen: '60ms',
  every: '1s',
  timeout: '150ms',
  antennas: [{ antenna: 1, point: 'shelf', zone: 'cold-1' }],
};

function settingsOf(raw: unknown) {
  const checked = checkR200(raw);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

async function reader(more: object = {}) {
  const raw = { ...entry, host: '127.0.0.1', port: 4001, ...more };
  const at = { host: '127.0.0.1', port: 0 };
  const simulator = await simulateOnTcp(settingsOf(raw), R200_ANSWERING, at);
  return { simulator, raw: { ...raw, port: simulator.port } };
}

describe('configuration', () => {
  it('declares the read point with its number of tags', () => {
    expect(configured(uhfR200, entry).streams.map((s) => [s.id, s.kind, s.place])).toEqual([
      ['module-1/shelf', 2, 'cold-1'],
      ['module-1/shelf-tags', 1, 'cold-1'],
    ]);
  });

  it('takes its sample', () => {
    for (const sample of sampleEntries('uhf-r200.yaml')) {
      expect(configured(uhfR200, sample).streams.map((s) => s.id)).toEqual([
        'module-1/shelf',
        'module-1/shelf-tags',
      ]);
    }
  });

  it('tells what is wrong', () => {
    const antennas = [{ antenna: 2, point: 'shelf' }];
    expect(problemsOf(uhfR200, { ...entry, q: 16, antennas })).toEqual([
      'q: must be at most 15',
      'antennas.0.antenna: must be 1: this reader has one',
    ]);
    expect(problemsOf(uhfR200, { ...entry, listen: '200ms' })).toEqual([
      'listen: must be less than round, 200ms',
    ]);
  });
});

describe('over TCP', () => {
  it('counts the tags that are there, power and query set', async () => {
    const { simulator, raw } = await reader({ power: 26.5, session: 1, q: 4 });
    await using far = simulator;
    far.set('module-1', 'shelf-tags', 2);
    await using polled = new Polled(configured(uhfR200, raw));
    await until(() => polled.last('module-1/shelf-tags') === 2);
    expect(polled.seen).toEqual([
      'module-1/shelf 1 3074257bf7194e4000001001',
      'module-1/shelf 1 3074257bf7194e4000001002',
    ]);
    far.set('module-1', 'shelf-tags', 0);
    await until(() => polled.last('module-1/shelf-tags') === 0);
    expect(polled.health).toEqual(['ok']);
    expect(polled.refusals).toEqual([]);
  });

  it.concurrent.each([
    ['silent', 'timeout'],
    ['bad-checksum', 'checksum'],
    ['short-frame', undefined],
    ['error-status', 'error 0x20 (no free channel)'],
    ['half-open', undefined],
  ])('the fault %s is no number of tags and no round, and it gets well', async (fault, reason) => {
    const { simulator, raw } = await reader();
    await using far = simulator;
    far.set('module-1', 'shelf-tags', 2);
    await using polled = new Polled(configured(uhfR200, raw));
    await until(() => polled.last('module-1/shelf-tags') === 2);
    far.fault('module-1', fault);
    await until(() => polled.last('module-1/shelf-tags') === null);
    if (reason !== undefined) await until(() => polled.health.includes(reason));
    far.fault('module-1', null);
    await until(() => polled.last('module-1/shelf-tags') === 2);
    expect(polled.health.at(-1)).toBe('ok');
    const counts = polled.arrivals.flatMap((a) => a.readings).map((r) => r.v);
    expect(counts.filter((v) => v !== 2 && v !== null)).toEqual([]);
    expect(polled.rounds('module-1/shelf').filter((n) => n !== 2)).toEqual([]);
  });

  it('noise between the frames costs nothing', async () => {
    const { simulator, raw } = await reader();
    await using far = simulator;
    far.set('module-1', 'shelf-tags', 3);
    far.fault('module-1', 'noise');
    await using polled = new Polled(configured(uhfR200, raw));
    await until(() => polled.last('module-1/shelf-tags') === 3);
  });
});

it.skipIf(!hasSocat)(`on a serial line${ifSocat}`, async () => {
  await using cable = new Cable();
  await cable.plug();
  const raw = { ...entry, port: cable.near };
  await using far = simulateOnSerial(settingsOf(raw), R200_BAUD, R200_ANSWERING, cable.far);
  far.set('module-1', 'shelf-tags', 4);
  await using polled = new Polled(configured(uhfR200, raw));
  await until(() => polled.last('module-1/shelf-tags') === 4);
});
