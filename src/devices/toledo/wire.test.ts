import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configured, until } from '../modbus/rig.fixture.ts';
import { faultsOfAnyTalker, onBothWires } from '../talker/wire.fixture.ts';
import { toledo } from './driver.ts';
import { planToledo } from './plan.ts';
import { toledoModel } from './simulator.ts';

const subject = {
  driver: toledo,
  plan: planToledo,
  model: toledoModel,
  entry: {
    id: 'scale-1',
    driver: 'toledo',
    every: '1s',
    timeout: '400ms',
    spacing: '100ms',
    decimals: 2,
    deadband: '0.05 kg',
  },
};

onBothWires(subject, (open) => {
  it('weighs: gross, in motion, still again, net with its tare, below zero', async () => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.last('weight') === '0');
    simulator.set('scale-1', 'motion', 1);
    simulator.set('scale-1', 'weight', 1100);
    await until(() => told.last('weight') === '1100/1' && told.last('motion') === '1');
    simulator.set('scale-1', 'motion', 0);
    simulator.set('scale-1', 'weight', 1234);
    await until(() => told.last('weight') === '1234' && told.last('motion') === '0');
    simulator.set('scale-1', 'tare', 500);
    simulator.set('scale-1', 'net', 1);
    simulator.set('scale-1', 'weight', -734);
    await until(
      () => told.last('weight') === '-734' && told.last('tare') === '500' && told.last('net') === '1',
    );
  });

  it('does not tell of a weight that moved less than its deadband', async () => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.last('weight') === '0');
    simulator.set('scale-1', 'weight', 5);
    simulator.set('scale-1', 'tare', 7);
    await until(() => told.last('tare') === '7');
    expect(told.last('weight')).toBe('0');
    await until(() => told.last('weight') === '5');
  });

  it.each([
    ['bad-checksum', 'checksum', 'null'],
    ['out-of-range', 'ok', 'null/2'],
    ['not-zeroed', 'not-zeroed', '1234/8'],
    ['other-unit', 'malformed', 'null'],
  ])('%s: told as such, and well again after', async (fault, reason, weight) => {
    await using world = await open();
    const { told, simulator } = world;
    simulator.set('scale-1', 'weight', 1234);
    await until(() => told.last('weight') === '1234');
    simulator.fault('scale-1', fault);
    await until(() => told.health.includes(reason) && told.last('weight') === weight);
    simulator.fault('scale-1', null);
    await until(() => told.health.at(-1) === 'ok' && told.last('weight') === '1234');
  });

  faultsOfAnyTalker(subject, open, 'weight');
});

it('takes its sample', () => {
  const file = join(import.meta.dirname, '../../../config/samples/toledo.yaml');
  const sample: unknown = parse(readFileSync(file, 'utf8'));
  const { devices } = z.object({ devices: z.array(z.unknown()) }).parse(sample);
  expect(devices.flatMap((d) => configured(toledo, d).streams.map((s) => s.exp))).toEqual([-1, 0, -1, 0]);
});
