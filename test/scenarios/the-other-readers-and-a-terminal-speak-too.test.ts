import { expect, it } from 'vitest';
import { simulateJtt808 } from '../../src/devices/jtt808/simulator.ts';
import { foreignBroker } from '../../src/devices/mqtt/foreign-broker.fixture.ts';
import { planTags } from '../../src/devices/uhf-mqtt/plan.ts';
import { simulateReaders } from '../../src/devices/uhf-mqtt/simulator.ts';
import { zebra } from '../../src/devices/uhf-mqtt/zebra.ts';
import { checkR200 } from '../../src/devices/uhf-r200/settings.ts';
import { R200_ANSWERING } from '../../src/devices/uhf-r200/simulator.ts';
import { check18 } from '../../src/devices/uhf-reader18/settings.ts';
import { answering18 } from '../../src/devices/uhf-reader18/simulator.ts';
import { simulateOnTcp } from '../../src/devices/uhf/simulated-reader.ts';
import type { Checked } from '../../src/domain/errors.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

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
- id: trailer-warm
  title: { en: Trailer above 8 °C, zh: 车厢超温 }
  basis: GSP annex 3
  kind: limit
  on: { quantity: temperature }
  above: 8 °C
  deadband: 0.5 °C
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
`;

const HERE = { host: '127.0.0.1', port: 0 };
const ANTENNAS = [{ antenna: 1, point: 'shelf', zone: 'cold-1' }];
const READER = {
  host: '127.0.0.1',
  port: 4001,
  round: '1s',
  every: '1s',
  timeout: '500ms',
  antennas: ANTENNAS,
};
const R200 = { id: 'module-1', driver: 'uhf-r200', ...READER };
const READER18 = { id: 'portal-1', driver: 'uhf-reader18', model: 288, ...READER };
const TERMINALS = {
  id: 'terminals',
  driver: 'jtt808',
  listen: '127.0.0.1:0',
  devices: [
    {
      id: 'truck-9',
      terminal: '013912345678',
      auth: 'handed-out',
      every: '1s',
      'max-gap': '5s',
      zone: 'cold-1',
      channels: ['temperature-1'],
    },
  ],
};
const zebraEntry = (port: number) => ({
  id: 'readers',
  driver: 'zebra-iot',
  url: `mqtt://127.0.0.1:${port}`,
  readers: [
    {
      id: 'fx9600',
      topics: ['site/fx9600/data'],
      timeout: '5s',
      every: '1s',
      settle: '300ms',
      gone: '600ms',
      points: [{ name: 'shelf', antennas: [1], zone: 'cold-1' }],
    },
  ],
});

function valueOf<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

it('readers R200, UHFReader288 and Zebra, and a terminal of JT/T 808, each raise a finding', async () => {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await foreignBroker());
  const [r200, reader18] = [valueOf(checkR200(R200)), valueOf(check18(READER18))];
  const shelf = stack.use(await simulateOnTcp(r200, R200_ANSWERING, HERE));
  const portal = stack.use(await simulateOnTcp(reader18, answering18(reader18), HERE));
  const entry = zebraEntry(broker.port);
  const dock = stack.use(simulateReaders(valueOf(planTags(entry)), zebra, '127.0.0.1', broker.port));
  const readers = [
    ['module-1', shelf],
    ['portal-1', portal],
    ['fx9600', dock],
  ] as const;
  for (const [id, simulator] of readers) simulator.set(id, 'shelf-tags', 2);
  const entries = [{ ...R200, port: shelf.port }, { ...READER18, port: portal.port }, entry, TERMINALS];
  using site = writeSite({
    devices: entries.map((one) => `  - ${JSON.stringify(one)}`).join('\n'),
    rules: RULES,
  });
  await using daemon = await Daemon.start(site.file);
  const port = await eventually(
    'it listens',
    () => Number(/terminals listens on 127\.0\.0\.1:(\d+)/.exec(daemon.said)?.[1] ?? 0),
    (found) => found > 0,
  );
  const truck = stack.use(simulateJtt808(TERMINALS, () => undefined, { host: '127.0.0.1', port }));
  truck.set('truck-9', 'temperature-1', -185);
  const shows = (stream: `${string}/${string}`, text: string) =>
    eventually(
      `${stream} is ${text}`,
      () => daemon.stream(stream),
      (s) => s.state === 'fresh' && s.latest?.text === text,
      15_000,
    );
  for (const [id] of readers) await shows(`${id}/shelf-tags`, '2');
  await shows('truck-9/temperature-1', '-18.5');
  expect(await daemon.alarms()).toEqual([]);

  for (const [id, simulator] of readers) simulator.set(id, 'shelf-tags', 1);
  truck.set('truck-9', 'temperature-1', 91);
  const wanted = [
    ...readers.map(([id]) => `${id}/shelf-tags/pallet-gone`),
    'truck-9/temperature-1/trailer-warm',
  ];
  for (const alarm of wanted) {
    await eventually(
      alarm,
      () => daemon.alarm(alarm),
      (a) => a?.state === 'unacknowledged' && a.priority === 'high',
      15_000,
    );
  }
  await daemon.stop();
  await expectSound(site.data);
}, 60_000);
