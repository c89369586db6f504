import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from 'pino';

const run = promisify(execFile);

/** The unit asks for a sign of life every 30 s; the machine may be slow, so three times as often. */
export const WATCHDOG_EVERY_MS = 10_000;

export type WatchdogParts = {
  /** $NOTIFY_SOCKET; undefined outside systemd, where nothing is sent. */
  readonly socket: string | undefined;
  /** Whether the process does its work: `isAlive` of health.ts. */
  readonly alive: () => boolean;
  readonly log: Pick<Logger, 'warn'>;
  readonly everyMs?: number;
};

/**
 * Tells systemd that we are ready, alive, stopping. Node has no Unix datagram sockets, so
 * `systemd-notify` is spawned; the unit needs `NotifyAccess=all` for that, and a plain user's
 * message under `main` would be dropped although the program exits with 0. A process that is not
 * alive stays silent and is ended by systemd with SIGABRT.
 */
export class Watchdog implements Disposable {
  readonly #parts: WatchdogParts;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
  }

  /** Everything is open and records get committed. */
  async ready(): Promise<void> {
    await this.#notify('READY=1', 'WATCHDOG=1');
    if (this.#parts.socket === undefined) return;
    this.#timer = setInterval(() => void this.#tick(), this.#parts.everyMs ?? WATCHDOG_EVERY_MS);
    this.#timer.unref();
  }

  async stopping(): Promise<void> {
    this[Symbol.dispose]();
    await this.#notify('STOPPING=1');
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #tick(): Promise<void> {
    if (this.#parts.alive()) await this.#notify('WATCHDOG=1');
    else this.#parts.log.warn('no sign of life to the watchdog: records wait too long or the loop is late');
  }

  /** A message that cannot be sent must not end the gateway; systemd will, if it stays silent. */
  async #notify(...states: string[]): Promise<void> {
    const { socket, log } = this.#parts;
    if (socket === undefined) return;
    try {
      await run('systemd-notify', states, {
        timeout: 5000,
        env: { NOTIFY_SOCKET: socket, PATH: '/usr/bin:/bin' },
      });
    } catch (error) {
      log.warn({ err: error, states }, 'systemd-notify failed');
    }
  }
}
