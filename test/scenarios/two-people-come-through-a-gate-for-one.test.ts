import { expect, it } from 'vitest';
import { simulateTalker } from '../../src/devices/talker/simulator.ts';
import { planIwr6843 } from '../../src/devices/ti-iwr6843/plan.ts';
import { radarModel } from '../../src/devices/ti-iwr6843/simulator.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

const ALARM = 'radar-3/targets/more-than-one';

const RULES = `
- id: more-than-one
  title: { en: Two people in the lock of the vault, zh: 库门通道内多于一人 }
  basis: the lock of the vault lets one person through
  kind: limit
  on: { stream: radar-3/targets }
  above: 1
  deadband: 0
  raise-after: 1 sample
  clear-after: 1 sample
  priority: urgent
`;

const entry = (port: number): Record<string, unknown> => ({
  id: 'radar-3',
  driver: 'ti-iwr6843',
  host: '127.0.0.1',
  port,
  every: '1s',
  timeout: '1s',
  spacing: '200ms',
  hold: '300ms',
  zone: 'cold-1',
  areas: [{ name: 'lock', x: [-1500, 1500], y: [1000, 4000], dwell: '200ms' }],
});

it(
  'two people come through a gate for one: they are counted, and who is nowhere is not',
  { timeout: 60_000 },
  async () => {
    const plan = planIwr6843(entry(1));
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const at = { host: '127.0.0.1', port: 0 };
    await using radar = await simulateTalker(radarModel(plan.value), plan.value.talker.line, at);
    using site = writeSite({ devices: `  - ${JSON.stringify(entry(radar.port))}`, rules: RULES });
    {
      await using daemon = await Daemon.start(site.file);
      radar.set('radar-3', 'targets', 1);
      await eventually(
        'one is in the lock',
        async () => [await daemon.stream('radar-3/targets'), await daemon.stream('radar-3/in-lock')],
        (streams) => streams.every((s) => s.latest?.text === '1'),
      );
      expect(await daemon.alarms()).toEqual([]);

      radar.set('radar-3', 'targets', 2);
      const raised = await eventually(
        'an alarm',
        () => daemon.alarm(ALARM),
        (a) => a !== undefined,
      );
      expect(raised).toMatchObject({ priority: 'urgent', lastValue: { text: '2' } });

      radar.fault('radar-3', 'out-of-range');
      await eventually(
        'a person 400 m away is refused, and clears nothing',
        () => daemon.device('radar-3'),
        (d) => d.health === 'unhealthy',
      );
      expect(await daemon.alarm(ALARM)).toMatchObject({ state: 'unacknowledged' });

      radar.fault('radar-3', null);
      radar.set('radar-3', 'targets', 0);
      await eventually(
        'they are gone, which nobody has acknowledged',
        () => daemon.alarm(ALARM),
        (a) => a?.state === 'returnedUnacknowledged',
      );
      await daemon.stop();
    }
    await expectSound(site.data);
  },
);
