import { expect, it } from 'vitest';
import { planLd2450 } from '../../src/devices/hlk-ld2450/plan.ts';
import { radarModel } from '../../src/devices/hlk-ld2450/simulator.ts';
import { simulateTalker } from '../../src/devices/talker/simulator.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

const ALARM = 'radar-1/in-rack/person-at-night';

/** A zone that is closed says so by its label; the store's own hours are its owner's to set. */
const RULES = `
- id: person-at-night
  title: { en: Somebody in the closed store, zh: 闭库后有人 }
  basis: nobody has business in a closed store
  kind: state
  on: { quantity: presence, stream: radar-1/in-* }
  is: on
  raise-after: 0s
  clear-after: 1s
  priority: urgent
- id: radar-silent
  title: { en: Radar is silent, zh: 雷达无数据 }
  basis: a silent radar watches nothing
  kind: silent
  on: { stream: radar-1/presence }
  for: 3s
  clear-after: 1 sample
  priority: medium
`;

const entry = (port: number): Record<string, unknown> => ({
  id: 'radar-1',
  driver: 'hlk-ld2450',
  host: '127.0.0.1',
  port,
  every: '1s',
  timeout: '500ms',
  hold: '500ms',
  zone: 'cold-1',
  areas: [{ name: 'rack', x: [-1000, 1000], y: [500, 4000], dwell: '300ms' }],
});

it(
  'a person in an area at night raises an alarm, and a silent radar another',
  { timeout: 60_000 },
  async () => {
    const plan = planLd2450(entry(1));
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const at = { host: '127.0.0.1', port: 0 };
    await using radar = await simulateTalker(radarModel(plan.value), plan.value.talker.line, at);
    using site = writeSite({ devices: `  - ${JSON.stringify(entry(radar.port))}`, rules: RULES });
    {
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'nobody is there, and that is known',
        () => daemon.stream('radar-1/in-rack'),
        (s) => s.state === 'fresh' && s.latest?.text === '0',
      );
      expect(await daemon.alarms()).toEqual([]);

      radar.set('radar-1', 'in-rack', 1);
      const raised = await eventually(
        'an alarm',
        () => daemon.alarm(ALARM),
        (a) => a !== undefined,
      );
      expect(raised).toMatchObject({ state: 'unacknowledged', priority: 'urgent', zone: { id: 'cold-1' } });
      expect((await daemon.stream('radar-1/nearest')).latest?.text).toBe('2250');
      expect((await daemon.stream('radar-1/entry-rack')).latest?.text).toBe('5');

      radar.set('radar-1', 'presence', 0);
      await eventually(
        'they are gone, which nobody has acknowledged',
        () => daemon.alarm(ALARM),
        (a) => a?.state === 'returnedUnacknowledged',
      );

      radar.fault('radar-1', 'silent');
      await eventually(
        'its silence is told',
        () => daemon.alarm('radar-1/presence/radar-silent'),
        (a) => a !== undefined,
      );
      expect(await daemon.device('radar-1')).toMatchObject({ health: 'unhealthy', reason: 'timeout' });
      await daemon.stop();
    }
    await expectSound(site.data);
  },
);
