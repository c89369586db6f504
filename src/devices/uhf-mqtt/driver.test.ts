import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../domain/device.ts';
import { configured, until } from '../modbus/rig.fixture.ts';
import { foreignBroker } from '../mqtt/foreign-broker.fixture.ts';
import type { Driver, Simulator } from '../port.ts';
import { impinjIot, zebraIot } from './driver.ts';
import type { EventFormat } from './events.ts';
import { impinj } from './impinj.ts';
import { planTags } from './plan.ts';
import { epcOf, simulateReaders } from './simulator.ts';
import { zebra } from './zebra.ts';

const REFERENCE = 'e28011700000020f00000001';

const entry = (driver: string, port: number): Record<string, unknown> => ({
  id: 'readers',
  driver,
  url: `mqtt://127.0.0.1:${port}`,
  readers: [
    {
      id: 'r',
      topics: ['site/r/data', 'site/r/events'],
      will: { topic: 'site/r/will', says: 'offline' },
      timeout: '1s',
      every: '1s',
      settle: '300ms',
      gone: '600ms',
      reference: [REFERENCE.toUpperCase()],
      points: [
        { name: 'dock', antennas: [1, 2] },
        { name: 'shelf', antennas: [3] },
      ],
    },
  ],
});

class World implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  readonly broker: Awaited<ReturnType<typeof foreignBroker>>;
  readonly #stack: AsyncDisposableStack;

  private constructor(broker: World['broker'], stack: AsyncDisposableStack) {
    this.broker = broker;
    this.#stack = stack;
  }

  static async open(driver: Driver): Promise<World> {
    const stack = new AsyncDisposableStack();
    const broker = stack.use(await foreignBroker());
    const world = new World(broker, stack);
    const open = stack.use(
      configured(driver, entry(driver.name, broker.port)).open({
        now: () => Date.now(),
        log: () => undefined,
        secret: () => Promise.reject(new Error('no secrets here')),
      }),
    );
    const stop = new AbortController();
    const sink = (arrival: Arrival): void => {
      world.arrivals.push(arrival);
      queueMicrotask(() => arrival.committed?.());
    };
    const listening = open.pushing[0]?.subscribe(sink, stop.signal);
    stack.defer(async () => {
      stop.abort();
      await listening;
    });
    await until(() => world.health.includes('readers ok'));
    return world;
  }

  reader(driver: Driver, format: EventFormat): Simulator {
    const plan = planTags(entry(driver.name, this.broker.port));
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    return this.#stack.use(simulateReaders(plan.value, format, '127.0.0.1', this.broker.port));
  }

  get health(): string[] {
    return this.arrivals.flatMap((a) => (a.health ?? []).map((h) => `${h.device} ${h.reason}`));
  }

  get refusals(): string[] {
    return this.arrivals.flatMap((a) => (a.refusals ?? []).map((r) => `${r.device}: ${r.detail}`));
  }

  get observations() {
    return this.arrivals.flatMap((a) => a.observations ?? []);
  }

  /** EPCs seen at a point, each once. */
  seen(point: string): string[] {
    const own = this.observations.filter((o) => o.stream === `r/${point}`);
    return [...new Set(own.map((o) => Buffer.from(o.epc).toString('hex')))].sort();
  }

  /** How many tags were last said to be at a point; undefined while nothing was said. */
  tags(point: string): number | null | undefined {
    return this.arrivals.flatMap((a) => a.readings).findLast((r) => r.stream === `r/${point}-tags`)?.v;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

async function reading(driver: Driver, format: EventFormat): Promise<{ world: World; reader: Simulator }> {
  const world = await World.open(driver);
  const reader = world.reader(driver, format);
  reader.set('r', 'dock-tags', 2);
  await until(() => world.tags('dock') === 2 && world.tags('shelf') === 0);
  return { world, reader };
}

describe.each([
  ['Impinj', impinjIot, impinj, 'r idle'],
  ['Zebra', zebraIot, zebra, 'r inactive'],
] as const)('a reader of %s', (_, driver, format, idle) => {
  it('tells tags that come, stay and go; the reference tag is none', async () => {
    const { world, reader } = await reading(driver, format);
    await using _world = world;
    expect(world.health).toEqual(['readers ok', 'r ok']);
    expect(world.seen('dock')).toEqual([epcOf(0, 0), epcOf(0, 1)]);
    expect(world.observations[0]).toMatchObject({
      stream: 'r/dock',
      antenna: 1,
      rssi: -6100,
      q: 0,
      tid: null,
    });
    reader.set('r', 'dock-tags', 1);
    reader.set('r', 'shelf-tags', 1);
    await until(() => world.tags('dock') === 1 && world.tags('shelf') === 1);
    expect(world.seen('shelf')).toEqual([epcOf(1, 0)]);
    await until(() =>
      world.arrivals.some((a) => a.rounds?.some((r) => r.stream === 'r/shelf' && r.distinct === 1)),
    );
    // Five reads a second are one observation a second.
    expect(world.observations.length).toBeLessThan(12);
    expect(world.refusals).toEqual([]);
  });

  it('that stops reading knows of no tags; wrong EPCs are none; antennas and overflows are told', async () => {
    const { world, reader } = await reading(driver, format);
    await using _world = world;
    const seen = world.seen('dock');
    reader.fault('r', 'wrong-epc');
    await until(() =>
      world.refusals.some((r) => /^r: (?:epcHex|idHex) is "307G", no hex of whole bytes$/.test(r)),
    );
    reader.fault('r', 'antenna-lost');
    await until(() => world.health.at(-1) === 'r antenna 1 is not connected');
    reader.fault('r', null);
    await until(() => world.health.at(-1) === 'r ok');
    reader.fault('r', 'overflow');
    await until(() => world.health.at(-1)?.includes('reads are lost') === true);
    reader.fault('r', 'idle');
    await until(() => world.health.at(-1) === idle && world.tags('dock') === null);
    expect(world.tags('shelf')).toBeNull();
    reader.fault('r', null);
    await until(() => world.tags('dock') === 2);
    expect(world.seen('dock')).toEqual(seen);
  });
});

describe('a reader', () => {
  it('that is silent, or gone by its will: nothing is known of the tags, and it is well again after', async () => {
    const { world, reader } = await reading(impinjIot, impinj);
    await using _ = world;
    for (const [fault, health] of [
      ['offline', 'r offline'],
      ['silent', 'r timeout'],
    ] as const) {
      reader.fault('r', fault);
      await until(() => world.health.at(-1) === health && world.tags('dock') === null);
      expect(world.tags('shelf')).toBeNull();
      reader.fault('r', null);
      await until(() => world.health.at(-1) === 'r ok' && world.tags('dock') === 2);
    }
  });

  it('refuses nonsense, the future and unknown antennas by name, and counts none of them', async () => {
    const { world, reader } = await reading(impinjIot, impinj);
    await using _ = world;
    const seen = world.seen('dock');
    for (const [fault, refusal] of [
      ['nonsense', /^r: .* at offset \d+$/],
      ['future', /^r: time .* in the future$/],
      ['unknown-antenna', /^r: antenna 64 belongs to no read point$/],
    ] as const) {
      reader.fault('r', fault);
      await until(() => world.refusals.some((r) => refusal.test(r)));
    }
    reader.fault('r', null);
    await until(() => world.tags('dock') === 2);
    expect(world.seen('dock')).toEqual(seen);
  });

  it('whose broker is away comes back with it', async () => {
    const { world } = await reading(impinjIot, impinj);
    await using _ = world;
    world.broker.cut();
    await until(() => world.health.length >= 4);
    expect(world.health.slice(2, 4)).toEqual(['readers port-lost', 'r port-lost']);
    await until(() => world.health.at(-1) === 'r ok' && world.tags('dock') === 2, 10_000);
  });
});

it('a life sign alone does not say that no tag is there', async () => {
  await using world = await World.open(zebraIot);
  await world.broker.say('site/r/events', '{"type":"HEARTBEAT"}');
  await world.broker.say(
    'site/r/events',
    '{"type":"heartbeat","data":{"radio_control":{"antennas":{"1":"connected"}}}}',
  );
  await world.broker.say('site/r/data', '[]');
  await world.broker.say('site/r/data', '{"type":"SIMPLE","data":{"idHex":"e200"}}');
  await until(() => world.refusals.length > 0);
  expect(world.refusals).toEqual(['r: a read without an antenna, and the reader has several']);
  expect([world.tags('dock') ?? null, world.tags('shelf') ?? null]).toEqual([null, null]);
});

it('a will that is retained counts, an event that is retained does not', async () => {
  await using world = await World.open(impinjIot);
  world.broker.cut();
  await until(() => world.health.includes('readers port-lost'));
  await world.broker.say('site/r/will', 'offline', true);
  await world.broker.say('site/r/data', '{"inventoryStatusEvent":{"inventoryStatus":"running"}}', true);
  await until(() => world.refusals.length > 0 || world.health.includes('r offline'), 10_000);
  await until(() => world.health.includes('r offline'), 10_000);
  expect(world.health).not.toContain('r ok');
});
