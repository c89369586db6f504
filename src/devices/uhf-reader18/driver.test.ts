import { describe, expect, it } from 'vitest';
import { Cable, hasSocat, ifSocat, until } from '../modbus/rig.fixture.ts';
import { configured, Polled, problemsOf, sampleEntries } from '../uhf/rig.fixture.ts';
import { simulateOnSerial, simulateOnTcp } from '../uhf/simulated-reader.ts';
import { uhfReader18 } from './driver.ts';
import { check18, READER18_BAUD } from './settings.ts';
import { answering18 } from './simulator.ts';

const entry = {
  id: 'portal-1',
  driver: 'uhf-reader18',
  model: 288,
  host: '127.0.0.1',
  port: 27_011,
  round: '200ms',
  every: '1s',
  timeout: '400ms',
  antennas: [
    { antenna: 1, point: 'portal', zone: 'dock' },
    { antenna: 3, point: 'aisle', zone: 'cold-1' },
  ],
};

function settingsOf(raw: unknown) {
  const checked = check18(raw);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

async function reader(more: object = {}) {
  const raw = { ...entry, ...more };
  const settings = settingsOf(raw);
  const simulator = await simulateOnTcp(settings, answering18(settings), { host: '127.0.0.1', port: 0 });
  return { simulator, raw: { ...raw, port: simulator.port } };
}

describe('configuration', () => {
  it('takes its sample', () => {
    const streams = sampleEntries('uhf-reader18.yaml').flatMap((e) => configured(uhfReader18, e).streams);
    expect(streams.map((s) => [s.id, s.kind])).toEqual([
      ['portal-1/portal', 2],
      ['portal-1/portal-tags', 1],
      ['desk-1/desk', 2],
      ['desk-1/desk-tags', 1],
    ]);
  });

  it('tells what is wrong', () => {
    expect(problemsOf(uhfReader18, { ...entry, model: 18, scan: '500ms', q: 4 })).toEqual([
      'antennas.1.antenna: must be 1: this reader has one',
      'scan: has no meaning for model 18: the reader has its own setting',
      'q: has no meaning for model 18: the reader has its own setting',
    ]);
    expect(problemsOf(uhfReader18, { ...entry, scan: '350ms' })).toEqual([
      'scan: must be a whole number of tenths of a second, e.g. 500ms',
    ]);
    expect(problemsOf(uhfReader18, { ...entry, scan: '400ms' })).toEqual([
      'timeout: must be more than scan, 400ms',
    ]);
  });
});

describe('over TCP', () => {
  it('counts tags in several frames by antenna, with their TIDs where asked', async () => {
    const { simulator, raw } = await reader({ session: 1, q: 5, 'fast-id': true });
    await using far = simulator;
    far.set('portal-1', 'portal-tags', 9);
    far.set('portal-1', 'aisle-tags', 1);
    await using polled = new Polled(configured(uhfReader18, raw));
    await until(() => polled.last('portal-1/portal-tags') === 9 && polled.last('portal-1/aisle-tags') === 1);
    expect(polled.seen.at(0)).toBe('portal-1/aisle 3 3074257bf7194e4000001101');
    expect(polled.seen).toHaveLength(10);
    const tids = polled.arrivals.flatMap((a) => a.observations ?? []).map((o) => o.tid?.length);
    expect(new Set(tids)).toEqual(new Set([12]));
    expect(polled.health).toEqual(['ok']);
    expect(polled.refusals).toEqual([]);
  });

  it('a clone, the same EPC with another TID, is seen as a tag of its own', async () => {
    const { simulator, raw } = await reader({ 'fast-id': true });
    await using far = simulator;
    far.set('portal-1', 'portal-tags', 1);
    far.fault('portal-1', 'clone');
    await using polled = new Polled(configured(uhfReader18, raw));
    const tids = () => {
      const all = polled.arrivals.flatMap((a) => a.observations ?? []).flatMap((o) => o.tid ?? []);
      return [...new Set(all.map((tid) => Buffer.from(tid).toString('hex')))].sort();
    };
    await until(() => tids().length === 2);
    expect(tids()).toEqual(['e268257bf7194e4000001001', 'e280257bf7194e4000001001']);
    expect(polled.seen).toEqual(['portal-1/portal 1 3074257bf7194e4000001001']);
  });

  it.concurrent.each([
    ['silent', 'timeout'],
    ['bad-checksum', 'checksum'],
    ['short-frame', undefined],
    ['error-status', 'status 0xf8 (antenna missing)'],
    ['half-open', undefined],
  ])('the fault %s is no number of tags and no round, and it gets well', async (fault, reason) => {
    const { simulator, raw } = await reader();
    await using far = simulator;
    far.set('portal-1', 'portal-tags', 2);
    await using polled = new Polled(configured(uhfReader18, raw));
    await until(() => polled.last('portal-1/portal-tags') === 2);
    far.fault('portal-1', fault);
    await until(() => polled.last('portal-1/portal-tags') === null);
    if (reason !== undefined) await until(() => polled.health.includes(reason));
    far.fault('portal-1', null);
    await until(() => polled.last('portal-1/portal-tags') === 2);
    expect(polled.health.at(-1)).toBe('ok');
    const counts = polled.arrivals
      .flatMap((a) => a.readings)
      .filter((r) => r.stream === 'portal-1/portal-tags');
    expect(counts.map((r) => r.v).filter((v) => v !== 2 && v !== null)).toEqual([]);
    expect(polled.rounds('portal-1/portal').filter((n) => n !== 2)).toEqual([]);
  });

  it('noise between the frames costs nothing', async () => {
    const { simulator, raw } = await reader();
    await using far = simulator;
    far.set('portal-1', 'portal-tags', 3);
    far.fault('portal-1', 'noise');
    await using polled = new Polled(configured(uhfReader18, raw));
    await until(() => polled.last('portal-1/portal-tags') === 3);
    expect(polled.rounds('portal-1/portal').slice(0, 3)).toEqual([3, 3, 3]);
  });
});

it.skipIf(!hasSocat)(`an 18 on a serial line${ifSocat}`, async () => {
  await using cable = new Cable();
  await cable.plug();
  const antennas = [{ antenna: 1, point: 'desk' }];
  const { host: _, ...rest } = entry;
  const raw = { ...rest, model: 18, port: cable.near, antennas };
  const settings = settingsOf(raw);
  await using far = simulateOnSerial(settings, READER18_BAUD, answering18(settings), cable.far);
  far.set('portal-1', 'desk-tags', 5);
  await using polled = new Polled(configured(uhfReader18, raw));
  await until(() => polled.last('portal-1/desk-tags') === 5);
  far.set('portal-1', 'desk-tags', 0);
  await until(() => polled.last('portal-1/desk-tags') === 0);
});
