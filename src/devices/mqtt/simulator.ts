import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '../port.ts';
import { MqttClient } from './client.ts';
import { fill } from './profile.ts';
import type { Model, Sent } from './simulated-model.ts';
import { MODELS } from './simulated-payloads.ts';

/** A device that is not there: what it would be, and where it speaks. */
export type SimulatedDevice = {
  readonly id: string;
  /** Profile whose payloads it sends. */
  readonly profile: string;
  readonly topic: string;
  readonly address?: string;
  readonly everyMs: number;
  /** First values by channel, scaled as in the profile. */
  readonly values: Readonly<Record<string, number>>;
  readonly user?: string;
  readonly password?: string;
};

const FAULTS = [
  'silent',
  'offline',
  'duplicate-key',
  'nonsense',
  'future',
  'ancient',
  'oversize',
  'unknown-topic',
  'repeat',
  'flood',
] as const;
type Fault = (typeof FAULTS)[number];

const HOUR_MS = 3_600_000;
const FLOOD = 500;
/** What a device remembers while nobody acknowledges. */
const RING = 1000;

/** Starts devices that are real MQTT clients of the broker at host and port. */
export function simulateMqtt(host: string, port: number, devices: readonly SimulatedDevice[]): Simulator {
  const running = new Map(devices.map((d) => [d.id, new Running(host, port, d)]));
  const find = (id: string): Running => {
    const device = running.get(id);
    if (device === undefined) throw new Error(`no simulated device ${id}`);
    return device;
  };
  return {
    faults: FAULTS,
    set: (device, channel, v) => find(device).set(channel, v),
    fault: (device, name) => find(device).setFault(faultOf(name)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running.values()].map((d) => d.stop()));
    },
  };
}

function faultOf(name: string | null): Fault | null {
  const fault = FAULTS.find((f) => f === name) ?? null;
  if (fault === null && name !== null) throw new Error(`no fault ${name}; there are ${FAULTS.join(', ')}`);
  return fault;
}

class Running {
  readonly #device: SimulatedDevice;
  readonly #model: Model;
  readonly #values: Map<string, number>;
  readonly #client: MqttClient;
  readonly #timer: NodeJS.Timeout;
  readonly #ring: Sent[] = [];
  #on = new AbortController();
  #session: Promise<void>;
  #draining: Promise<void> | null = null;
  #fault: Fault | null = null;
  #no = 0;
  #stopped = false;

  constructor(host: string, port: number, device: SimulatedDevice) {
    const model = MODELS[device.profile];
    if (model === undefined) throw new Error(`no simulated payload for profile ${device.profile}`);
    this.#device = device;
    this.#model = model;
    this.#values = new Map(Object.entries(device.values));
    const { availability, orders } = model;
    const topicOf = (template: string) => fill(template, { topic: device.topic });
    const session = {
      clientId: `sim-${device.id}`,
      version: 4 as const,
      user: device.user ?? null,
      password: device.password ?? null,
      filters: orders === undefined ? [] : [topicOf(orders.topic)],
      maxPacket: 8192,
      ...(availability && { will: { topic: topicOf(availability.topic), payload: availability.offline } }),
    };
    this.#client = new MqttClient(
      { host, port, tls: null, session },
      {
        message: (_topic, payload, _retained, committed) => {
          committed();
          this.#obey(Buffer.from(payload).toString());
        },
        oversize: (_packet, committed) => committed(),
        denied: () => undefined,
        lost: () => undefined,
        ready: () => {
          if (availability !== undefined)
            this.#send({ topic: topicOf(availability.topic), payload: availability.online });
          this.#report();
        },
      },
    );
    this.#session = this.#client.run(this.#on.signal);
    this.#timer = setInterval(() => this.#report(), device.everyMs);
  }

  set(channel: string, v: number): void {
    this.#values.set(channel, v);
    if (this.#model.eager) this.#report();
  }

  setFault(fault: Fault | null): void {
    const back = this.#fault === 'offline' && fault !== 'offline';
    this.#fault = fault;
    if (fault === 'offline') {
      // Without a DISCONNECT, as when the power goes: the broker sends the last will.
      this.#client.cut();
      this.#on.abort();
    } else if (back) {
      this.#on = new AbortController();
      const { signal } = this.#on;
      this.#session = this.#session.then(() => this.#client.run(signal));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#on.abort();
    await this.#session;
    await this.#draining;
  }

  #obey(payload: string): void {
    const state = this.#model.orders?.read(payload) ?? null;
    if (state === null || this.#fault === 'silent') return;
    this.#values.set('state', state);
    const said = this.#model.confirm?.(state, this.#moment(0));
    if (said !== undefined) this.#send(said);
  }

  #moment(shiftMs: number) {
    const { topic, address = '' } = this.#device;
    return { topic, address, at: Date.now() + shiftMs, no: ++this.#no };
  }

  #report(): void {
    const fault = this.#fault;
    if (fault === 'silent' || fault === 'offline') return;
    const shift = fault === 'future' ? HOUR_MS : fault === 'ancient' ? -2 * 8784 * HOUR_MS : 0;
    const sent = this.#model.report(this.#values, this.#moment(shift));
    if (fault === 'flood') this.#flood();
    else for (const message of SPOILED[fault ?? 'silent']?.(sent) ?? [sent]) this.#send(message);
  }

  /** As fast as it can, without waiting for anybody. */
  #flood(): void {
    for (let i = 0; i < FLOOD; i++) {
      const { topic, payload } = this.#model.report(this.#values, this.#moment(0));
      // Whoever cuts us off is right.
      this.#client.publish(topic, payload).catch(() => undefined);
    }
  }

  #send(message: Sent): void {
    if (this.#ring.length < RING) this.#ring.push(message);
    this.#draining ??= this.#drain().finally(() => (this.#draining = null));
  }

  /** In order, each until it is acknowledged: what a device with a ring memory does. */
  async #drain(): Promise<void> {
    for (let next = this.#ring[0]; next !== undefined && !this.#stopped; next = this.#ring[0]) {
      const { topic, payload } = next;
      const done = await this.#client.publish(topic, payload).then(
        () => true,
        () => false,
      );
      if (done) this.#ring.shift();
      else await delay(100);
    }
  }
}

/** What goes out instead of the good message; faults that are not here change no message. */
const SPOILED: Partial<Record<Fault, (sent: Sent) => readonly Sent[]>> = {
  'duplicate-key': ({ topic, payload }) => [{ topic, payload: payload.replace(/^\{("[^"]+":)/, '{$10,$1') }],
  nonsense: ({ topic, payload }) => [
    { topic, payload: payload.replace(/:(-?\d[\d.]*|true|false|"[^"]*")/, ':"banana"') },
  ],
  oversize: ({ topic }) => [{ topic, payload: `{"x":"${'x'.repeat(20_000)}"}` }],
  'unknown-topic': ({ topic, payload }) => [{ topic: `${topic}/nobody-knows`, payload }],
  repeat: (sent) => [sent, sent],
};
