import { describe, expect, it } from 'vitest';
import { runPoller } from '../poller.ts';
import type { Simulator } from '../port.ts';
import { modbusRtu, modbusTcp } from './driver.ts';
import { Cable, Rig, WAIT_MS, configured, hasSocat, ifSocat, shipped, until } from './rig.fixture.ts';
import { simulateRtu, simulateTcp } from './simulator.ts';

/** Long enough that a busy machine answers in time; a test with a silent slave has to wait for its end. */
const PATIENT = '5s';
const SHORT = '120ms';
const slaves = [
  { id: 'probe-1', unit: 1, profile: 'xy-md02', every: '1s' },
  { id: 'probe-2', unit: 2, profile: 'rs-ws-n01', every: '1s', timeout: PATIENT },
  { id: 'door-1', unit: 3, profile: 'door-contact', every: '50ms', repeat: '1h', timeout: PATIENT },
  { id: 'siren-1', unit: 4, profile: 'relay-siren', every: '1s' },
];
/** Answers as soon as the simulator's own end of the line is open. */
const first = { id: 'first', unit: 9, profile: 'rs-ws-n01', every: '1s', timeout: '100ms' };

/** A driver and, at the other end of its wire, the simulator of the same entry. */
async function onTcp(timeout = PATIENT) {
  const stack = new AsyncDisposableStack();
  const entry = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', timeout, slaves };
  const simulator = stack.use(await simulateTcp(entry, shipped, { host: '127.0.0.1', port: 0 }));
  const rig = stack.use(new Rig(configured(modbusTcp, { ...entry, port: simulator.port })));
  await until(() => rig.health.some((h) => h.healthy), WAIT_MS);
  return { rig, simulator, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function onSerial(timeout = PATIENT, more: readonly Record<string, unknown>[] = slaves) {
  const stack = new AsyncDisposableStack();
  const cable = stack.use(new Cable());
  await cable.plug();
  const entry = {
    id: 'line-1',
    driver: 'modbus-rtu',
    port: cable.near,
    baud: '115200 baud',
    timeout,
    slaves: [...more, first],
  };
  const simulator = stack.use(simulateRtu(entry, shipped, cable.far));
  const rig = stack.use(new Rig(configured(modbusRtu, entry)));
  await until(() => rig.health.some((h) => h.healthy), WAIT_MS);
  await rig.good('first');
  return { rig, simulator, cable, entry, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

type Wire = (
  timeout?: string,
) => Promise<
  Pick<Awaited<ReturnType<typeof onTcp>>, 'rig' | typeof Symbol.asyncDispose> & { simulator: Simulator }
>;
const wires: readonly (readonly [string, Wire, boolean])[] = [
  ['TCP', onTcp, true],
  [`a serial line${ifSocat}`, onSerial, hasSocat],
];

for (const [wire, on, there] of wires) {
  describe.skipIf(!there)(`on ${wire}`, () => {
    it('reads what the devices measure, with correction registers at the start only', async () => {
      await using world = await on();
      const { rig, simulator } = world;
      simulator.set('probe-1', 'temperature', -205);
      simulator.set('probe-1', 'humidity', 654);
      simulator.set('probe-2', 'humidity', 500);
      expect(await rig.poll('probe-1')).toEqual({
        readings: [
          'temperature: -205',
          'humidity: 654',
          'temperature-correction: 0',
          'humidity-correction: 0',
        ],
        refusals: [],
        health: ['ok'],
      });
      expect(await rig.poll('probe-2')).toEqual({
        readings: ['humidity: 500', 'temperature: 0'],
        refusals: [],
        health: ['ok'],
      });
      expect(await rig.poll('probe-1')).toEqual({
        readings: ['temperature: -205', 'humidity: 654'],
        refusals: [],
        health: [],
      });
    });

    it('marks a value outside the sensor range and keeps it', async () => {
      await using world = await on();
      world.simulator.set('probe-1', 'temperature', 900);
      expect((await world.rig.poll('probe-1')).readings[0]).toBe('temperature: 900/2');
    });

    it('tells of correction registers that are set', async () => {
      await using world = await on();
      world.simulator.set('probe-1', 'humidity-correction', -5);
      const { readings, health } = await world.rig.poll('probe-1');
      expect(readings).toContain('humidity-correction: -5');
      expect(health).toEqual(['correction 0,-5']);
    });

    it('tells of a door at once, and of an unchanged one only after its time', async () => {
      await using world = await on();
      const { rig, simulator } = world;
      expect((await rig.poll('door-1')).readings).toEqual(['door: 0', 'tamper: 0']);
      expect((await rig.poll('door-1')).readings).toEqual([]);
      simulator.set('door-1', 'door', 1);
      expect((await rig.poll('door-1')).readings).toEqual(['door: 1']);
    });

    const badAnswers: readonly (readonly [string, string])[] = [
      ['exception', 'EXCEPTION_REPLY exception 4 (slave device failure) to function 4, address 1, count 2'],
      ['wrong-unit', 'MALFORMED reply of unit 2'],
      wire === 'TCP'
        ? ['short-reply', 'MALFORMED reply of']
        : ['short-reply', 'MALFORMED reply of 6 bytes instead of 9'],
      ...(wire === 'TCP' ? [] : [['bad-crc', 'CHECKSUM reply with a wrong checksum'] as const]),
    ];
    it.each(badAnswers)('%s: a bad reading, a refusal, and well again after', async (fault, refusal) => {
      await using world = await on(fault === 'exception' ? PATIENT : SHORT);
      const { rig, simulator } = world;
      await rig.good('probe-1');
      simulator.set('probe-1', 'temperature', 77);
      simulator.fault('probe-1', fault);
      const { readings } = await rig.pollUntil('probe-1', ({ readings: given, refusals }) => {
        // Whatever else happens on a busy machine, no value comes of such an answer.
        expect(given.filter((r) => !r.endsWith('null'))).toEqual([]);
        return refusals.length === 1 && (refusals[0] ?? '').startsWith(refusal);
      });
      expect(readings).toEqual(['temperature: null', 'humidity: null']);
      simulator.fault('probe-1', null);
      expect(await rig.good('probe-1')).toEqual(['temperature: 77', 'humidity: 0']);
    });

    it('noise: the reading behind it is taken, the noise is counted', async () => {
      await using world = await on();
      const { rig, simulator } = world;
      await rig.poll('probe-1');
      simulator.fault('probe-1', 'noise');
      const { readings, refusals } = await rig.poll('probe-1');
      expect(readings).toEqual(['temperature: 0', 'humidity: 0']);
      expect(refusals).toEqual(['MALFORMED 13 bytes before the reply that do not belong to it']);
    });

    it.each(['silent', 'late'])('%s: bad readings, never an old one, and well again after', async (fault) => {
      await using world = await on(SHORT);
      const { rig, simulator } = world;
      await rig.good('probe-1');
      simulator.fault('probe-1', fault);
      simulator.set('probe-1', 'temperature', 111);
      for (let turn = 0; turn < 3; turn++) {
        const { readings } = await rig.pollUntil('probe-1', (p) => p.readings.length > 0);
        expect(readings).toEqual(['temperature: null', 'humidity: null']);
        expect(await rig.good('probe-2')).toEqual(['humidity: 0', 'temperature: 0']);
      }
      simulator.fault('probe-1', null);
      simulator.set('probe-1', 'temperature', 222);
      expect(await rig.good('probe-1')).toEqual(['temperature: 222', 'humidity: 0']);
    });

    it('orders a siren, reads it back and sees its feedback', async () => {
      await using world = await on();
      const { rig, simulator } = world;
      await rig.command('siren-1', 'siren-on');
      expect((await rig.poll('siren-1')).readings).toEqual(['siren: 1', 'light: 0']);
      await rig.command('siren-1', 'siren-off');
      expect((await rig.poll('siren-1')).readings).toEqual(['siren: 0']);
      await rig.command('siren-1', 'light-flash');
      expect((await rig.poll('siren-1')).readings).toEqual(['siren: 0', 'light: 0']);

      simulator.fault('siren-1', 'stuck');
      await expect(rig.command('siren-1', 'siren-on')).rejects.toMatchObject({
        code: 'REFUSED',
        message: 'siren-1: coil 0 reads off, not on',
      });
      simulator.fault('siren-1', 'exception');
      await expect(rig.command('siren-1', 'siren-on')).rejects.toMatchObject({ code: 'EXCEPTION_REPLY' });
      await expect(rig.command('siren-1', 'siren-up')).rejects.toMatchObject({ code: 'REFUSED' });
      await expect(rig.command('siren-1', 'siren-on', Date.now() - 1)).rejects.toMatchObject({
        message: expect.stringContaining('expired'),
      });
    });
  });
}

describe('on TCP only', () => {
  it('an order to a silent slave ends with its time-out', async () => {
    await using world = await onTcp(SHORT);
    world.simulator.fault('siren-1', 'silent');
    await expect(world.rig.command('siren-1', 'siren-on')).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('half-open: the connection is given up and a new one works', async () => {
    await using world = await onTcp(SHORT);
    const { rig, simulator } = world;
    await rig.good('probe-1');
    simulator.fault('probe-1', 'half-open');
    expect((await rig.pollUntil('probe-1', (p) => p.readings.length > 0)).readings).toEqual([
      'temperature: null',
      'humidity: null',
    ]);
    await rig.poll('siren-1');
    await until(() => rig.health.filter((h) => h.healthy).length > 1, WAIT_MS);
    expect(await rig.good('probe-1')).toEqual(['temperature: 0', 'humidity: 0']);
    expect(rig.health.map((h) => h.reason).slice(0, 3)).toEqual(['ok', 'port-lost', 'ok']);
  });

  it('says that the line is down while nobody listens, and comes up with the listener', async () => {
    const entry = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', timeout: PATIENT, slaves };
    const gone = await simulateTcp(entry, shipped, { host: '127.0.0.1', port: 0 });
    const { port } = gone;
    await gone[Symbol.asyncDispose]();
    await using rig = new Rig(configured(modbusTcp, { ...entry, port }));
    const poll = await rig.poll('probe-1');
    expect(poll).toMatchObject({ readings: ['temperature: null', 'humidity: null'], health: ['port-lost'] });
    await using _simulator = await simulateTcp(entry, shipped, { host: '127.0.0.1', port });
    await until(() => rig.health.at(-1)?.healthy === true, WAIT_MS);
    expect((await rig.poll('probe-1')).health).toEqual(['ok']);
  });
});

describe.skipIf(!hasSocat)(`on a serial line only${ifSocat}`, () => {
  it('a pulled port is told and opens again when it comes back', async () => {
    await using world = await onSerial();
    const { rig, cable } = world;
    await rig.good('probe-2');
    await cable.pull();
    await until(() => rig.health.at(-1)?.reason === 'port-lost', WAIT_MS);
    expect(await rig.poll('probe-2')).toEqual({
      readings: ['humidity: null', 'temperature: null'],
      refusals: [],
      health: ['port-lost'],
    });
    await cable.plug();
    await until(() => rig.health.at(-1)?.reason === 'ok', WAIT_MS);
    await rig.pollUntil('probe-2', ({ readings }) => readings.includes('humidity: 0'));
  });

  it('one silent slave of eight costs the others its time-out three times, then hardly ever', async () => {
    const eight = Array.from({ length: 8 }, (_, i) => ({
      id: `probe-${i + 1}`,
      unit: i + 1,
      profile: 'rs-ws-n01',
      every: '200ms',
      timeout: i === 2 ? '60ms' : PATIENT,
    }));
    await using world = await onSerial(PATIENT, eight);
    const { rig, simulator } = world;
    simulator.fault('probe-3', 'silent');
    const stop = new AbortController();
    const turns = new Map<string, number>();
    const notes: string[] = [];
    let asked = 0;
    const begun = performance.now();
    const others = eight.filter(({ id }) => id !== 'probe-3');
    const polling = runPoller(
      rig.open.polled,
      (arrival) => {
        for (const r of arrival.readings) {
          if (r.v !== null) turns.set(r.stream, (turns.get(r.stream) ?? 0) + 1);
          else if (r.stream === 'probe-3/humidity') asked++;
        }
        for (const h of arrival.health ?? []) notes.push(`${h.device} ${h.reason}`);
        const isEnough = others.every(({ id }) => (turns.get(`${id}/humidity`) ?? 0) >= 11);
        if (isEnough && notes.includes('probe-3 timeout, asked less often')) stop.abort();
      },
      AbortSignal.any([stop.signal, AbortSignal.timeout(WAIT_MS)]),
    );
    await polling;
    expect(stop.signal.aborted).toBe(true);
    expect(turns.get('probe-3/humidity')).toBeUndefined();
    // Three times, and then after 1, 2, 4 and 8 s, however long the others took for their eleven turns.
    const seconds = (performance.now() - begun) / 1000;
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(asked).toBeLessThanOrEqual(3 + Math.ceil(Math.log2(seconds + 1)));
  });
});
