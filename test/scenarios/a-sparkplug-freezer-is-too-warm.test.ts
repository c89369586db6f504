import { expect, it } from 'vitest';
import { shipped } from '../../src/devices/modbus/rig.fixture.ts';
import { foreignBroker } from '../../src/devices/mqtt/foreign-broker.fixture.ts';
import { planSparkplug } from '../../src/devices/sparkplug/plan.ts';
import { simulateSparkplug } from '../../src/devices/sparkplug/simulator.ts';
import { CommandStep, RecordType } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const STREAM = 'freezer-1/temperature';

const RULES = `
- id: warm
  title: { en: Freezer too warm, zh: 冷冻超温 }
  basis: this story
  kind: limit
  on: { quantity: temperature }
  above: -15 °C
  deadband: 1 °C
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
  do: [{ siren: siren-1 }]
- id: unheard
  title: { en: Freezer not heard, zh: 冷冻无数据 }
  basis: this story
  kind: silent
  on: { quantity: temperature }
  for: 3 cadences
  clear-after: 1 sample
  priority: medium
`;

it(
  'a freezer of a Sparkplug node is too warm: an alarm rises and sounds its siren; a node that dies is unknown, never cold',
  { timeout: 60_000 },
  async () => {
    await using broker = await foreignBroker();
    const entry = {
      id: 'plant',
      driver: 'sparkplug',
      url: `mqtt://127.0.0.1:${broker.port}`,
      'rebirth-spacing': '1s',
      devices: [
        {
          id: 'siren-1',
          group: 'ColdChain',
          node: 'gw1',
          device: 'horn',
          profile: 'sparkplug-siren',
          every: '1s',
        },
        {
          id: 'freezer-1',
          group: 'ColdChain',
          node: 'gw1',
          device: 'freezer-1',
          profile: 'sparkplug-cold-room',
          every: '1s',
          zone: 'cold-1',
        },
      ],
    };
    const plan = planSparkplug(entry, shipped);
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    await using node = simulateSparkplug(plan.value, '127.0.0.1', broker.port);
    node.set('freezer-1', 'temperature', -1850);
    using site = writeSite({ devices: `  - ${JSON.stringify(entry)}`, rules: RULES });
    {
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'its birth was asked for',
        () => daemon.stream(STREAM),
        (s) => s.state === 'fresh' && s.latest?.text === '-18.50' && s.unit === 'Cel',
      );
      expect(await daemon.alarms()).toEqual([]);
      node.set('freezer-1', 'temperature', -1200);
      const raised = await eventually(
        'an alarm',
        () => daemon.alarm(`${STREAM}/warm`),
        (a) => a !== undefined,
      );
      expect(raised).toMatchObject({ priority: 'high', lastValue: { text: '-12.00', unit: 'Cel' } });

      const sounds = (text: string) =>
        eventually(
          `siren ${text}`,
          () => daemon.stream('siren-1/siren'),
          (s) => s.state === 'fresh' && s.latest?.text === text,
        );
      await sounds('1');
      await daemon.acknowledge(`${STREAM}/warm`, { meaning: 'seen', reason: '' });
      await sounds('0');
      node.fault('freezer-1', 'offline');
      await eventually(
        'the death of the node',
        () => daemon.device('freezer-1'),
        (d) => d.health === 'unhealthy' && d.reason === 'node death',
      );
      await eventually(
        'silence',
        () => daemon.alarm(`${STREAM}/unheard`),
        (a) => a !== undefined,
      );
      expect(await daemon.alarm(`${STREAM}/warm`)).toMatchObject({ state: 'acknowledged' });
      await daemon.stop();
    }
    const steps = journalRecords(site.data, RecordType.command).map(({ body }) => [
      body[1],
      body[2],
      body[7],
    ]);
    expect(steps).toEqual([
      ['siren-1', 'on', CommandStep.ordered],
      ['siren-1', 'on', CommandStep.done],
      ['siren-1', 'off', CommandStep.ordered],
      ['siren-1', 'off', CommandStep.done],
    ]);
    await expectSound(site.data);
    expect((await bailee('check', site.file)).code).toBe(0);
  },
);
