import { setTimeout as delay } from 'node:timers/promises';
import { MqttClient } from '../mqtt/client.ts';
import type { Simulator } from '../port.ts';
import { decodePayload, encodePayload, type Metric, type WireValue } from './codec.ts';
import { DataType } from './metric-value.ts';
import type { MetricField, PlannedDevice, SparkplugPlan } from './plan.ts';
import { readMetric } from './readings.ts';
import { REBIRTH } from './rebirth.ts';
import { valueOf } from './simulated-value.ts';
import { orderTopic, topicOf, type Kind } from './topic.ts';

const FAULTS = [
  'offline',
  'lost-birth',
  'no-rebirth',
  'seq-gap',
  'reordered',
  'unknown-alias',
  'stale-death',
  'device-death',
  'historical',
  'bad-quality',
  'nonsense',
  'deaf',
] as const;
type Fault = (typeof FAULTS)[number];

const HOUR_MS = 3_600_000;
const RETRY_MS = 200;
const BAD = 0;

/** Starts the edge nodes of a plan: real clients of the broker at host and port, with wills. */
export function simulateSparkplug(plan: SparkplugPlan, host: string, port: number): Simulator {
  const groups = Map.groupBy(plan.devices, (d) => `${d.group}/${d.node}`);
  const nodes = [...groups.values()].map((devices) => new SimulatedNode(devices, host, port));
  const find = (device: string): SimulatedNode => {
    const node = nodes.find((n) => n.has(device));
    if (node === undefined) throw new RangeError(`no simulated device "${device}"`);
    return node;
  };
  return {
    faults: FAULTS,
    set: (device, channel, v) => find(device).set(`${device}/${channel}`, v),
    fault: (device, name) => {
      const fault = FAULTS.find((f) => f === name) ?? null;
      if (fault !== name) throw new RangeError(`no fault "${name}"; there are ${FAULTS.join(', ')}`);
      find(device).setFault(device, fault);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(nodes.map((n) => n.stop()));
    },
  };
}

type Owned = {
  readonly device: PlannedDevice;
  readonly field: MetricField;
  readonly alias: bigint;
  v: number;
};

class SimulatedNode {
  readonly #devices: readonly PlannedDevice[];
  readonly #at: { readonly host: string; readonly port: number };
  readonly #streams = new Map<string, Owned>();
  #session: {
    readonly client: MqttClient;
    readonly stop: AbortController;
    readonly ended: Promise<void>;
  } | null;
  #bdSeq = -1n;
  #seq = 0;
  #fault: Fault | null = null;

  constructor(devices: readonly PlannedDevice[], host: string, port: number) {
    this.#devices = devices;
    this.#at = { host, port };
    for (const device of devices) {
      for (const field of device.fields) {
        const alias = BigInt(this.#streams.size + 1);
        this.#streams.set(field.stream, { device, field, alias, v: 0 });
      }
    }
    this.#session = this.#open();
  }

  has(device: string): boolean {
    return this.#devices.some((d) => d.id === device);
  }

  set(stream: string, v: number): void {
    const own = this.#streams.get(stream);
    if (own === undefined) throw new RangeError(`no simulated stream "${stream}"`);
    if (this.#fault === 'reordered') {
      // The newer message is at the host first.
      const older = this.#data([own]);
      own.v = v;
      const newer = this.#data([own]);
      newer();
      older();
      return;
    }
    own.v = v;
    if (this.#fault === 'seq-gap') this.#seq = (this.#seq + 1) & 0xff;
    this.#data([own])();
  }

  setFault(id: string, fault: Fault | null): void {
    const was = this.#fault;
    this.#fault = fault;
    const device = this.#devices.find((d) => d.id === id);
    if (device === undefined) return;
    if (fault === 'offline') void this.#close(false);
    else if (was === 'offline') this.#session ??= this.#open();
    if (fault === 'lost-birth') this.#session?.client.cut();
    // The broker finds an old connection dead long after the node has come back.
    if (fault === 'stale-death') this.#say('NDEATH', null, this.#death(this.#bdSeq - 1n));
    if (fault === 'device-death' && device.device !== null) {
      this.#say('DDEATH', device.device, this.#payload([]));
    } else if (was === 'device-death' && device.device !== null) this.#bearDevice(device);
  }

  async stop(): Promise<void> {
    await this.#close(true);
  }

  /** A new session: the will is the death of this one, and of no other. */
  #open() {
    this.#bdSeq = (this.#bdSeq + 1n) & 0xffn;
    const [first] = this.#devices;
    if (first === undefined) throw new RangeError('a node without devices');
    const { group, node } = first;
    const stop = new AbortController();
    const client: MqttClient = new MqttClient(
      {
        ...this.#at,
        tls: null,
        session: {
          clientId: `sim-${group}-${node}`,
          version: 4,
          user: null,
          password: null,
          filters: [orderTopic(group, node, null), orderTopic(group, node, '+')],
          maxPacket: 65_536,
          will: {
            topic: topicOf({ group, kind: 'NDEATH', node, device: null }),
            payload: this.#death(this.#bdSeq),
          },
        },
      },
      {
        message: (topic, payload, _retained, committed) => {
          committed();
          this.#obey(topic, payload);
        },
        oversize: (_packet, committed) => committed(),
        denied: () => undefined,
        ready: () => {
          if (this.#fault !== 'lost-birth') this.#bear();
        },
        lost: () => stop.abort(),
      },
    );
    const ended = this.#untilLost(client, stop.signal);
    return { client, stop, ended };
  }

  async #untilLost(client: MqttClient, signal: AbortSignal): Promise<void> {
    await client.run(signal);
    if (this.#session?.client !== client) return;
    await delay(RETRY_MS);
    if (this.#session.client === client) this.#session = this.#open();
  }

  /** @param cleanly an orderly end tells the death itself, because the broker forgets the will */
  async #close(cleanly: boolean): Promise<void> {
    const session = this.#session;
    this.#session = null;
    if (session === null) return;
    if (!cleanly) session.client.cut();
    session.stop.abort();
    await session.ended;
  }

  #obey(topic: string, bytes: Uint8Array): void {
    const decoded = decodePayload(bytes);
    if (!decoded.ok) return;
    for (const metric of decoded.payload.metrics) {
      if (metric.name !== REBIRTH) this.#write(topic, metric);
      else if (metric.value?.v === true && this.#fault !== 'no-rebirth') this.#bear();
    }
  }

  /** An output becomes what the order says, and the node reports it when that is a change. */
  #write(topic: string, metric: Metric): void {
    const own = [...this.#streams.values()].find(
      ({ device, field }) =>
        field.metric === metric.name && orderTopic(device.group, device.node, device.device) === topic,
    );
    if (own === undefined || metric.datatype === null || this.#fault === 'deaf') return;
    const named = { name: own.field.metric, datatype: metric.datatype, metric };
    const read = readMetric(named, own.field, { timestamp: null, isBirth: false }, Date.now());
    if (read.ok && read.reading.v !== null && read.reading.v !== own.v)
      this.set(own.field.stream, read.reading.v);
  }

  #bear(): void {
    this.#seq = 0;
    const own = { ...PLAIN, timestamp: BigInt(Date.now()) };
    const node = this.#devices.find((d) => d.device === null);
    this.#say(
      'NBIRTH',
      null,
      this.#payload([
        { ...own, name: 'bdSeq', datatype: DataType.int64, value: { is: 'long', v: this.#bdSeq } },
        { ...own, name: REBIRTH, datatype: DataType.boolean, value: { is: 'boolean', v: false } },
        ...(node === undefined ? [] : this.#metricsOf(node)),
      ]),
    );
    for (const device of this.#devices) if (device.device !== null) this.#bearDevice(device);
  }

  #bearDevice(device: PlannedDevice): void {
    this.#say('DBIRTH', device.device, this.#payload(this.#metricsOf(device)));
  }

  #metricsOf(device: PlannedDevice): Metric[] {
    return [...this.#streams.values()]
      .filter((own) => own.device === device)
      .map((own) => {
        const value = valueOf(own.field, own.v);
        return {
          ...PLAIN,
          name: own.field.metric,
          alias: own.alias,
          ...value,
          timestamp: BigInt(Date.now()),
        };
      });
  }

  /** The message of these streams' values, and what sends it. */
  #data(streams: readonly Owned[]): () => void {
    const fault = this.#fault;
    const shift = fault === 'historical' ? HOUR_MS : 0;
    const metrics = streams.map(({ field, alias, v }) => ({
      ...PLAIN,
      alias: fault === 'unknown-alias' ? alias + 1000n : alias,
      timestamp: BigInt(Date.now() - shift),
      isHistorical: fault === 'historical',
      quality: fault === 'bad-quality' ? BAD : null,
      value: valueOf(field, v).value,
    }));
    const device = streams[0]?.device.device ?? null;
    const payload = fault === 'nonsense' ? Uint8Array.of(0x0b, 0xff) : this.#payload(metrics);
    return () => this.#say(device === null ? 'NDATA' : 'DDATA', device, payload);
  }

  #payload(metrics: readonly Metric[]): Uint8Array {
    const seq = BigInt(this.#seq);
    this.#seq = (this.#seq + 1) & 0xff;
    return encodePayload({ timestamp: BigInt(Date.now()), metrics, seq });
  }

  #death(bdSeq: bigint): Uint8Array {
    const value: WireValue = { is: 'long', v: BigInt.asUintN(64, bdSeq) };
    const timestamp = BigInt(Date.now());
    const metric = { ...PLAIN, name: 'bdSeq', timestamp, datatype: DataType.int64, value };
    return encodePayload({ timestamp, metrics: [metric], seq: null });
  }

  #say(kind: Kind, device: string | null, payload: Uint8Array): void {
    const [first] = this.#devices;
    if (first === undefined) return;
    const topic = topicOf({ group: first.group, kind, node: first.node, device });
    // A line that went away takes the message with it; the birth after it tells all.
    this.#session?.client.publish(topic, Buffer.from(payload)).catch(() => undefined);
  }
}

const PLAIN: Metric = {
  name: null,
  alias: null,
  timestamp: null,
  datatype: null,
  isHistorical: false,
  isTransient: false,
  isNull: false,
  quality: null,
  value: null,
};
