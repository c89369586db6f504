import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Arrival } from '../../domain/device.ts';
import { runPoller } from '../poller.ts';
import type { Connection, Driver, OpenConnection } from '../port.ts';

const SAMPLES = join(import.meta.dirname, '../../../config/samples');
const sample = z.object({ devices: z.array(z.looseObject({ driver: z.string() })) });

/** The entries of a sample configuration. */
export function sampleEntries(name: string): readonly { readonly driver: string }[] {
  return sample.parse(parse(readFileSync(join(SAMPLES, name), 'utf8'))).devices;
}

export function configured(driver: Driver, raw: unknown): Connection {
  const checked = driver.configure(raw, () => undefined);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** All problems as `path: message`. */
export function problemsOf(driver: Driver, raw: unknown): string[] {
  const checked = driver.configure(raw, () => undefined);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

/** A reader that is polled as the daemon polls it; what came last of everything. */
export class Polled implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  readonly #open: OpenConnection;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(connection: Connection) {
    this.#open = connection.open({
      now: () => Date.now(),
      log: () => undefined,
      secret: () => Promise.reject(new Error('no secrets here')),
    });
    const sink = (arrival: Arrival): void => void this.arrivals.push(arrival);
    this.#running = runPoller(this.#open.polled, sink, this.#stop.signal);
  }

  /** Last value of a stream; undefined while none came. */
  last(stream: string): number | null | undefined {
    return this.arrivals.flatMap((a) => a.readings).findLast((r) => r.stream === stream)?.v;
  }

  get health(): string[] {
    return this.arrivals.flatMap((a) => (a.health ?? []).map((h) => h.reason));
  }

  get refusals(): string[] {
    return this.arrivals.flatMap((a) => (a.refusals ?? []).map((r) => `${r.code} ${r.detail}`));
  }

  /** Tags seen, as `stream antenna EPC`, each once. */
  get seen(): string[] {
    const all = this.arrivals.flatMap((a) => a.observations ?? []);
    return [
      ...new Set(all.map((o) => `${o.stream} ${o.antenna} ${Buffer.from(o.epc).toString('hex')}`)),
    ].sort();
  }

  /** Distinct tags of the rounds of a read point. */
  rounds(stream: string): number[] {
    return this.arrivals.flatMap((a) =>
      (a.rounds ?? []).filter((r) => r.stream === stream).map((r) => r.distinct),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#open[Symbol.asyncDispose]();
  }
}
