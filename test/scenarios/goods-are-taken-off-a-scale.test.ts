import { expect, it } from 'vitest';
import { planToledo } from '../../src/devices/toledo/plan.ts';
import { toledoModel } from '../../src/devices/toledo/simulator.ts';
import { simulateTalker } from '../../src/devices/talker/simulator.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

const ALARM = 'scale-1/weight/pledged-goods-gone';

const RULES = `
- id: pledged-goods-gone
  title: { en: Pledged goods were taken off the scale, zh: 质押物重量减少 }
  basis: the warehouse receipt says 1200 kg
  kind: limit
  on: { stream: scale-1/weight }
  below: 1190 kg
  deadband: 5 kg
  raise-after: 1 sample
  clear-after: 1 sample
  priority: urgent
`;

const entry = (port: number): Record<string, unknown> => ({
  id: 'scale-1',
  driver: 'toledo',
  host: '127.0.0.1',
  port,
  every: '1s',
  timeout: '500ms',
  spacing: '200ms',
  decimals: 1,
  deadband: '0.5 kg',
  zone: 'cold-1',
});

it(
  'goods are taken off a scale: not while it swings, but once it stands still',
  { timeout: 60_000 },
  async () => {
    const plan = planToledo(entry(1));
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const at = { host: '127.0.0.1', port: 0 };
    await using scale = await simulateTalker(toledoModel(plan.value), plan.value.talker.line, at);
    scale.set('scale-1', 'weight', 12_000);
    using site = writeSite({ devices: `  - ${JSON.stringify(entry(scale.port))}`, rules: RULES });
    {
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'the goods are weighed',
        () => daemon.stream('scale-1/weight'),
        (s) => s.state === 'fresh' && s.latest?.text === '1200.0' && s.unit === 'kg',
      );

      scale.set('scale-1', 'motion', 1);
      scale.set('scale-1', 'weight', 9000);
      await eventually(
        'the load swings',
        () => daemon.stream('scale-1/motion'),
        (s) => s.latest?.text === '1',
      );
      await eventually(
        'its weight is seen',
        () => daemon.stream('scale-1/weight'),
        (s) => s.latest?.text === '900.0',
      );
      expect(await daemon.alarms()).toEqual([]);

      scale.set('scale-1', 'motion', 0);
      scale.set('scale-1', 'weight', 9500);
      const raised = await eventually(
        'an alarm',
        () => daemon.alarm(ALARM),
        (a) => a !== undefined,
      );
      expect(raised).toMatchObject({ priority: 'urgent', lastValue: { text: '950.0', unit: 'kg' } });

      scale.fault('scale-1', 'out-of-range');
      await eventually(
        'a scale out of range has no weight, and clears nothing',
        () => daemon.stream('scale-1/weight'),
        (s) => s.latest?.text === null,
      );
      expect(await daemon.alarm(ALARM)).toMatchObject({ state: 'unacknowledged' });
      await daemon.stop();
    }
    await expectSound(site.data);
  },
);
