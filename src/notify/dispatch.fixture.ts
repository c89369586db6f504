import { setTimeout as wait } from 'node:timers/promises';
import type { OutboxEntry } from '../domain/commit.ts';
import { DeviceError } from '../domain/errors.ts';
import { WARM } from './announcement.fixture.ts';
import { Dispatcher, type DispatchParts } from './dispatch.ts';
import type { Channel, Command, DueEntry, Outcome } from './port.ts';

export const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';

/** The outbox as the journal keeps it, in memory: due times, attempts, settled by what is reported. */
class Box {
  readonly rows = new Map<string, DueEntry & { dueAt: number }>();
  readonly told: [string, number, Outcome][] = [];
  /** Holds reports back, as a slow commit does. */
  gate: Promise<void> = Promise.resolve();

  due(now: number, limit: number): DueEntry[] {
    const due = [...this.rows.values()].filter((e) => e.dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
    return due.slice(0, limit);
  }

  nextDueAt(): number | null {
    return this.rows.size === 0 ? null : Math.min(...[...this.rows.values()].map((e) => e.dueAt));
  }

  put(entry: OutboxEntry): void {
    this.rows.set(entry.key, { ...entry, attempts: 0, dueAt: entry.t });
  }

  shift(a: number): void {
    for (const [key, e] of this.rows) {
      this.rows.set(key, { ...e, t: e.t + a, expiry: e.expiry + a, dueAt: e.dueAt + a });
    }
  }

  async report(entry: DueEntry, attempt: number, outcome: Outcome): Promise<void> {
    await this.gate;
    this.told.push([entry.key, attempt, outcome]);
    if (outcome.result === 'failed' && outcome.dueAt !== null) {
      this.rows.set(entry.key, { ...entry, attempts: attempt, dueAt: outcome.dueAt });
    } else this.rows.delete(entry.key);
  }

  get results(): string[] {
    return this.told.map(
      ([key, attempt, o]) => `${key} ${attempt} ${o.result === 'failed' ? o.reason : o.result}`,
    );
  }
}

export const noDevice: Command = async (device) => {
  throw new DeviceError('REFUSED', `there is no device ${device}`);
};

/** A dispatcher at work on a box, until disposed. */
export class Rig implements AsyncDisposable {
  readonly box = new Box();
  running: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();

  start(channels: Record<string, Channel>, over: Partial<DispatchParts> = {}): Dispatcher {
    const dispatcher = new Dispatcher({
      outbox: this.box,
      report: (entry, attempt, outcome) => this.box.report(entry, attempt, outcome),
      announce: () => WARM,
      command: noDevice,
      channels: new Map(Object.entries(channels)),
      origin: ORIGIN,
      now: Date.now,
      random: () => 0,
      ...over,
    });
    this.running = dispatcher.run(this.#stop.signal);
    return dispatcher;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.running;
  }
}

export function notice(key: string, channel: string, expiryMs = 60_000): OutboxEntry {
  const t = Date.now();
  return {
    key,
    kind: 'notice',
    t,
    expiry: t + expiryMs,
    body: { kind: 'notice', alarm: 'a', channel, role: 'duty' },
  };
}

export async function until(condition: () => boolean, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error('did not happen in time');
    await wait(5);
  }
}
