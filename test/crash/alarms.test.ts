import { expect, it } from 'vitest';
import { RecordType } from '../../src/domain/record.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { freePort } from '../free-port.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { expectedTransitions, transitionsOf } from './asked-notices.ts';
import { Duty } from './duty.ts';
import { Kills, ROUNDS } from './kills.ts';
import { RingDevice } from './ring-device.ts';

/** The loop of readings has more of them, and the same duty. */
const KILLS = Math.ceil(ROUNDS / 7);
const DEVICES = 4;
const PER_SECOND = 50;
const LIMIT = 800;
/** Of so many messages the last few are too warm. */
const [PERIOD, WARM] = [40, 7];
/** In every so many lives the duty system is down. */
const DOWN_EVERY = 10;

function isWarm(seq: number): boolean {
  return seq % PERIOD >= PERIOD - WARM;
}

const RULES = `
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
  do: [ notify: duty ]
`;

const PROFILE = `
driver: mqtt
title: Counts its messages, and is too warm now and then
channels:
  - { id: seq, quantity: count, unit: '1', exp: 0 }
  - { id: temperature, quantity: temperature, unit: °C, exp: -2 }
messages:
  - topic: '{topic}'
    time: { path: time, form: iso, required: true }
    repeat: seq
    values: [{ channel: seq, path: seq, required: true }, { channel: temperature, path: temperature }]
`;

function ringingSite(port: number, channels: string): Site {
  const devices = Array.from(
    { length: DEVICES },
    (_, i) =>
      `      - { id: ring-${i}, topic: ring/${i}, profile: ringing, every: 1s, max-gap: 10m, zone: cold-1 }`,
  );
  return writeSite({
    devices: `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:${port}
    devices:
${devices.join('\n')}`,
    rules: RULES,
    more: `
notify:
  channels:${channels}
  routes:
    - id: duty
      steps:
        - { role: duty, channels: [hook, mail], after: 0s }
        - { role: chief, channels: [hook], after: 300ms }
`,
    files: { 'hook.secret': 'a secret of this loop alone', 'profiles/ringing.yaml': PROFILE },
  });
}

it(
  `${KILLS} times kill -9 while alarms rise and return: no alarm and no notice is lost, and what is repeated bears its name`,
  { timeout: 60_000 + KILLS * 4000 },
  async () => {
    await using duty = await Duty.open();
    const port = await freePort();
    using site = ringingSite(port, duty.channels);
    const devices = Array.from(
      { length: DEVICES },
      (_, i) => new RingDevice(`ring/${i}`, (seq) => ({ temperature: isWarm(seq) ? 9.5 : 4 })),
    );
    const kills = new Kills(KILLS);
    const running = devices.map((d) => d.run(port, PER_SECOND));
    try {
      await kills.run(site, async (round) => {
        await duty.endLife();
        duty.webhook.status = round % DOWN_EVERY === DOWN_EVERY - 2 ? 503 : 200;
      });
      duty.webhook.status = 200;
      devices.forEach((d) => d.stop());
      {
        await using daemon = await Daemon.start(site.file);
        await Promise.all(running);
        const depth = async () => (await daemon.status()).outboxDepth;
        await eventually('everybody was told', depth, (n) => n === 0, 60_000);
        await daemon.stop();
      }

      // No reading was lost, and the alarms are what the readings say.
      const made = devices.reduce((sum, d) => sum + d.made, 0);
      expect(journalRecords(site.data, RecordType.reading)).toHaveLength(2 * made);
      const [found, expected] = [
        transitionsOf(site.data),
        expectedTransitions(site.data, 'temperature', LIMIT),
      ];
      expect(expected.size).toBe(DEVICES);
      for (const [stream, steps] of expected) expect(found.get(`${stream}/warm`), stream).toEqual(steps);

      expect(duty.differences(site.data, (role) => (role === 'duty' ? 0 : 1))).toEqual([]);
      await expectSound(site.data);
      console.log(`${kills.told}: ${made} messages, ${duty.told}`);
    } catch (error) {
      devices.forEach((d) => d.giveUp());
      throw new Error(kills.told, { cause: error });
    }
  },
);
