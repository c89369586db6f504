import { expect, it } from 'vitest';
import { until } from '../modbus/rig.fixture.ts';
import { faultsOfAnyTalker, onBothWires } from '../talker/wire.fixture.ts';
import { hlkLd2450 } from './driver.ts';
import { planLd2450 } from './plan.ts';
import { radarModel } from './simulator.ts';

const subject = {
  driver: hlkLd2450,
  plan: planLd2450,
  model: radarModel,
  entry: {
    id: 'radar-1',
    driver: 'hlk-ld2450',
    every: '1s',
    timeout: '400ms',
    hold: '300ms',
    spacing: '200ms',
    positions: true,
    areas: [{ name: 'rack', x: [-500, 500], y: [1000, 2000], dwell: '200ms' }],
  },
};

onBothWires(subject, (open) => {
  it('tells who is there and where, and of an area with its dwell', async () => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.last('presence') === '0');
    expect([told.last('targets'), told.last('nearest'), told.last('x-1')]).toEqual(['0', 'null', 'null']);
    simulator.set('radar-1', 'y-1', 2300);
    await until(() => told.last('presence') === '1' && told.last('nearest') === '2300');
    simulator.set('radar-1', 'x-1', -400);
    simulator.set('radar-1', 'y-1', 1500);
    await until(() => told.last('in-rack') === '1');
    expect(told.last('entry-rack')).toBe('4');
    await until(() => told.last('nearest') === '1552');
    simulator.set('radar-1', 'presence', 0);
    await until(() => told.last('in-rack') === '0' && told.last('presence') === '0');
    expect(told.readings('in-rack').filter((v, i, all) => v !== all[i - 1])).toEqual(['0', '1', '0']);
  });

  it('makes few readings of ten frames a second', async () => {
    await using world = await open();
    const { told, simulator } = world;
    simulator.set('radar-1', 'nearest', 3000);
    await until(() => told.last('presence') === '1');
    await new Promise((resolve) => {
      setTimeout(resolve, 1500);
    });
    // Fifteen frames and more: the first reading and the repeats after `every`.
    expect(told.readings('presence').length).toBeLessThanOrEqual(3);
    expect(told.readings('nearest').length).toBeLessThanOrEqual(4);
  });

  it.each([
    ['out-of-range', 'MALFORMED x of 30000 mm'],
    ['bad-tail', 'MALFORMED no 55 CC after 28 bytes'],
  ])('%s: no reading of it, unwell, and well again after', async (fault, refusal) => {
    await using world = await open();
    const { told, simulator } = world;
    simulator.set('radar-1', 'nearest', 3000);
    await until(() => told.last('nearest') === '3000');
    simulator.fault('radar-1', fault);
    await until(() => told.health.includes('malformed') && told.last('nearest') === 'null');
    expect(told.refusals).toContain(refusal);
    expect(new Set(told.readings('nearest'))).toEqual(new Set(['3000', 'null']));
    simulator.fault('radar-1', null);
    await until(() => told.health.at(-1) === 'ok' && told.last('nearest') === '3000');
  });

  it('stuck: the same frame for ever cannot be told from somebody who stays', async () => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.last('presence') === '0');
    simulator.fault('radar-1', 'stuck');
    simulator.set('radar-1', 'presence', 1);
    await until(() => told.readings('presence').length >= 2);
    expect(told.last('presence')).toBe('0');
  });

  faultsOfAnyTalker(subject, open, 'presence');
});
