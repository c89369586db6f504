import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Arrival, HealthNote } from '../../domain/device.ts';
import type { Connection, DeviceEnv, Driver, OpenConnection } from '../port.ts';

const PROFILES = join(import.meta.dirname, '../../../config/profiles');

/** The profiles that ship, read as the daemon reads them. */
export function shipped(name: string): unknown {
  const file = join(PROFILES, `${name}.yaml`);
  return existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined;
}

export const hasSocat = spawnSync('socat', ['-V']).error === undefined;
export const ifSocat = hasSocat ? '' : ' (skipped: socat is not installed)';

export function configured(driver: Driver, raw: unknown): Connection {
  const checked = driver.configure(raw, shipped);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** A null-modem cable: what goes in at `near` comes out at `far`. */
export class Cable implements AsyncDisposable {
  readonly #dir = mkdtempSync(join(tmpdir(), 'bailee-cable-'));
  readonly near = join(this.#dir, 'near');
  readonly far = join(this.#dir, 'far');
  #socat: ChildProcess | null = null;

  async plug(): Promise<void> {
    this.#socat = spawn('socat', [`pty,raw,echo=0,link=${this.near}`, `pty,raw,echo=0,link=${this.far}`]);
    await until(() => existsSync(this.near) && existsSync(this.far));
  }

  async pull(): Promise<void> {
    if (this.#socat === null) return;
    const gone = once(this.#socat, 'exit');
    this.#socat.kill('SIGKILL');
    this.#socat = null;
    await gone;
    // A killed socat leaves its links behind; a pulled adapter's by-id name goes away.
    rmSync(this.near, { force: true });
    rmSync(this.far, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pull();
    rmSync(this.#dir, { recursive: true });
  }
}

export async function until(condition: () => boolean, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not so within ${ms} ms: ${condition.toString()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

/** So long a test waits at most for what must come. */
export const WAIT_MS = 20_000;

/** Readings as `channel: v` or `channel: v/q`, refusals as `CODE detail`, health reasons. */
type Poll = {
  readonly readings: readonly string[];
  readonly refusals: readonly string[];
  readonly health: readonly string[];
};

/** An open connection whose devices are polled by hand. */
export class Rig implements AsyncDisposable {
  readonly open: OpenConnection;
  readonly health: HealthNote[] = [];
  /** What the connection logged, as `level message`. */
  readonly logged: string[] = [];
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>[];

  constructor(connection: Connection) {
    const env: DeviceEnv = {
      now: () => Date.now(),
      log: (level, message) => this.logged.push(`${level} ${message}`),
      secret: () => Promise.reject(new Error('no secrets here')),
    };
    this.open = connection.open(env);
    this.#watching = this.open.pushing.map((p) =>
      p.subscribe((arrival) => this.health.push(...(arrival.health ?? [])), this.#stop.signal),
    );
  }

  async poll(device: string): Promise<Poll> {
    const polled = this.open.polled.find((p) => p.id === device);
    if (polled === undefined) throw new Error(`no ${device}`);
    const arrivals: Arrival[] = [];
    await polled.poll((arrival) => arrivals.push(arrival), this.#stop.signal);
    return {
      readings: arrivals.flatMap((a) =>
        a.readings.map((r) => `${r.stream.split('/')[1]}: ${r.v}${r.q === 0 ? '' : `/${r.q}`}`),
      ),
      refusals: arrivals.flatMap((a) => (a.refusals ?? []).map((r) => `${r.code} ${r.detail}`)),
      health: arrivals.flatMap((a) => (a.health ?? []).map((h) => h.reason)),
    };
  }

  /** Polls until a poll is as wanted: a slave that failed is not asked again at once, and a machine may be busy. */
  async pollUntil(device: string, wanted: (poll: Poll) => boolean): Promise<Poll> {
    for (const end = performance.now() + WAIT_MS; ;) {
      const poll = await this.poll(device);
      if (wanted(poll)) return poll;
      if (performance.now() > end) throw new Error(`${device} was last ${JSON.stringify(poll)}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
  }

  /** The readings of the next poll in which the device gave values. */
  async good(device: string): Promise<readonly string[]> {
    const { readings } = await this.pollUntil(
      device,
      (poll) => poll.readings.length > 0 && !poll.readings.some((r) => r.endsWith('null')),
    );
    return readings;
  }

  async command(device: string, verb: string, expiresAt = Infinity): Promise<void> {
    await this.open.command?.(device, { id: 'c-1', verb, arg: null, expiresAt }, this.#stop.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.open[Symbol.asyncDispose]();
    await Promise.all(this.#watching);
  }
}
