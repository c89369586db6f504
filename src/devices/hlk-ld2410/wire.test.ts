import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configured, shipped, until } from '../modbus/rig.fixture.ts';
import { faultsOfAnyTalker, onBothWires } from '../talker/wire.fixture.ts';
import { hlkLd2410 } from './driver.ts';
import { planLd2410 } from './plan.ts';
import { radarModel } from './simulator.ts';

const subject = {
  driver: hlkLd2410,
  plan: planLd2410,
  model: radarModel,
  entry: {
    id: 'radar-2',
    driver: 'hlk-ld2410',
    every: '1s',
    timeout: '400ms',
    hold: '200ms',
    spacing: '100ms',
    engineering: true,
  },
};

onBothWires(subject, (open) => {
  it('tells who is there, and trusts the state before the distances', async () => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.last('presence') === '0');
    simulator.set('radar-2', 'moving-distance', 81);
    simulator.set('radar-2', 'presence', 1);
    await until(() => told.last('presence') === '1' && told.last('stationary-distance') === '200');
    expect([told.last('moving'), told.last('moving-distance')]).toEqual(['0', 'null']);
    simulator.set('radar-2', 'moving', 1);
    await until(() => told.last('moving-distance') === '81');
    simulator.set('radar-2', 'moving', 0);
    simulator.set('radar-2', 'presence', 0);
    await until(() => told.last('presence') === '0' && told.last('distance') === 'null');
  });

  it('turns engineering mode on', async () => {
    await using world = await open();
    const { told, simulator } = world;
    simulator.set('radar-2', 'moving-gate-3', 44);
    simulator.set('radar-2', 'light', 120);
    await until(() => told.last('moving-gate-3') === '44' && told.last('light') === '120');
    simulator.fault('radar-2', 'restarted');
    await until(() => told.last('light') === 'null');
  });

  it.each([
    ['out-of-range', 'MALFORMED a distance of 9999 cm'],
    ['bad-tail', 'MALFORMED no tail after'],
  ])('%s: refused by name, unwell, and well again after', async (fault, refusal) => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.last('presence') === '0');
    simulator.fault('radar-2', fault);
    await until(() => told.health.includes('malformed') && told.last('presence') === 'null');
    expect(told.refusals[0]).toContain(refusal);
    simulator.fault('radar-2', null);
    await until(() => told.health.at(-1) === 'ok' && told.last('presence') === '0');
  });

  faultsOfAnyTalker(subject, open, 'presence');
});

it('takes its sample, with and without engineering mode', () => {
  const file = join(import.meta.dirname, '../../../config/samples/hlk-ld2410.yaml');
  const sample: unknown = parse(readFileSync(file, 'utf8'));
  const { devices } = z.object({ devices: z.array(z.looseObject({})) }).parse(sample);
  const [entry = {}] = devices;
  const { streams } = configured(hlkLd2410, entry);
  expect(streams.map((s) => [s.ch, s.quantity, s.unit, s.urgent])).toEqual([
    ['presence', 'presence', '1', true],
    ['moving', 'moving', '1', false],
    ['stationary', 'stationary', '1', false],
    ['distance', 'distance', 'cm', false],
    ['moving-distance', 'distance', 'cm', false],
    ['moving-energy', 'energy', '%', false],
    ['stationary-distance', 'distance', 'cm', false],
    ['stationary-energy', 'energy', '%', false],
  ]);
  expect(configured(hlkLd2410, { ...entry, engineering: true }).streams.length).toBe(28);
  expect(hlkLd2410.configure({ ...entry, deadband: '30 cm', urgnt: true }, shipped)).toEqual({
    ok: false,
    problems: [
      { path: ['deadband'], message: 'must be a number', found: '30 cm' },
      { path: ['urgnt'], message: 'is not a known key; did you mean "urgent"?' },
    ],
  });
});
