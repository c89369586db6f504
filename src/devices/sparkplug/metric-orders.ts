import type { CommandOrderTo } from '../../domain/device.ts';
import { DeviceError } from '../../domain/errors.ts';
import { before } from '../mqtt/orders.ts';
import type { Publish } from '../mqtt/subscription.ts';
import { encodePayload } from './codec.ts';
import type { EdgeNode, Named } from './edge-node.ts';
import { isSaid, wireOf, type Wanted } from './metric-value.ts';
import type { PlannedDevice } from './plan.ts';
import { orderTopic } from './topic.ts';

/** A node that does not say within this that it obeyed has not, ms. */
const LONGEST_MS = 10_000;

type Waiting = { readonly key: string; readonly wanted: Wanted; readonly done: () => void };

/**
 * Writes metrics of devices through their edge node (DCMD), or of the node itself (NCMD), and waits until the
 * node says that the metric is so: an order that a broker took has moved nothing yet.
 */
export class MetricOrders {
  readonly #publish: Publish;
  readonly #now: () => number;
  readonly #waiting = new Set<Waiting>();
  /** What metrics that take orders said last, by device and name. */
  readonly #said = new Map<string, Named>();

  /** @param now evidence time, ms */
  constructor(publish: Publish, now: () => number) {
    this.#publish = publish;
    this.#now = now;
  }

  /** @throws DeviceError REFUSED before anything is sent, TIMEOUT when the node did not say that it is so */
  async carryOut(
    device: PlannedDevice,
    node: EdgeNode,
    order: CommandOrderTo,
    signal: AbortSignal,
  ): Promise<void> {
    const command = device.commands.get(order.verb);
    if (command === undefined) throw new DeviceError('REFUSED', `${device.id} does not know ${order.verb}`);
    const left = Math.min(order.expiresAt - this.#now(), LONGEST_MS);
    if (left <= 0) throw new DeviceError('REFUSED', `order ${order.id} expired ${-left} ms ago`);
    const { metric, value } = command;
    const datatype = node.typeOf(device.device, metric);
    if (datatype === null) throw new DeviceError('REFUSED', `no birth of ${device.id} tells of ${metric}`);
    const wire = wireOf(value, datatype);
    if (wire === null)
      throw new DeviceError('REFUSED', `${metric} is of type ${datatype}, which ${value} is not`);
    const timestamp = BigInt(this.#now());
    const written = { ...PLAIN, name: metric, timestamp, datatype, value: wire };
    const payload = encodePayload({ timestamp, metrics: [written], seq: null });
    const late = AbortSignal.any([signal, AbortSignal.timeout(left)]);
    const { waiting, promise } = this.#expect(keyOf(device.id, metric), value);
    try {
      await before(
        late,
        this.#publish(orderTopic(device.group, device.node, device.device), payload),
        () => `no answer from the broker to ${order.verb} of ${device.id} within ${left} ms`,
      );
      // A node reports changes only: what is so already it does not tell again.
      const last = this.#said.get(waiting.key);
      if (last !== undefined && isSaid(value, last)) return;
      await before(
        late,
        promise,
        () => `${device.id} did not say within ${left} ms that ${metric} is ${value}`,
      );
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  /** A node told of its metrics. What is historical says nothing of now. */
  heard(device: PlannedDevice, metrics: readonly Named[]): void {
    if (device.commands.size === 0) return;
    for (const named of metrics) {
      if (named.metric.isHistorical) continue;
      const key = keyOf(device.id, named.name);
      this.#said.set(key, named);
      for (const waiting of this.#waiting)
        if (waiting.key === key && isSaid(waiting.wanted, named)) waiting.done();
    }
  }

  /** Nothing is known of a device any more. */
  forget({ id, commands }: PlannedDevice): void {
    for (const { metric } of commands.values()) this.#said.delete(keyOf(id, metric));
  }

  #expect(key: string, wanted: Wanted) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting: Waiting = { key, wanted, done: resolve };
    this.#waiting.add(waiting);
    return { waiting, promise };
  }
}

function keyOf(device: string, metric: string): string {
  return `${device} ${metric}`;
}

const PLAIN = {
  alias: null,
  isHistorical: false,
  isTransient: false,
  isNull: false,
  quality: null,
} as const;
