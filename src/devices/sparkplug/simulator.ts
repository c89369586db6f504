import { setTimeout as delay } from 'node:timers/promises';
import { formatScaled, type Decimal } from '../../domain/units.ts';
import { MqttClient } from '../mqtt/client.ts';
import type { Simulator } from '../port.ts';
import { decodePayload, encodePayload, type Metric, type WireValue } from './codec.ts';
import { DataType } from './metric-value.ts';
import type { MetricField, PlannedDevice, SparkplugPlan } from './plan.ts';
import { REBIRTH } from './rebirth.ts';
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
          filters: [orderTopic(group, node)],
          maxPacket: 65_536,
          will: {
            topic: topicOf({ group, kind: 'NDEATH', node, device: null }),
            payload: this.#death(this.#bdSeq),
          },
        },
      },
      {
        message: (_topic, payload, _retained, committed) => {
          committed();
          this.#obey(payload);
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

  #obey(bytes: Uint8Array): void {
    const decoded = decodePayload(bytes);
    const wanted =
      decoded.ok && decoded.payload.metrics.some((m) => m.name === REBIRTH && m.value?.v === true);
    if (wanted && this.#fault !== 'no-rebirth') this.#bear();
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

/** A stream's value as its metric says it: a word, or a number before scale and offset. */
function valueOf({ rule }: MetricField, v: number): { datatype: number; value: WireValue } {
  if (rule.words !== null) {
    const word = [...rule.words].find(([, own]) => own === v)?.[0] ?? '';
    return word === 'true' || word === 'false'
      ? { datatype: DataType.boolean, value: { is: 'boolean', v: word === 'true' } }
      : { datatype: DataType.string, value: { is: 'string', v: word } };
  }
  const said = (Number(formatScaled(v, rule.exp)) - numberOf(rule.offset, 0)) / numberOf(rule.scale, 1);
  return { datatype: DataType.double, value: { is: 'double', v: said } };
}

function numberOf(d: Decimal | null, none: number): number {
  return d === null ? none : d.digits * 10 ** d.exp;
}
