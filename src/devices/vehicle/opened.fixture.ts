import type { Arrival } from '../../domain/device.ts';
import type { Connection, Driver, OpenConnection } from '../port.ts';

/** An open connection whose arrivals are kept; they are committed at once, or when told. */
export class Opened implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  readonly logged: Record<string, unknown>[] = [];
  /** Bytes on the wire, as `way hex`. */
  readonly traced: string[] = [];
  /** False holds commits back. */
  commits = true;
  readonly #open: OpenConnection;
  readonly #stop = new AbortController();
  readonly #running: readonly Promise<void>[];

  constructor(connection: Pick<Connection, 'open'>, before?: (open: OpenConnection) => void) {
    this.#open = connection.open({
      now: Date.now,
      log: (_level, _message, fields = {}) => this.logged.push(fields),
      trace: (_connection, way, bytes) => this.traced.push(`${way} ${Buffer.from(bytes).toString('hex')}`),
      secret: () => Promise.reject(new Error('no secrets here')),
    });
    before?.(this.#open);
    this.#running = this.#open.pushing.map((p) =>
      p.subscribe((arrival) => {
        this.arrivals.push(arrival);
        if (this.commits) queueMicrotask(() => arrival.committed?.());
      }, this.#stop.signal),
    );
  }

  /** Readings of the last arrival that had any, by channel: `v`, or `v/q`. */
  get last(): Record<string, string> {
    const readings = this.arrivals.findLast((a) => a.readings.length > 0)?.readings ?? [];
    return Object.fromEntries(
      readings.map((r) => [r.stream.split('/')[1] ?? '', r.q === 0 ? String(r.v) : `${r.v}/${r.q}`]),
    );
  }

  get refusals(): string[] {
    return this.arrivals.flatMap((a) => (a.refusals ?? []).map((r) => `${r.device} ${r.code} ${r.detail}`));
  }

  get health(): string[] {
    return this.arrivals.flatMap((a) => (a.health ?? []).map((h) => `${h.device} ${h.reason}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
    await this.#open[Symbol.asyncDispose]();
  }
}

/** The connection of an entry that is right. */
export function connected(checked: ReturnType<Driver['configure']>): Connection {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

export async function until(what: string, condition: () => boolean, ms = 5000): Promise<void> {
  for (const end = performance.now() + ms; !condition();) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
