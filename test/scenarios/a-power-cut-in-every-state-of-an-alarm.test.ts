import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { RecordType, SystemCode } from '../../src/domain/record.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { MqttPublisher } from '../mqtt-publisher.ts';
import { WebhookReceiver } from './receivers.ts';

/** The alarms of a plain rule and of a latching one, by the way they go. */
const WAYS = {
  'p-1': 'raised',
  'p-2': 'acknowledged',
  'p-3': 'returned',
  'p-4': 'acknowledged-and-over',
  'l-1': 'raised',
  'l-2': 'returned',
  'l-3': 'acknowledged-and-over',
} as const;
type Probe = keyof typeof WAYS;
const PROBES = Object.keys(WAYS) as Probe[];

function alarmOf(probe: Probe): string {
  return `${probe}/temperature/${probe.startsWith('l') ? 'latching' : 'plain'}`;
}

const limit = (id: string, zone: string, more: string): string => `
- id: ${id}
  title: { en: Too warm, zh: 超温 }
  basis: this story
  kind: limit
  on: { quantity: temperature, zone: ${zone} }
  above: 8 °C
  deadband: 0.5 °C
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
  ${more}
  do: [ notify: hook ]
`;

const entry = (id: string, zone: string, profile = 'json-generic'): string =>
  `      - { id: ${id}, topic: site/${id}, profile: ${profile}, every: 10m, zone: ${zone} }`;

function site(webhook: string): Site {
  return writeSite({
    devices: `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:0
    devices:
${PROBES.map((p) => entry(p, p.startsWith('l') ? 'latching' : 'plain')).join('\n')}
${entry('door', 'plain', 'zigbee2mqtt-contact')}`,
    zones: ['plain', 'latching'],
    rules: `${limit('plain', 'plain', '')}${limit('latching', 'latching', 'latch: true')}
- id: door-open
  title: { en: Door left open, zh: 门未关 }
  basis: R21
  kind: state
  on: { quantity: door }
  is: open
  raise-after: 3s
  clear-after: 0s
  priority: high
`,
    more: `
notify: { channels: [{ id: hook, kind: webhook, url: '${webhook}', secret: file:hook.secret, lan: true }] }
`,
    files: { 'hook.secret': 'a secret of this story alone' },
  });
}

/** A gateway with power, and a device at its broker: what the broker acknowledges is committed. */
class Life implements AsyncDisposable {
  readonly daemon: Daemon;
  readonly #publisher: MqttPublisher;

  private constructor(daemon: Daemon, publisher: MqttPublisher) {
    this.daemon = daemon;
    this.#publisher = publisher;
  }

  static async begin({ file }: Site): Promise<Life> {
    const daemon = await Daemon.start(file);
    const port = await eventually(
      'the broker listens',
      () => Number(/"msg":"mq listens on 127\.0\.0\.1:(\d+)"/.exec(daemon.said)?.[1]),
      (n) => n > 0,
    );
    return new Life(daemon, await MqttPublisher.open(port, 'story'));
  }

  async say(device: string, message: object): Promise<void> {
    const time = new Date().toISOString();
    await this.#publisher.publish(`site/${device}`, JSON.stringify({ time, ...message }));
  }

  async states(): Promise<Record<string, string>> {
    return Object.fromEntries((await this.daemon.alarms()).map((a) => [a.id, a.state]));
  }

  /** Everything that was acknowledged is over the edge; the next instruction never runs. */
  async cut(): Promise<void> {
    await this.daemon.cut();
    this.#publisher[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut();
  }
}

/** Alarms as the transitions on record leave them; an alarm at rest is not there. */
type States = Partial<Record<Probe, string>>;

function expected(states: States): Record<string, string> {
  return Object.fromEntries(Object.entries(states).map(([p, state]) => [alarmOf(p as Probe), state]));
}

it('power is cut in every state of an alarm: after each start it is in that state, and nobody is told twice', async () => {
  await using webhook = await WebhookReceiver.listen();
  webhook.status = 503;
  using place = site(webhook.url);
  let now: States = {};
  let starts = 0;
  /** One life: what stood before stands, then this happens, then the power goes. */
  const live = async (what: (life: Life) => Promise<void>, after: States): Promise<void> => {
    await using life = await Life.begin(place);
    starts++;
    expect(await life.states()).toEqual(expected(now));
    await what(life);
    now = after;
    await life.cut();
  };

  await live(async (life) => {
    await Promise.all(PROBES.map((p) => life.say(p, { seq: 1, temperature: 5 })));
  }, {});

  const all = Object.fromEntries(PROBES.map((p) => [p, 'unacknowledged'])) as Record<Probe, string>;
  await live(async (life) => {
    await Promise.all(PROBES.map((p) => life.say(p, { seq: 2, temperature: 9.5 })));
  }, all);

  const acknowledged = PROBES.filter((p) => WAYS[p].startsWith('acknowledged'));
  const half = { ...all, ...Object.fromEntries(acknowledged.map((p) => [p, 'acknowledged'])) };
  await live(async (life) => {
    for (const p of acknowledged) {
      const act = { meaning: 'being-handled', reason: `on the way to ${p}` };
      expect(await life.daemon.acknowledge(alarmOf(p), act)).toBe(204);
    }
  }, half);

  const { 'p-4': _over, ...rest } = half;
  await live(
    async (life) => {
      const over = PROBES.filter((p) => WAYS[p] === 'returned' || WAYS[p] === 'acknowledged-and-over');
      await Promise.all(over.map((p) => life.say(p, { seq: 3, temperature: 5 })));
    },
    {
      ...rest,
      'p-3': 'returnedUnacknowledged',
      'l-2': 'latchedUnacknowledged',
      'l-3': 'latchedAcknowledged',
    },
  );

  // The duty system was down through all of it. Each call of a person is still owed, once.
  webhook.status = 200;
  await live(async (life) => {
    await eventually(
      'every call is made',
      () => webhook.taken.length,
      (n) => n === PROBES.length,
      20_000,
    );
    await eventually(
      'and on record',
      () => life.daemon.status(),
      (s) => s.outboxDepth === 0,
    );
  }, now);
  expect(webhook.taken.map((c) => c.alarm).sort()).toEqual(PROBES.map((p) => alarmOf(p)).sort());
  const attempts = webhook.calls.map((c) => String(c.headers['idempotency-key']));
  expect(new Set(attempts).size).toBe(PROBES.length);

  // The door opens; the power goes in the middle of its delay, which runs on.
  await live(async (life) => {
    await life.say('door', { contact: false, last_seen: Date.now() });
  }, now);
  await live(async (life) => {
    await eventually(
      'the door was left open',
      () => life.daemon.alarm('door/door/door-open'),
      (a) => a?.state === 'unacknowledged',
    );
  }, now);

  await using last = await Life.begin(place);
  starts++;
  expect(await last.states()).toEqual({ ...expected(now), 'door/door/door-open': 'unacknowledged' });
  const [opened] = journalRecords(place.data, RecordType.reading).slice(-1);
  const raised = journalRecords(place.data, RecordType.alarm).find(
    (r) => r.body[0] === 'door/door/door-open',
  );
  expect((raised?.t ?? 0) - (opened?.t ?? 0)).toBe(3000);
  await delay(300);
  expect(webhook.taken).toHaveLength(PROBES.length);
  await last.daemon.stop();

  const system = journalRecords(place.data, RecordType.system).map((r) => r.body[0]);
  expect(system.filter((code) => code === SystemCode.start)).toHaveLength(starts);
  expect(system.filter((code) => code === SystemCode.stop)).toHaveLength(1);
  expect(system).not.toContain(SystemCode.tailBroken);
  await expectSound(place.data);
}, 60_000);
