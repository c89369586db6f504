import type { Arrival, CommandOrderTo } from '../../domain/device.ts';
import { configured, shipped, until } from '../modbus/rig.fixture.ts';
import { foreignBroker } from '../mqtt/foreign-broker.fixture.ts';
import type { Simulator } from '../port.ts';
import { sparkplug } from './driver.ts';
import { planSparkplug } from './plan.ts';
import { simulateSparkplug } from './simulator.ts';

export const device = (id: string) => ({
  id,
  group: 'ColdChain',
  node: 'gw1',
  device: id,
  profile: 'sparkplug-cold-room',
  every: '1s',
  'max-gap': '60s',
});

const entry = (port: number): Record<string, unknown> => ({
  id: 'plant',
  driver: 'sparkplug',
  url: `mqtt://127.0.0.1:${port}`,
  reorder: '300ms',
  'rebirth-spacing': '1s',
  devices: [device('freezer-1'), device('freezer-2')],
});

/** A broker, a gateway that listens there, and nodes. */
export class World implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  readonly broker: Awaited<ReturnType<typeof foreignBroker>>;
  /** What the gateway asked of nodes. */
  readonly orders: string[] = [];
  readonly states: string[] = [];
  stop: () => Promise<void> = () => Promise.resolve();
  command: (device: string, order: CommandOrderTo) => Promise<void> = () =>
    Promise.reject(new Error('closed'));
  readonly #stack: AsyncDisposableStack;

  private constructor(broker: World['broker'], stack: AsyncDisposableStack) {
    this.broker = broker;
    this.#stack = stack;
  }

  static async open(more: Record<string, unknown> = {}): Promise<World> {
    const stack = new AsyncDisposableStack();
    const broker = stack.use(await foreignBroker());
    const world = new World(broker, stack);
    await broker.hear('spBv1.0/+/NCMD/#', (topic) => void world.orders.push(topic));
    await broker.hear('spBv1.0/STATE/#', (_topic, payload) => void world.states.push(String(payload)));
    const open = stack.use(
      configured(sparkplug, { ...entry(broker.port), ...more }).open({
        now: () => Date.now(),
        log: () => undefined,
        secret: () => Promise.reject(new Error('no secrets here')),
      }),
    );
    const stop = new AbortController();
    world.command = (to, what) =>
      open.command?.(to, what, stop.signal) ?? Promise.reject(new Error('takes none'));
    const [source] = open.pushing;
    const sink = (arrival: Arrival): void => {
      world.arrivals.push(arrival);
      queueMicrotask(() => arrival.committed?.());
    };
    const listening = source?.subscribe(sink, stop.signal);
    world.stop = async () => {
      stop.abort();
      await listening;
    };
    stack.defer(() => world.stop());
    await until(() => world.health.includes('plant ok'));
    return world;
  }

  node(devices?: readonly unknown[]): Simulator {
    const raw = entry(this.broker.port);
    const plan = planSparkplug(devices === undefined ? raw : { ...raw, devices }, shipped);
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    return this.#stack.use(simulateSparkplug(plan.value, '127.0.0.1', this.broker.port));
  }

  get health(): string[] {
    return this.arrivals.flatMap((a) => (a.health ?? []).map((h) => `${h.device} ${h.reason}`));
  }

  get refusals(): string[] {
    return this.arrivals.flatMap((a) => (a.refusals ?? []).map((r) => `${r.device}: ${r.detail}`));
  }

  readings(stream: string) {
    return this.arrivals.flatMap((a) => a.readings).filter((r) => r.stream === stream);
  }

  last(stream: string): number | null | undefined {
    return this.readings(stream).at(-1)?.v;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
