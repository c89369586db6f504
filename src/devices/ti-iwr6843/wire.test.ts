import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configured, until } from '../modbus/rig.fixture.ts';
import { faultsOfAnyTalker, onBothWires } from '../talker/wire.fixture.ts';
import { tiIwr6843 } from './driver.ts';
import { planIwr6843 } from './plan.ts';
import { radarModel } from './simulator.ts';

const subject = {
  driver: tiIwr6843,
  plan: planIwr6843,
  model: radarModel,
  entry: {
    id: 'radar-3',
    driver: 'ti-iwr6843',
    every: '1s',
    timeout: '400ms',
    hold: '300ms',
    spacing: '200ms',
    areas: [{ name: 'gate', x: [-500, 500], y: [1000, 2000], dwell: '200ms' }],
  },
};

onBothWires(subject, (open) => {
  it('counts people, and tells who is in an area and where they came from', async () => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.last('presence') === '0');
    expect([told.last('targets'), told.last('nearest')]).toEqual(['0', 'null']);
    simulator.set('radar-3', 'targets', 3);
    await until(() => told.last('targets') === '3' && told.last('presence') === '1');
    simulator.set('radar-3', 'nearest', 2300);
    await until(() => told.last('nearest') === '2300' && told.last('in-gate') === '0');
    simulator.set('radar-3', 'in-gate', 1);
    await until(() => told.last('in-gate') === '1' && told.last('entry-gate') === '4');
    simulator.set('radar-3', 'presence', 0);
    await until(() => told.last('in-gate') === '0' && told.last('presence') === '0');
  });

  it.each([
    ['out-of-range', 'target 1 at 0, 400,'],
    ['bad-length', 'beyond the packet'],
  ])('%s: refused by name, unwell, and well again after', async (fault, refusal) => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.last('presence') === '0');
    simulator.fault('radar-3', fault);
    await until(() => told.health.includes('malformed') && told.last('presence') === 'null');
    expect(told.refusals[0]).toContain(refusal);
    simulator.fault('radar-3', null);
    await until(() => told.health.at(-1) === 'ok' && told.last('presence') === '0');
  });

  faultsOfAnyTalker(subject, open, 'presence');
});

it('takes its sample', () => {
  const file = join(import.meta.dirname, '../../../config/samples/ti-iwr6843.yaml');
  const sample: unknown = parse(readFileSync(file, 'utf8'));
  const { devices } = z.object({ devices: z.array(z.unknown()) }).parse(sample);
  expect(devices.flatMap((d) => configured(tiIwr6843, d).streams.map((s) => [s.ch, s.urgent]))).toEqual([
    ['presence', true],
    ['targets', false],
    ['nearest', false],
    ['in-gate', true],
    ['entry-gate', false],
  ]);
});
