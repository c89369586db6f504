import { describe, expect, it } from 'vitest';
import type { Checked } from '../../domain/errors.ts';
import type { Arrival } from '../../domain/device.ts';
import { Cable, configured, hasSocat, ifSocat, until } from '../modbus/rig.fixture.ts';
import type { Connection, Driver, OpenConnection, Simulator } from '../port.ts';
import type { TalkerLine } from './settings.ts';
import { simulateTalker } from './simulator.ts';
import type { TalkingModel } from './simulator.ts';

/** A driver, its plan, and the device that stands at the other end of its wire. */
export type Subject<P> = {
  readonly driver: Driver;
  readonly plan: (raw: unknown) => Checked<P>;
  readonly model: (plan: P) => TalkingModel;
  /** The entry without where its line is. */
  readonly entry: Readonly<Record<string, unknown>>;
};

type Planned = { readonly talker: { readonly line: TalkerLine } };

/** What an open connection tells. */
class Told implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  readonly #open: OpenConnection;
  readonly #stop = new AbortController();
  readonly #listening: Promise<unknown>;

  constructor(connection: Connection) {
    this.#open = connection.open({
      now: () => Date.now(),
      log: () => undefined,
      secret: () => Promise.reject(new Error('no secrets here')),
    });
    this.#listening = Promise.all(
      this.#open.pushing.map((p) => p.subscribe((a) => void this.arrivals.push(a), this.#stop.signal)),
    );
  }

  /** All readings of a channel, as `v` or `v/q`. */
  readings(channel: string): string[] {
    return this.arrivals
      .flatMap((a) => a.readings)
      .filter((r) => r.stream.endsWith(`/${channel}`))
      .map((r) => `${r.v}${r.q === 0 ? '' : `/${r.q}`}`);
  }

  last(channel: string): string | undefined {
    return this.readings(channel).at(-1);
  }

  get health(): string[] {
    return this.arrivals.flatMap((a) => a.health ?? []).map((h) => h.reason);
  }

  get refusals(): string[] {
    return this.arrivals.flatMap((a) => a.refusals ?? []).map((r) => `${r.code} ${r.detail}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#open[Symbol.asyncDispose]();
    await this.#listening;
  }
}

export type World = AsyncDisposable & { readonly told: Told; readonly simulator: Simulator };

function planned<P>(subject: Subject<P>, raw: unknown): P {
  const plan = subject.plan(raw);
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  return plan.value;
}

async function overTcp<P extends Planned>(subject: Subject<P>): Promise<World> {
  const stack = new AsyncDisposableStack();
  const usual = { ...subject.entry, host: '127.0.0.1', port: 1 };
  const plan = planned(subject, usual);
  const at = { host: '127.0.0.1', port: 0 };
  const simulator = stack.use(await simulateTalker(subject.model(plan), plan.talker.line, at));
  const told = stack.use(new Told(configured(subject.driver, { ...usual, port: simulator.port })));
  return { told, simulator, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function overSerial<P extends Planned>(subject: Subject<P>): Promise<World> {
  const stack = new AsyncDisposableStack();
  const cable = stack.use(new Cable());
  await cable.plug();
  const entry = { ...subject.entry, port: cable.near };
  const plan = planned(subject, entry);
  const place = { path: cable.far };
  const simulator = stack.use(await simulateTalker(subject.model(plan), plan.talker.line, place));
  const told = stack.use(new Told(configured(subject.driver, entry)));
  return { told, simulator, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Runs the same tests over a real TCP connection and over a real pseudo-terminal. */
export function onBothWires<P extends Planned>(
  subject: Subject<P>,
  tests: (open: () => Promise<World>) => void,
): void {
  describe('over TCP', () => {
    tests(() => overTcp(subject));

    it('half-open: a new connection is made, and it is heard again', async () => {
      await using world = await overTcp(subject);
      const { told, simulator } = world;
      const device = String(subject.entry['id']);
      await until(() => told.health.includes('ok'));
      simulator.fault(device, 'half-open');
      await until(() => told.health.length === 3);
      // That this end hung up is no news.
      expect(told.health).toEqual(['ok', 'timeout', 'ok']);
    });
  });
  describe.skipIf(!hasSocat)(`over a serial line${ifSocat}`, () => tests(() => overSerial(subject)));
}

/**
 * The faults that any talker may have, each told and each over again.
 * @param channel one that has a value while the device is well
 */
export function faultsOfAnyTalker<P extends Planned>(
  subject: Subject<P>,
  open: () => Promise<World>,
  channel: string,
): void {
  const device = String(subject.entry['id']);

  it.each([
    ['silent', 'timeout', ''],
    ['wrong-baud', 'malformed', 'bytes in which no frame begins'],
  ])('%s: streams without a value, unwell, and well again after', async (fault, reason, refusal) => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.last(channel) !== undefined);
    const before = told.last(channel);
    simulator.fault(device, fault);
    await until(() => told.health.includes(reason) && told.last(channel) === 'null');
    if (refusal !== '') expect(told.refusals.at(-1)).toContain(refusal);
    simulator.fault(device, null);
    await until(() => told.health.at(-1) === 'ok' && told.last(channel) === before);
  });

  it('short-frame: refused by name, unwell after three, and well again after', async () => {
    await using world = await open();
    const { told, simulator } = world;
    await until(() => told.health.includes('ok'));
    simulator.fault(device, 'short-frame');
    // It may have been silent long enough before the third.
    await until(() => /^(malformed|checksum)$/.test(told.health.at(-1) ?? ''));
    expect(told.refusals.length).toBeGreaterThanOrEqual(3);
    simulator.fault(device, null);
    await until(() => told.health.at(-1) === 'ok');
  });

  it('noise between the frames costs none of them', async () => {
    await using world = await open();
    const { told, simulator } = world;
    simulator.fault(device, 'noise');
    await until(() => told.health.includes('ok'));
    // Longer than the time-out: it is heard all the while.
    await until(() => told.readings(channel).length >= 2);
    expect(told.readings(channel)).not.toContain('null');
  });
}
