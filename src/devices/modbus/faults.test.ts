import { describe, expect, it } from 'vitest';
import { runPoller } from '../poller.ts';
import type { Simulator } from '../port.ts';
import { modbusRtu, modbusTcp } from './driver.ts';
import { Cable, Rig, configured, hasSocat, ifSocat, shipped, until } from './rig.fixture.ts';
import { simulateRtu, simulateTcp } from './simulator.ts';

const TIMEOUT_MS = 60;
const slaves = [
  { id: 'probe-1', unit: 1, profile: 'xy-md02', every: '1s' },
  { id: 'probe-2', unit: 2, profile: 'rs-ws-n01', every: '1s' },
  { id: 'door-1', unit: 3, profile: 'door-contact', every: '50ms', repeat: '1h' },
  { id: 'siren-1', unit: 4, profile: 'relay-siren', every: '1s' },
];
const timeout = `${TIMEOUT_MS}ms`;

/** A driver and, at the other end of its wire, the simulator of the same entry. */
async function onTcp() {
  const stack = new AsyncDisposableStack();
  const entry = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', timeout, slaves };
  const simulator = stack.use(await simulateTcp(entry, shipped, { host: '127.0.0.1', port: 0 }));
  const rig = stack.use(new Rig(configured(modbusTcp, { ...entry, port: simulator.port })));
  return { rig, simulator, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function onSerial(more = slaves) {
  const stack = new AsyncDisposableStack();
  const cable = stack.use(new Cable());
  await cable.plug();
  const entry = {
    id: 'line-1',
    driver: 'modbus-rtu',
    port: cable.near,
    baud: '115200 baud',
    timeout,
    slaves: more,
  };
  const simulator = stack.use(simulateRtu(entry, shipped, cable.far));
  const rig = stack.use(new Rig(configured(modbusRtu, entry)));
  await until(() => rig.health.some((h) => h.healthy));
  // The simulator's own port opens on its own time.
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  return { rig, simulator, cable, entry, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

type Wire = () => Promise<
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
      wire === 'TCP' ? ['short-reply', ''] : ['short-reply', 'MALFORMED reply of 6 bytes instead of 9'],
      ...(wire === 'TCP' ? [] : [['bad-crc', 'CHECKSUM reply with a wrong checksum'] as const]),
    ];
    it.each(badAnswers)('%s: a bad reading, a refusal, and well again after', async (fault, refusal) => {
      await using world = await on();
      const { rig, simulator } = world;
      await rig.poll('probe-1');
      simulator.set('probe-1', 'temperature', 77);
      simulator.fault('probe-1', fault);
      const { readings, refusals } = await rig.poll('probe-1');
      expect(readings).toEqual(['temperature: null', 'humidity: null']);
      expect(refusals).toEqual([expect.stringContaining(refusal)]);
      simulator.fault('probe-1', null);
      expect(await rig.next('probe-1')).toEqual(['temperature: 77', 'humidity: 0']);
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
      await using world = await on();
      const { rig, simulator } = world;
      await rig.poll('probe-1');
      simulator.fault('probe-1', fault);
      simulator.set('probe-1', 'temperature', 111);
      for (let turn = 0; turn < 3; turn++) {
        expect(await rig.next('probe-1')).toEqual(['temperature: null', 'humidity: null']);
        expect(await rig.next('probe-2')).toEqual(['humidity: 0', 'temperature: 0']);
      }
      simulator.fault('probe-1', null);
      simulator.set('probe-1', 'temperature', 222);
      expect(await rig.next('probe-1')).toEqual(['temperature: 222', 'humidity: 0']);
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
      simulator.fault('siren-1', 'silent');
      await expect(rig.command('siren-1', 'siren-on')).rejects.toMatchObject({ code: 'TIMEOUT' });
      await expect(rig.command('siren-1', 'siren-up')).rejects.toMatchObject({ code: 'REFUSED' });
      await expect(rig.command('siren-1', 'siren-on', Date.now() - 1)).rejects.toMatchObject({
        message: expect.stringContaining('expired'),
      });
    });
  });
}

describe('on TCP only', () => {
  it('half-open: the connection is given up and a new one works', async () => {
    await using world = await onTcp();
    const { rig, simulator } = world;
    await rig.poll('probe-1');
    simulator.fault('probe-1', 'half-open');
    const before = performance.now();
    expect((await rig.poll('probe-1')).readings).toEqual(['temperature: null', 'humidity: null']);
    await rig.poll('probe-2');
    await until(() => rig.health.filter((h) => h.healthy).length === 2);
    expect(performance.now() - before).toBeLessThan(2000);
    expect((await rig.poll('probe-1')).readings).toEqual(['temperature: 0', 'humidity: 0']);
    expect(rig.health.map((h) => h.reason)).toEqual(['ok', 'port-lost', 'ok']);
  });

  it('says that the line is down while nobody listens, and comes up with the listener', async () => {
    const entry = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', timeout: '1s', slaves };
    const first = await simulateTcp(entry, shipped, { host: '127.0.0.1', port: 0 });
    const { port } = first;
    await first[Symbol.asyncDispose]();
    await using rig = new Rig(configured(modbusTcp, { ...entry, port }));
    const poll = await rig.poll('probe-1');
    expect(poll).toMatchObject({ readings: ['temperature: null', 'humidity: null'], health: ['port-lost'] });
    await using _simulator = await simulateTcp(entry, shipped, { host: '127.0.0.1', port });
    await until(() => rig.health.at(-1)?.healthy === true);
    expect((await rig.poll('probe-1')).health).toEqual(['ok']);
  });
});

describe.skipIf(!hasSocat)(`on a serial line only${ifSocat}`, () => {
  it('a pulled port is told at once and open again within 2 s of coming back', async () => {
    await using world = await onSerial();
    const { rig, cable } = world;
    await rig.poll('probe-2');
    await cable.pull();
    await until(() => rig.health.at(-1)?.reason === 'port-lost', 1000);
    expect(await rig.poll('probe-2')).toEqual({
      readings: ['humidity: null', 'temperature: null'],
      refusals: [],
      health: ['port-lost'],
    });
    await new Promise((resolve) => {
      setTimeout(resolve, 700);
    });
    await cable.plug();
    const back = performance.now();
    await until(() => rig.health.at(-1)?.reason === 'ok', 2000);
    let readings: string[];
    do readings = await rig.next('probe-2');
    while (!readings.includes('humidity: 0'));
    expect(performance.now() - back).toBeLessThan(2000);
  });

  it('one silent slave of eight costs the others its time-out three times, then hardly ever', async () => {
    const eight = Array.from({ length: 8 }, (_, i) => ({
      id: `probe-${i + 1}`,
      unit: i + 1,
      profile: 'rs-ws-n01',
      every: '200ms',
    }));
    await using world = await onSerial(eight);
    const { rig, simulator } = world;
    simulator.fault('probe-3', 'silent');
    const stop = new AbortController();
    const good = new Map<string, number>();
    const notes: string[] = [];
    const polling = runPoller(
      rig.open.polled,
      (arrival) => {
        for (const r of arrival.readings) if (r.v !== null) good.set(r.stream, (good.get(r.stream) ?? 0) + 1);
        for (const h of arrival.health ?? []) notes.push(`${h.device} ${h.reason}`);
      },
      stop.signal,
    );
    setTimeout(() => stop.abort(), 2100);
    await polling;
    // 2.1 s at 200 ms are eleven turns; the dead slave's time-outs take 60 ms of 180 ms only.
    for (const { id } of eight) {
      const turns = good.get(`${id}/humidity`) ?? 0;
      if (id === 'probe-3') expect(turns).toBe(0);
      else expect(turns).toBeGreaterThanOrEqual(8);
    }
    expect(notes).toContain('probe-3 timeout, asked less often');
  });
});
