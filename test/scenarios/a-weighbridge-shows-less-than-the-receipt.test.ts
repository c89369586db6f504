import { expect, it } from 'vitest';
import { simulateTalker } from '../../src/devices/talker/simulator.ts';
import { planYaohua } from '../../src/devices/yaohua/plan.ts';
import { yaohuaModel } from '../../src/devices/yaohua/simulator.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

const ALARM = 'weighbridge-1/weight/less-than-receipt';

const RULES = `
- id: less-than-receipt
  title: { en: Less on the weighbridge than on the receipt, zh: 过磅重量低于仓单 }
  basis: the warehouse receipt says 32400 kg
  kind: limit
  on: { stream: weighbridge-1/weight }
  below: 32300 kg
  deadband: 20 kg
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
`;

const entry = (port: number): Record<string, unknown> => ({
  id: 'weighbridge-1',
  driver: 'yaohua',
  host: '127.0.0.1',
  port,
  every: '1s',
  timeout: '1s',
  spacing: '200ms',
  capacity: '80000 kg',
  deadband: '20 kg',
  'still-after': 3,
  zone: 'cold-1',
});

it(
  'a weighbridge shows less than the receipt: not by a damaged frame, and not while the truck rolls',
  { timeout: 60_000 },
  async () => {
    const plan = planYaohua(entry(1));
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const at = { host: '127.0.0.1', port: 0 };
    await using scale = await simulateTalker(yaohuaModel(plan.value), plan.value.talker.line, at);
    scale.set('weighbridge-1', 'weight', 32_400);
    using site = writeSite({ devices: `  - ${JSON.stringify(entry(scale.port))}`, rules: RULES });
    {
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'the truck is weighed',
        () => daemon.stream('weighbridge-1/weight'),
        (s) => s.state === 'fresh' && s.latest?.text === '32400',
      );

      scale.fault('weighbridge-1', 'bad-checksum');
      scale.set('weighbridge-1', 'weight', 31_000);
      await eventually(
        'damaged frames make the scale unwell',
        () => daemon.device('weighbridge-1'),
        (d) => d.health === 'unhealthy',
      );
      expect((await daemon.stream('weighbridge-1/weight')).latest?.text).not.toBe('31000');
      expect(await daemon.alarms()).toEqual([]);

      scale.set('weighbridge-1', 'motion', 1);
      scale.fault('weighbridge-1', null);
      await eventually(
        'the truck rolls',
        () => daemon.stream('weighbridge-1/motion'),
        (s) => s.latest?.text === '1',
      );
      expect(await daemon.alarms()).toEqual([]);

      scale.set('weighbridge-1', 'motion', 0);
      const raised = await eventually(
        'an alarm once it stands',
        () => daemon.alarm(ALARM),
        (a) => a !== undefined,
      );
      expect(raised).toMatchObject({ priority: 'high', lastValue: { text: '31000', unit: 'kg' } });
      await daemon.stop();
    }
    await expectSound(site.data);
  },
);
