import type { Arrival, CommandOrderTo, HealthNote, Refusal, Sink } from '../../domain/device.ts';
import { DeviceError } from '../../domain/errors.ts';
import { Quality, type Reading } from '../../domain/reading.ts';
import type { Ear, Publish } from '../mqtt/subscription.ts';
import { decodePayload } from './codec.ts';
import { EdgeNode, type NodeEvent } from './edge-node.ts';
import { MetricOrders } from './metric-orders.ts';
import type { PlannedDevice, SparkplugPlan } from './plan.ts';
import { readMetric } from './readings.ts';
import { rebirthOrder } from './rebirth.ts';
import { orderTopic, readTopic, stateOf, stateTopic } from './topic.ts';

/** What a device said last, and when it was last told, by monotonic time. */
type Last = { v: number | null; q: number; toldAt: number };

type Watched = {
  readonly group: string;
  readonly node: string;
  readonly state: EdgeNode;
  readonly devices: readonly PlannedDevice[];
  /** A birth is wanted, since when the last request for it was sent. */
  wanted: boolean;
  askedAt: number;
};

type Draft = { readings: Reading[]; refusals: Refusal[]; health: HealthNote[] };

/** Bits that say something of a value, not of how it came. */
const OF_THE_VALUE = Quality.outsideRange | Quality.deviceAlarm | Quality.stale;

/**
 * Listens to edge nodes. They report by exception: what one said last stands while it lives, because the
 * broker tells its death, so it is told again every so often; with the death, a gap or a lost
 * connection it is unknown at once.
 */
export class SparkplugSource implements Ear {
  readonly #plan: SparkplugPlan;
  readonly #sink: Sink;
  readonly #publish: Publish;
  readonly #t: () => number;
  readonly #since: number;
  readonly #nodes = new Map<string, Watched>();
  readonly #last = new Map<string, Last>();
  readonly #orders: MetricOrders;
  #isUp = false;

  /** @param t evidence time, ms  @param since when we began to be a host, ms */
  constructor(plan: SparkplugPlan, sink: Sink, publish: Publish, t: () => number, since: number) {
    this.#since = since;
    this.#plan = plan;
    this.#sink = sink;
    this.#publish = publish;
    this.#orders = new MetricOrders(publish, t);
    this.#t = t;
    const now = performance.now();
    for (const [key, devices] of Map.groupBy(plan.devices, (d) => `${d.group}/${d.node}`)) {
      const [first] = devices;
      if (first === undefined) continue;
      const { group, node } = first;
      const state = new EdgeNode(plan.reorderMs);
      this.#nodes.set(key, { group, node, state, devices, wanted: false, askedAt: -Infinity });
      for (const { fields } of devices) {
        for (const { stream } of fields) this.#last.set(stream, { v: null, q: Quality.good, toldAt: now });
      }
    }
  }

  message(topic: string, bytes: Uint8Array, retained: boolean, committed: () => void): void {
    const draft: Draft = { readings: [], refusals: [], health: [] };
    this.#read(topic, bytes, retained, draft);
    this.#deliver(draft, committed);
  }

  refuse(detail: string, committed?: () => void): void {
    const draft: Draft = { readings: [], refusals: [], health: [] };
    this.#refuse(draft, this.#plan.settings.id, 'REFUSED', detail);
    this.#deliver(draft, committed);
  }

  /** @throws DeviceError */
  async command(id: string, order: CommandOrderTo, signal: AbortSignal): Promise<void> {
    for (const { state, devices } of this.#nodes.values()) {
      const device = devices.find((d) => d.id === id);
      if (device !== undefined) return await this.#orders.carryOut(device, state, order, signal);
    }
    throw new DeviceError('REFUSED', `there is no ${id} here`);
  }

  up(): void {
    this.#isUp = true;
    this.#sink({ readings: [], health: [{ device: this.#plan.settings.id, healthy: true, reason: 'ok' }] });
    const { host } = this.#plan;
    // Nodes that wait for their primary host go on now.
    if (host !== null) this.#say(stateTopic(host), Buffer.from(stateOf(true, this.#since)), true);
    // What was said while we were away was said to nobody (births and data have QoS 0).
    for (const watched of this.#nodes.values()) {
      watched.wanted = true;
      watched.askedAt = -Infinity;
    }
    this.tick();
  }

  down(reason: string): void {
    this.#isUp = false;
    const draft: Draft = { readings: [], refusals: [], health: [] };
    draft.health.push({ device: this.#plan.settings.id, healthy: false, reason });
    for (const watched of this.#nodes.values()) {
      watched.state.forget();
      for (const device of watched.devices) this.#lose(device, draft);
    }
    this.#deliver(draft);
  }

  tick(): void {
    const now = performance.now();
    const draft: Draft = { readings: [], refusals: [], health: [] };
    for (const watched of this.#nodes.values()) {
      this.#take(watched, watched.state.tick(now), draft);
      if (this.#isUp && watched.wanted && now - watched.askedAt >= this.#plan.spacingMs) {
        watched.askedAt = now;
        this.#ask(watched);
      }
      for (const device of watched.devices) this.#repeat(device, now, draft);
    }
    this.#deliver(draft);
  }

  #read(topic: string, bytes: Uint8Array, retained: boolean, draft: Draft): void {
    const read = readTopic(topic);
    const watched = read === null ? undefined : this.#nodes.get(`${read.group}/${read.node}`);
    // What is said to nodes is none of ours, whoever says it.
    if (/^spBv1\.0\/[^/]+\/[ND]CMD\//.test(topic)) return;
    if (read === null || watched === undefined) {
      this.#refuse(draft, this.#plan.settings.id, 'REFUSED', `unknown topic ${topic.slice(0, 100)}`);
      return;
    }
    const names = this.#devicesOf(watched, read.device).map((d) => d.id);
    const owner = names[0] ?? this.#plan.settings.id;
    if (retained) {
      this.#refuse(draft, owner, 'REFUSED', `a retained ${read.kind}: nobody knows of when it is`);
      return;
    }
    const decoded = decodePayload(bytes);
    if (!decoded.ok) {
      this.#refuse(draft, owner, 'MALFORMED', `${read.kind}: ${decoded.why}`);
      return;
    }
    const { kind, device } = read;
    const events = watched.state.take({ kind, device, payload: decoded.payload }, performance.now());
    if (kind === 'NBIRTH' && watched.state.isBorn) watched.wanted = false;
    // A node that is gone asks for nothing: it tells its birth by itself.
    if (kind === 'NDEATH' && !watched.state.isBorn) watched.wanted = false;
    this.#take(watched, events, draft);
  }

  #take(watched: Watched, events: readonly NodeEvent[], draft: Draft): void {
    for (const event of events) {
      if (event.is === 'ask') {
        watched.wanted = true;
        continue;
      }
      // What concerns the node concerns all its devices, but for its own values.
      const isOfAll = event.device === null && event.is !== 'values';
      const concerned = isOfAll ? watched.devices : this.#devicesOf(watched, event.device);
      if (event.is === 'refused') {
        const owners = concerned.length === 0 ? [this.#plan.settings.id] : concerned.map((d) => d.id);
        for (const owner of owners) this.#refuse(draft, owner, event.code, event.detail);
        continue;
      }
      for (const device of concerned) {
        if (event.is === 'values') this.#values(device, event, draft);
        else {
          this.#lose(device, draft);
          draft.health.push({ device: device.id, healthy: false, reason: event.why });
        }
      }
    }
  }

  #devicesOf(watched: Watched, device: string | null): PlannedDevice[] {
    return watched.devices.filter((d) => d.device === device);
  }

  #values(device: PlannedDevice, event: Extract<NodeEvent, { is: 'values' }>, draft: Draft): void {
    this.#orders.heard(device, event.metrics);
    if (event.isBirth) draft.health.push({ device: device.id, healthy: true, reason: 'ok' });
    const [t, now] = [this.#t(), performance.now()];
    for (const field of device.fields) {
      const found = event.metrics.filter((m) => m.name === field.metric);
      if (found.length === 0 && event.isBirth) {
        this.#refuse(draft, device.id, 'MALFORMED', `a birth without the metric ${field.metric}`);
        this.#loseStream(field.stream, draft);
      }
      for (const named of found) {
        const read = readMetric(named, field, event, t);
        if (!read.ok) {
          this.#refuse(draft, device.id, read.code, `${field.metric} ${read.why}`);
          continue;
        }
        draft.readings.push(read.reading);
        if (named.metric.isHistorical) continue;
        const { v, q } = read.reading;
        this.#last.set(field.stream, { v, q: q & OF_THE_VALUE, toldAt: now });
      }
    }
  }

  #lose(device: PlannedDevice, draft: Draft): void {
    this.#orders.forget(device);
    for (const { stream } of device.fields) this.#loseStream(stream, draft);
  }

  #loseStream(stream: Reading['stream'], draft: Draft): void {
    this.#last.set(stream, { v: null, q: Quality.good, toldAt: performance.now() });
    draft.readings.push({ stream, v: null, q: Quality.good });
  }

  #repeat({ fields, everyMs }: PlannedDevice, now: number, draft: Draft): void {
    for (const { stream } of fields) {
      const last = this.#last.get(stream);
      if (last === undefined || now - last.toldAt < everyMs) continue;
      last.toldAt = now;
      draft.readings.push({ stream, v: last.v, q: last.q });
    }
  }

  #ask({ group, node }: Watched): void {
    this.#say(orderTopic(group, node, null), rebirthOrder(this.#t()), false);
  }

  #say(topic: string, payload: Uint8Array, retain: boolean): void {
    this.#publish(topic, payload, retain).catch((error: unknown) => {
      // The connection that went away says so itself, and once it is back all is said again.
      if (!(error instanceof DeviceError)) throw error;
    });
  }

  #refuse(draft: Draft, device: string, code: Refusal['code'], detail: string): void {
    draft.refusals.push({ device, stream: null, code, detail });
  }

  #deliver({ readings, refusals, health }: Draft, committed?: () => void): void {
    const isEmpty = readings.length + refusals.length + health.length === 0;
    if (isEmpty && committed === undefined) return;
    const arrival: Arrival = {
      readings,
      refusals,
      health,
      ...(committed === undefined ? {} : { committed }),
    };
    this.#sink(arrival);
  }
}
