import { expect, it } from 'vitest';
import { foreignBroker } from '../../src/devices/mqtt/foreign-broker.fixture.ts';
import { impinj } from '../../src/devices/uhf-mqtt/impinj.ts';
import { planTags } from '../../src/devices/uhf-mqtt/plan.ts';
import { epcOf, simulateReaders } from '../../src/devices/uhf-mqtt/simulator.ts';
import { RecordType } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const RULES = `
- id: pallet-gone
  title: { en: A pallet left its place, zh: 托盘离位 }
  basis: the pledge of two pallets
  kind: limit
  on: { quantity: tags }
  below: 2
  deadband: 0
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
`;

it(
  'a pallet leaves the shelf of a reader on MQTT: that is an alarm; a reader that is gone is none',
  { timeout: 60_000 },
  async () => {
    await using broker = await foreignBroker();
    const entry = {
      id: 'readers',
      driver: 'impinj-iot',
      url: `mqtt://127.0.0.1:${broker.port}`,
      readers: [
        {
          id: 'r700',
          topics: ['site/r700/events'],
          will: { topic: 'site/r700/will', says: 'offline' },
          timeout: '2s',
          every: '1s',
          settle: '300ms',
          gone: '600ms',
          points: [{ name: 'shelf', antennas: [1], zone: 'cold-1' }],
        },
      ],
    };
    const plan = planTags(entry);
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    await using reader = simulateReaders(plan.value, impinj, '127.0.0.1', broker.port);
    reader.set('r700', 'shelf-tags', 2);
    using site = writeSite({ devices: `  - ${JSON.stringify(entry)}`, rules: RULES });
    {
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'both pallets are there',
        () => daemon.stream('r700/shelf-tags'),
        (s) => s.state === 'fresh' && s.latest?.text === '2',
      );
      reader.fault('r700', 'offline');
      await eventually(
        'a reader that is gone',
        () => daemon.device('r700'),
        (d) => d.health === 'unhealthy' && d.reason === 'offline',
      );
      await eventually(
        'no number of tags',
        () => daemon.stream('r700/shelf-tags'),
        (s) => s.latest?.text === null,
      );
      expect(await daemon.alarms()).toEqual([]);

      reader.fault('r700', null);
      reader.set('r700', 'shelf-tags', 1);
      await eventually(
        'an alarm',
        () => daemon.alarm('r700/shelf-tags/pallet-gone'),
        (a) => a?.state === 'unacknowledged' && a.lastValue?.text === '1',
      );
      await daemon.stop();
    }
    const seen = journalRecords(site.data, RecordType.observation).map((r) =>
      Buffer.from(r.body[0] as Uint8Array).toString('hex'),
    );
    expect(new Set(seen)).toEqual(new Set([epcOf(0, 0), epcOf(0, 1)]));
    await expectSound(site.data);
    expect((await bailee('check', site.file)).code).toBe(0);
  },
);
