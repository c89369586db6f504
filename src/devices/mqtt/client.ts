import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { DeviceError } from '../../domain/errors.ts';
import type { TlsFiles } from '../tls-files.ts';
import { Link, type LinkEvents, type Session } from './link.ts';
import { PATIENCE, type Patience } from './liveness.ts';

export type ClientOptions = {
  readonly host: string;
  readonly port: number;
  /** PEM texts; null for plain TCP. */
  readonly tls: TlsFiles | null;
  readonly session: Session;
  readonly patience?: Patience;
};

export type ClientEvents = LinkEvents & {
  /** The line went, or did not come up; the next try follows by itself. */
  lost(reason: string): void;
};

const READ_BYTES = 65_536;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** An MQTT 3.1.1 or 5 client that keeps its session and comes back for ever. */
export class MqttClient {
  readonly #options: ClientOptions;
  readonly #events: ClientEvents;
  readonly #heard = Buffer.alloc(READ_BYTES);
  #link: Link | null = null;

  constructor(options: ClientOptions, events: ClientEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** Connects again and again until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      let wasReady = false;
      const open = (hear: (bytes: Buffer) => void): Socket => this.#socket(hear);
      const link = new Link(open, this.#options.session, this.#options.patience ?? PATIENCE, {
        ...this.#events,
        ready: () => {
          wasReady = true;
          this.#events.ready();
        },
      });
      this.#link = link;
      const stop = (): void => link.close('closed by us', true);
      signal.addEventListener('abort', stop, { once: true });
      const reason = await link.ended;
      signal.removeEventListener('abort', stop);
      this.#link = null;
      if (signal.aborted) return;
      this.#events.lost(reason);
      if (wasReady) pause = FIRST_PAUSE_MS;
      // Half of it is by chance, so that a thousand gateways do not come back in one second.
      await delay(pause / 2 + Math.random() * (pause / 2), undefined, { signal }).catch(ignoreAbort);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** QoS 1: resolves when the broker acknowledged. Nothing is kept for later: orders age. */
  async publish(topic: string, payload: string | Buffer, retain = false): Promise<void> {
    if (this.#link === null) throw new DeviceError('PORT_LOST', 'no connection to the broker');
    await this.#link.publish(topic, payload, retain);
  }

  /** Cuts the line as a broken cable would; `run` goes on. */
  cut(): void {
    this.#link?.close('cut');
  }

  /** What is read stands in one buffer that is used again: else each read takes 64 KB and gives them back. */
  #socket(hear: (bytes: Buffer) => void): Socket {
    const { host, port, tls } = this.#options;
    const callback = (n: number): boolean => {
      hear(this.#heard.subarray(0, n));
      return true;
    };
    const to = { host, port, onread: { buffer: this.#heard, callback } };
    if (tls === null) return connectTcp(to);
    // An address is no server name (RFC 6066 section 3).
    return connectTls({ ...to, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls });
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
