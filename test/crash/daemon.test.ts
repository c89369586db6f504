import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openArchive } from '../../src/buffer/archive.ts';
import { hasMosquitto, mosquitto } from '../../src/devices/mqtt/mosquitto.fixture.ts';
import { NoticeResult, RecordType, SystemCode } from '../../src/domain/record.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { WebhookReceiver } from '../scenarios/receivers.ts';
import { countingTopic, DEVICES, timed, timingTopic, warmTimes, type LoadReport } from './load.ts';
import { expectProvable } from './provable.ts';

const ifMosquitto = hasMosquitto ? '' : ' (skipped: mosquitto is not installed)';

/** Kills in one run; the nightly run asks for more. */
const ROUNDS = Number(process.env['BAILEE_CRASH_ROUNDS'] ?? 100);
const SEED = Number(process.env['BAILEE_CRASH_SEED'] ?? Date.now() % 1_000_000);
const PER_SECOND = 2000;
/** Every so many rounds the process is killed while it starts. */
const AT_START_EVERY = 5;
const LOAD = join(import.meta.dirname, 'load-process.ts');

/** Mulberry32: the same seed gives the same moments. */
function randomOf(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const entry = (id: string, topic: string, profile: string): string =>
  `      - { id: ${id}, topic: ${topic}, profile: ${profile}, every: 1s, max-gap: 10m, zone: cold-1 }`;

function siteAt(broker: number, webhook: string): Site {
  const all = Array.from({ length: DEVICES }, (_, i) => i);
  return writeSite({
    devices: `
  - id: mq
    driver: mqtt
    url: mqtt://127.0.0.1:${broker}
    devices:
${all.map((i) => entry(`counting-${i}`, countingTopic(i), 'counting')).join('\n')}
${all.map((i) => entry(`timing-${i}`, timingTopic(i), 'timing')).join('\n')}`,
    rules: `
- id: warm
  title: { en: Too warm, zh: 超温 }
  basis: this loop
  kind: limit
  on: { quantity: temperature }
  above: 8 °C
  deadband: 0.5 °C
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
  do: [ notify: hook ]
`,
    more: `
notify: { channels: [{ id: hook, kind: webhook, url: '${webhook}', secret: file:hook.secret, lan: true }] }
`,
    files: {
      'hook.secret': 'a secret of this loop alone',
      'profiles/counting.yaml': `
driver: mqtt
title: Counts its messages
channels: [{ id: seq, quantity: count, unit: '1', exp: 0 }]
messages:
  - topic: '{topic}'
    time: { path: time, form: iso, required: true }
    repeat: seq
    values: [{ channel: seq, path: seq, required: true }]
`,
      'profiles/timing.yaml': `
driver: mqtt
title: Gives its own time
channels: [{ id: temperature, quantity: temperature, unit: °C, exp: -2 }]
messages:
  - topic: '{topic}'
    time: { path: last_seen, form: epoch-ms, required: true }
    repeat: time
    values: [{ channel: temperature, path: temperature, required: true }]
`,
    },
  });
}

/** Starts, lives and dies by kill -9. */
async function live(site: Site, random: () => number, round: number): Promise<void> {
  if (round % AT_START_EVERY === AT_START_EVERY - 1) {
    await Daemon.cutWhileStarting(site.file, 50 + random() * 500);
    return;
  }
  await using daemon = await Daemon.start(site.file);
  await delay(100 + random() * 600);
  await daemon.cut();
}

/** What is wrong with the journal, if held against what was sent: nothing, one hopes. */
function differences(data: string, { counts, times }: LoadReport): string[] {
  const found = new Map<string, (readonly (number | null)[])[]>();
  const ids = new Map<number, string>();
  {
    using archive = openArchive(data);
    for (const { slot, dev } of archive.streams()) ids.set(slot, dev);
  }
  for (const { slot, body } of journalRecords(data, RecordType.reading)) {
    const id = ids.get(slot) ?? '';
    const own = found.get(id) ?? [];
    found.set(id, own);
    own.push(body.map((item) => (typeof item === 'number' ? item : null)));
  }
  const wrong: string[] = [];
  const compare = (id: string, sent: number, wanted: (n: number) => readonly (number | null)[]): void => {
    const own = found.get(id) ?? [];
    if (own.length !== sent) wrong.push(`${id}: ${own.length} readings of ${sent} messages`);
    const first = own.findIndex((body, n) => wanted(n).some((w, i) => w !== null && w !== body[i]));
    if (first >= 0)
      wrong.push(
        `${id}: reading ${first} is ${JSON.stringify(own[first])}, not ${JSON.stringify(wanted(first))}`,
      );
  };
  // [v, quality, the device's own time]
  counts.forEach((n, i) => compare(`counting-${i}`, n, (seq) => [seq, 0, null]));
  times.forEach((own, i) => compare(`timing-${i}`, own.length, (n) => [timed(n), 0, own[n] ?? null]));
  return wrong;
}

it.skipIf(!hasMosquitto)(
  `${ROUNDS} times kill -9 under ${PER_SECOND} readings a second: each message is in the journal once and in order, and all of it is proven${ifMosquitto}`,
  { timeout: 60_000 + ROUNDS * 3000 },
  async () => {
    const random = randomOf(SEED);
    await using broker = await mosquitto();
    await using webhook = await WebhookReceiver.listen();
    using site = siteAt(broker.port, webhook.url);
    {
      // The broker keeps for the gateway what it publishes from the first subscription on.
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'subscribed',
        () => daemon.device('mq'),
        (d) => d.health === 'healthy',
      );
    }
    const load = fork(LOAD, [String(broker.port), String(PER_SECOND)], { execArgv: [] });
    using _load = { [Symbol.dispose]: () => void load.kill('SIGKILL') };
    const loadEnded = once(load, 'exit').then(([code]) => {
      throw new Error(`the load ended with ${String(code)}`);
    });
    // Looked at when the load is asked for its report.
    loadEnded.catch(() => undefined);
    let round = 0;
    try {
      for (; round < ROUNDS; round++) await live(site, random, round);
      load.send('stop');
      const [report] = (await Promise.race([once(load, 'message'), loadEnded])) as [LoadReport];
      const sent = [...report.counts, ...report.times.map((own) => own.length)].reduce((a, b) => a + b, 0);
      {
        await using daemon = await Daemon.start(site.file);
        let before = -1;
        await eventually(
          'all is read and told',
          async () => {
            await delay(500);
            const { counts, outboxDepth } = await daemon.status();
            const still = counts.readings === before;
            before = counts.readings;
            return { still, outboxDepth };
          },
          ({ still, outboxDepth }) => still && outboxDepth === 0,
          60_000,
        );
        await daemon.stop();
      }
      expect(differences(site.data, report)).toEqual([]);
      expect(sent).toBeGreaterThan(ROUNDS * PER_SECOND * 0.5);
      const system = journalRecords(site.data, RecordType.system).map((r) => r.body[0]);
      expect(system).not.toContain(SystemCode.tailBroken);

      // A crash loses no call, and a repeat bears the id of the first.
      const queued = journalRecords(site.data, RecordType.notice).filter(
        (r) => r.body[4] === NoticeResult.queued,
      );
      const calls = report.times.reduce((sum, own) => sum + warmTimes(own.length), 0);
      expect(queued).toHaveLength(calls);
      expect(new Set(webhook.taken.map((c) => c.id)).size).toBe(calls);

      await expectSound(site.data);
      await expectProvable(site, 'timing-0/temperature');
      console.log(
        `seed ${SEED}: ${ROUNDS} kills, ${sent} messages, ${calls} calls (${webhook.taken.length} with repeats)`,
      );
    } catch (error) {
      throw new Error(
        `round ${round} of ${ROUNDS}; again with BAILEE_CRASH_SEED=${SEED} BAILEE_CRASH_ROUNDS=${ROUNDS} npx vitest run test/crash/daemon`,
        { cause: error },
      );
    }
  },
);
