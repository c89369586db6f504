import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { generate, parser, type Packet } from 'mqtt-packet';
import type { Crossing, LoadOrder, LoadReport } from './load-order.ts';
import { DEVICES, topicOf } from './site.ts';

/**
 * The load generator, a process of its own: many sessions at one broker, QoS 1, zigbee2mqtt climate
 * payloads at a steady rate. It keeps the schedule whatever the gateway does (an open loop), so a
 * stall of the gateway is not hidden by a generator that waits for it.
 */

/** Every so many messages one lies above the limit; prime, so that all devices take turns. */
export const CROSS_EVERY = 251;
const SESSIONS = 8;
const TICK_MS = 2;

class Publisher {
  readonly #socket: Socket;
  #id = 0;
  #unacknowledged = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(port: number, name: string): Promise<Publisher> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const publisher = new Publisher(socket);
    const incoming = parser({ protocolVersion: 4 });
    const welcome = Promise.withResolvers<void>();
    incoming.on('packet', ({ cmd }: Packet) => {
      if (cmd === 'connack') welcome.resolve();
      else if (cmd === 'puback') publisher.#unacknowledged--;
    });
    socket.on('data', (chunk: Buffer) => incoming.parse(chunk));
    await once(socket, 'connect');
    const session = {
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: name,
      clean: true,
      keepalive: 0,
    } as const;
    socket.write(generate({ cmd: 'connect', ...session }));
    await welcome.promise;
    return publisher;
  }

  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  publish(topic: string, text: string): void {
    this.#id = (this.#id % 0xffff) + 1;
    this.#unacknowledged++;
    const head = { cmd: 'publish', qos: 1, dup: false, retain: false, messageId: this.#id } as const;
    this.#socket.write(generate({ ...head, topic, payload: text }));
  }

  /** What is published from here on leaves in one write. */
  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  close(): void {
    this.#socket.end(generate({ cmd: 'disconnect' }));
  }
}

export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A climate sensor's message as Zigbee2MQTT 2 writes it. */
function payload(n: number, time: number, crosses: boolean): string {
  const temperature = crosses ? 8.6 + (n % 7) / 100 : 4 + (n % 190) / 100;
  const humidity = 45 + (n % 1500) / 100;
  return `{"battery":${60 + (n % 40)},"humidity":${humidity.toFixed(2)},"last_seen":${time},"linkquality":${80 + (n % 120)},"temperature":${temperature.toFixed(2)},"voltage":2900}`;
}

async function run(publishers: readonly Publisher[], { rate, messages }: LoadOrder): Promise<LoadReport> {
  const sent: number[][] = Array.from({ length: DEVICES }, () => []);
  const crossings: Crossing[] = [];
  const begun = monotonicMs();
  let behindMs = 0;
  let n = 0;
  while (n < messages) {
    const due = Math.min(messages, Math.floor(((monotonicMs() - begun) * rate) / 1000));
    if (due > n) behindMs = Math.max(behindMs, ((due - n) * 1000) / rate);
    const wall = Date.now();
    for (const p of publishers) p.cork();
    const crossed: number[] = [];
    for (; n < due; n++) {
      const device = n % DEVICES;
      const times = sent[device] ?? [];
      const time = Math.max(wall, (times.at(-1) ?? 0) + 1);
      times.push(time);
      // The first message of each device only wakes it up.
      const crosses = n >= DEVICES && n % CROSS_EVERY === 0;
      if (crosses) crossed.push(device);
      publishers[device % SESSIONS]?.publish(topicOf(device), payload(n, time, crosses));
    }
    const at = monotonicMs();
    for (const device of crossed) crossings.push({ device, at });
    for (const p of publishers) p.uncork();
    await delay(TICK_MS);
  }
  const seconds = (monotonicMs() - begun) / 1000;
  while (publishers.some((p) => p.unacknowledged > 0)) await delay(5);
  return { sent, crossings, begunAt: begun, seconds, behindMs };
}

if (process.send !== undefined) {
  const port = Number(process.argv[2]);
  const publishers = await Promise.all(
    Array.from({ length: SESSIONS }, (_, i) => Publisher.open(port, `load-${process.pid}-${i}`)),
  );
  process.on('message', (order: LoadOrder) => {
    void run(publishers, order).then((report) => process.send?.(report));
  });
  process.on('disconnect', () => publishers.forEach((p) => p.close()));
  process.send('ready');
}
