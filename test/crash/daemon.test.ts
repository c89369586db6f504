import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { hasMosquitto, mosquitto } from '../../src/devices/mqtt/mosquitto.fixture.ts';
import { NoticeResult, RecordType, SystemCode } from '../../src/domain/record.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import type { Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { Duty } from './duty.ts';
import { Kills, ROUNDS } from './kills.ts';
import { DEVICES, warmTimes, type LoadReport } from './load.ts';
import { differences, loadedSite } from './loaded-site.ts';
import { expectProvable } from './provable.ts';

const ifMosquitto = hasMosquitto ? '' : ' (skipped: mosquitto is not installed)';
const PER_SECOND = 2000;
const LOAD = new URL('./load-process.ts', import.meta.url);

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
  do: [ notify: everybody ]
`;

/** Starts it once: the broker keeps for it what is published from its first subscription on. */
async function subscribe(site: Site): Promise<void> {
  await using daemon = await Daemon.start(site.file);
  await eventually(
    'subscribed',
    () => daemon.device('mq'),
    (d) => d.health === 'healthy',
  );
}

/** The load in a process of its own, and its report when it is told to stop. */
function startLoad(port: number): Disposable & { stop(): Promise<LoadReport> } {
  const child = fork(LOAD, [String(port), String(PER_SECOND)], { execArgv: [] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the load ended with ${String(code)}`);
  });
  // Looked at when its report is asked for.
  ended.catch(() => undefined);
  return {
    stop: async () => {
      const answer = once(child, 'message');
      child.send('stop');
      const [report] = (await Promise.race([answer, ended])) as [LoadReport];
      return report;
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

/** A last life, without a kill, until nothing more comes and everybody was told. */
async function finish(site: Site): Promise<void> {
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

it.skipIf(!hasMosquitto)(
  `${ROUNDS} times kill -9 under ${PER_SECOND} readings a second: each message is in the journal once and in order, and all of it is proven${ifMosquitto}`,
  { timeout: 60_000 + ROUNDS * 3000 },
  async () => {
    await using broker = await mosquitto();
    await using duty = await Duty.open();
    using site = loadedSite({
      connection: `url: mqtt://127.0.0.1:${broker.port}`,
      counting: DEVICES,
      timing: DEVICES,
      rules: RULES,
      more: `
notify:
  channels:${duty.channels}
  routes: [{ id: everybody, role: duty, channels: [hook, mail] }]
`,
      files: { 'hook.secret': 'a secret of this loop alone' },
    });
    await subscribe(site);
    const kills = new Kills(ROUNDS);
    try {
      using load = startLoad(broker.port);
      await kills.run(site, () => duty.endLife());
      const report = await load.stop();
      await finish(site);

      expect(differences(site.data, report)).toEqual([]);
      const messages = [...report.counts, ...report.times.map((own) => own.length)];
      const sent = messages.reduce((a, b) => a + b, 0);
      expect(sent).toBeGreaterThan(ROUNDS * PER_SECOND * 0.5);
      const system = journalRecords(site.data, RecordType.system).map((r) => r.body[0]);
      expect(system).not.toContain(SystemCode.tailBroken);

      // A crash loses no call: one by each channel for each time it was too warm.
      const calls = report.times.reduce((sum, own) => sum + warmTimes(own.length), 0);
      // That there are so many is told too, by the alarm system itself.
      const notices = journalRecords(site.data, RecordType.notice).filter(
        (r) => !String(r.body[0]).startsWith('gateway/'),
      );
      expect(notices.filter((r) => r.body[4] === NoticeResult.queued)).toHaveLength(2 * calls);
      expect(duty.differences(site.data, () => 0)).toEqual([]);

      await expectSound(site.data);
      await expectProvable(site, 'timing-0/temperature');
      console.log(`${kills.told}: ${sent} messages, ${duty.told}`);
    } catch (error) {
      throw new Error(kills.told, { cause: error });
    }
  },
);
