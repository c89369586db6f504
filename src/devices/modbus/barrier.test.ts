import { expect, it } from 'vitest';
import { modbusTcp } from './driver.ts';
import { configured, Rig, shipped } from './rig.fixture.ts';
import { simulateTcp } from './simulator.ts';

const entry = {
  id: 'gate',
  driver: 'modbus-tcp',
  host: '127.0.0.1',
  port: 502,
  timeout: '300ms',
  slaves: [
    { id: 'barrier-1', unit: 1, profile: 'barrier', every: '200ms', zone: 'gate' },
    { id: 'fence', unit: 2, profile: 'four-state-zones', every: '200ms', zone: 'yard' },
  ],
};

async function gate() {
  const simulator = await simulateTcp(entry, shipped, { host: '127.0.0.1', port: 0 });
  const rig = new Rig(configured(modbusTcp, { ...entry, port: simulator.port }));
  return {
    simulator,
    rig,
    [Symbol.asyncDispose]: async () => {
      await rig[Symbol.asyncDispose]();
      await simulator[Symbol.asyncDispose]();
    },
  };
}

it('a barrier is told by a pulse, and its limit contacts say that it went', async () => {
  await using world = await gate();
  const { rig } = world;
  await rig.command('barrier-1', 'barrier-open');
  expect((await rig.poll('barrier-1')).readings).toEqual(['barrier: 1', 'open-limit: 1', 'loop: 0']);
  await rig.command('barrier-1', 'barrier-close');
  const { readings } = await rig.poll('barrier-1');
  expect(readings).toEqual(expect.arrayContaining(['barrier: 0', 'open-limit: 0']));
});

it('a barrier never closes on what stands under it', async () => {
  await using world = await gate();
  const { rig, simulator } = world;
  await rig.command('barrier-1', 'barrier-open');
  simulator.set('barrier-1', 'loop', 1);
  await expect(rig.command('barrier-1', 'barrier-close')).rejects.toMatchObject({
    code: 'REFUSED',
    message: 'barrier-1: input 2 is on, which forbids this order',
  });
  const { readings } = await rig.poll('barrier-1');
  expect(readings).toEqual(expect.arrayContaining(['barrier: 1', 'loop: 1']));
  // Opening is never forbidden.
  await rig.command('barrier-1', 'barrier-open');
  simulator.set('barrier-1', 'loop', 0);
  await rig.command('barrier-1', 'barrier-close');
});

it('a barrier whose relay is stuck, or that does not answer, was not moved', async () => {
  await using world = await gate();
  const { rig, simulator } = world;
  simulator.fault('barrier-1', 'stuck');
  await expect(rig.command('barrier-1', 'barrier-open')).rejects.toMatchObject({
    message: 'barrier-1: coil 0 reads off, not on',
  });
  simulator.fault('barrier-1', 'silent');
  // Whether something stands under it is not known: it is not closed.
  await expect(rig.command('barrier-1', 'barrier-close')).rejects.toMatchObject({ code: 'TIMEOUT' });
});

it('a zone with line-end resistors tells a cut wire from a quiet fence', async () => {
  await using world = await gate();
  const { rig, simulator } = world;
  for (const [zone, v] of Object.entries({ 'zone-1': 0, 'zone-2': 1, 'zone-3': 2, 'zone-4': 3 })) {
    simulator.set('fence', zone, v);
  }
  expect((await rig.poll('fence')).readings).toEqual(['zone-1: 0', 'zone-2: 1', 'zone-3: 2', 'zone-4: 3']);
});
