import { expect, it } from 'vitest';
import { planLd2410 } from '../../src/devices/hlk-ld2410/plan.ts';
import { radarModel } from '../../src/devices/hlk-ld2410/simulator.ts';
import { simulateTalker } from '../../src/devices/talker/simulator.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

const ALARM = 'radar-2/presence/somebody-there';

const RULES = `
- id: somebody-there
  title: { en: Somebody behind the locked door, zh: 锁闭的门后有人 }
  basis: nobody has business behind a locked door
  kind: state
  on: { stream: radar-2/presence }
  is: on
  raise-after: 0s
  clear-after: 1s
  priority: urgent
- id: radar-silent
  title: { en: Radar is silent, zh: 雷达无数据 }
  basis: a silent radar watches nothing
  kind: silent
  on: { stream: radar-2/presence }
  for: 3s
  clear-after: 1 sample
  priority: medium
`;

const entry = (port: number): Record<string, unknown> => ({
  id: 'radar-2',
  driver: 'hlk-ld2410',
  host: '127.0.0.1',
  port,
  every: '1s',
  timeout: '1s',
  hold: '300ms',
  engineering: true,
  zone: 'cold-1',
});

it(
  'somebody who does not move is seen, a distance that cannot be is not, and a silent radar is told',
  { timeout: 60_000 },
  async () => {
    const plan = planLd2410(entry(1));
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const at = { host: '127.0.0.1', port: 0 };
    await using radar = await simulateTalker(radarModel(plan.value), plan.value.talker.line, at);
    using site = writeSite({ devices: `  - ${JSON.stringify(entry(radar.port))}`, rules: RULES });
    {
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'nobody is there, and the gateway turned engineering mode on',
        async () => [await daemon.stream('radar-2/presence'), await daemon.stream('radar-2/moving-gate-3')],
        (streams) => streams.every((s) => s.state === 'fresh' && s.latest?.text === '0'),
      );
      expect(await daemon.alarms()).toEqual([]);

      radar.set('radar-2', 'presence', 1);
      const raised = await eventually(
        'an alarm',
        () => daemon.alarm(ALARM),
        (a) => a !== undefined,
      );
      expect(raised).toMatchObject({ state: 'unacknowledged', priority: 'urgent', zone: { id: 'cold-1' } });
      await eventually(
        'where they stand',
        () => daemon.stream('radar-2/stationary-distance'),
        (s) => s.latest?.text === '200',
      );
      expect((await daemon.stream('radar-2/moving')).latest?.text).toBe('0');

      radar.fault('radar-2', 'out-of-range');
      await eventually(
        'what cannot be is refused and counted',
        () => daemon.device('radar-2'),
        (d) => d.health === 'unhealthy',
      );
      expect((await daemon.stream('radar-2/distance')).latest?.text).not.toBe('9999');

      radar.fault('radar-2', 'silent');
      await eventually(
        'its silence is told',
        () => daemon.alarm('radar-2/presence/radar-silent'),
        (a) => a !== undefined,
      );
      expect(await daemon.alarm(ALARM)).toMatchObject({ state: 'unacknowledged' });
      await daemon.stop();
    }
    await expectSound(site.data);
  },
);
