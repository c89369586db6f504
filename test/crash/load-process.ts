import { setTimeout as delay } from 'node:timers/promises';
import { MqttPublisher } from '../mqtt-publisher.ts';
import { countingTopic, DEVICES, timed, timingTopic, type LoadReport } from './load.ts';

/**
 * The load of the crash loop, a process of its own: devices that publish at a steady rate, QoS 1,
 * whatever the gateway does. Half of them count their messages, the other half give a time that is
 * theirs alone; by these the journal is held against what was sent.
 */

const SESSIONS = 4;
const TICK_MS = 5;

async function run(port: number, perSecond: number, stopped: () => boolean): Promise<LoadReport> {
  const publishers = await Promise.all(
    Array.from({ length: SESSIONS }, (_, i) => MqttPublisher.open(port, `load-${i}`)),
  );
  const counts = Array.from({ length: DEVICES }, () => 0);
  const times: number[][] = Array.from({ length: DEVICES }, () => []);
  // A broker that goes away rejects what waits, and ends this process.
  const send = (device: number, topic: string, message: object): void =>
    void publishers[device % SESSIONS]?.publish(topic, JSON.stringify(message));
  const begun = performance.now();
  for (let n = 0; !stopped(); await delay(TICK_MS)) {
    const due = Math.floor(((performance.now() - begun) * perSecond) / 1000);
    for (; n < due; n++) {
      const device = (n >> 1) % DEVICES;
      if (n % 2 === 0) {
        const seq = counts[device] ?? 0;
        counts[device] = seq + 1;
        send(device, countingTopic(device), { seq, time: new Date().toISOString() });
      } else {
        const own = times[device] ?? [];
        const time = Math.max(Date.now(), (own.at(-1) ?? 0) + 1);
        send(device, timingTopic(device), { last_seen: time, temperature: timed(own.length) / 100 });
        own.push(time);
      }
    }
  }
  while (publishers.some((p) => p.unacknowledged > 0)) await delay(TICK_MS);
  for (const publisher of publishers) publisher[Symbol.dispose]();
  return { counts, times };
}

const [port = 0, perSecond = 0] = process.argv.slice(2).map(Number);
let stopped = false;
process.once('message', () => (stopped = true));
process.send?.(await run(port, perSecond, () => stopped), () => process.disconnect());
