import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configured, shipped, until } from '../modbus/rig.fixture.ts';
import { faultsOfAnyTalker, onBothWires } from '../talker/wire.fixture.ts';
import { yaohua } from './driver.ts';
import { planYaohua } from './plan.ts';
import { yaohuaModel } from './simulator.ts';

const subject = {
  driver: yaohua,
  plan: planYaohua,
  model: yaohuaModel,
  entry: {
    id: 'scale-2',
    driver: 'yaohua',
    every: '1s',
    timeout: '400ms',
    spacing: '100ms',
    decimals: 2,
    capacity: '3000 kg',
    'still-after': 3,
  },
};

onBothWires(subject, (open) => {
  it('weighs: in motion until so many equal frames have come', async () => {
    await using world = await open();
    const { told, simulator } = world;
    simulator.set('scale-2', 'weight', 2000);
    await until(() => told.last('weight') === '2000' && told.last('motion') === '0');
    // Before the third equal frame it was in motion.
    expect(told.readings('motion')[0]).toBe('1');
    simulator.set('scale-2', 'motion', 1);
    await until(() => told.last('motion') === '1' && /^200[01]\/1$/.test(told.last('weight') ?? ''));
    simulator.set('scale-2', 'motion', 0);
    simulator.set('scale-2', 'weight', -50);
    await until(() => told.last('weight') === '-50' && told.last('motion') === '0');
  });

  it.each([
    ['bad-checksum', 'malformed', 'null'],
    ['out-of-range', 'ok', '999999/2'],
  ])('%s: told as such, and well again after', async (fault, reason, weight) => {
    await using world = await open();
    const { told, simulator } = world;
    simulator.set('scale-2', 'weight', 2000);
    await until(() => told.last('weight') === '2000');
    simulator.fault('scale-2', fault);
    await until(() => told.health.includes(reason) && told.last('weight') === weight);
    simulator.fault('scale-2', null);
    await until(() => told.health.at(-1) === 'ok' && told.last('weight') === '2000');
  });

  faultsOfAnyTalker(subject, open, 'motion');
});

describe.each(['xk3190-1', 'keli-d2008'])('an indicator with %s', (format) => {
  const other = { ...subject, entry: { ...subject.entry, format, decimals: format === 'xk3190-1' ? 2 : 0 } };
  onBothWires(other, (open) => {
    it('weighs', async () => {
      await using world = await open();
      world.simulator.set('scale-2', 'weight', -3015);
      await until(() => world.told.last('weight') === (format === 'xk3190-1' ? '-3015' : '-3015/2'));
    });
  });
});

it('takes its sample, and tells what is wrong in a copy', () => {
  const file = join(import.meta.dirname, '../../../config/samples/yaohua.yaml');
  const sample: unknown = parse(readFileSync(file, 'utf8'));
  const { devices } = z.object({ devices: z.array(z.looseObject({})) }).parse(sample);
  const [entry = {}] = devices;
  expect(configured(yaohua, entry).streams.map((s) => [s.ch, s.unit, s.exp])).toEqual([
    ['weight', 'kg', 0],
    ['motion', '1', 0],
  ]);
  expect(yaohua.configure({ ...entry, format: 'tf0', 'still-after': 0, capacity: '80 t' }, shipped)).toEqual({
    ok: false,
    problems: [
      { path: ['format'], message: 'must be one of xk3190-0, xk3190-1, keli-d2008', found: 'tf0' },
      { path: ['still-after'], message: 'must be at least 1', found: '0' },
      { path: ['capacity'], message: 'must be in kg, with at most 0 decimals', found: '80 t' },
    ],
  });
  expect(yaohua.configure({ ...entry, format: 'keli-d2008', decimals: 1 }, shipped)).toEqual({
    ok: false,
    problems: [
      { path: ['decimals'], message: 'must be 0 with keli-d2008, which sends whole numbers', found: '1' },
    ],
  });
});
