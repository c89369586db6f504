import { randomBytes } from 'node:crypto';
import type { Feed, FeedEvent } from './port.ts';
import type { Event, Status } from './types.ts';

/** One listener on the event stream. */
export type Client = {
  /** Takes frames for the wire; false when it is too slow and was cut. */
  readonly send: (frames: string) => void;
  readonly sees: (kind: Event['kind']) => boolean;
  /** Asked at every heartbeat: whether its session still stands. */
  readonly isAllowed: () => boolean;
  readonly end: () => void;
};

type Frame = { readonly n: number; readonly kind: Event['kind']; readonly text: string };

export type HubParts = { readonly feed: Feed; readonly status: () => Status; readonly heartbeatMs: number };

/** Readings are put together for this long, so that a busy stream costs a client four frames a second. */
const GATHER_MS = 250;
const KEPT_FRAMES = 1000;
/** How long frames are kept for somebody who comes back when nobody looks. */
const LINGER_MS = 60_000;

/**
 * One subscription to the feed, told to every client. Nothing is done while nobody looks. Each frame
 * has the id `<generation>-<n>`; who comes back with an id still kept is told what came since, others
 * are told `reset`.
 */
export class EventHub {
  readonly #parts: HubParts;
  readonly #clients = new Set<Client>();
  readonly #readings = new Map<string, FeedEvent>();
  #kept: Frame[] = [];
  #next = 0;
  #generation = '';
  #unsubscribe: (() => void) | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #linger: NodeJS.Timeout | null = null;

  constructor(parts: HubParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#clients.size;
  }

  add(client: Client, lastId: string | null): void {
    this.#wake();
    this.#flush();
    client.send(this.#greeting(client, lastId));
    this.#clients.add(client);
  }

  remove(client: Client): void {
    if (!this.#clients.delete(client) || this.#clients.size > 0) return;
    this.#linger ??= setTimeout(() => this.#sleep(), LINGER_MS).unref();
  }

  close(): void {
    for (const client of this.#clients) client.end();
    this.#clients.clear();
    this.#sleep();
  }

  #greeting(client: Client, lastId: string | null): string {
    const status = frameText(null, { kind: 'status', status: this.#parts.status() });
    if (lastId === null) return status;
    const [generation, n] = lastId.split('-');
    const from = Number(n) + 1;
    const first = this.#kept[0]?.n ?? this.#next;
    if (generation !== this.#generation || !(from >= first && from <= this.#next)) {
      return frameText(null, { kind: 'reset' }) + status;
    }
    const missed = this.#kept.filter((frame) => frame.n >= from && client.sees(frame.kind));
    return missed.map((frame) => frame.text).join('') + status;
  }

  #wake(): void {
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
    if (this.#unsubscribe !== null) return;
    this.#generation = randomBytes(6).toString('hex');
    this.#unsubscribe = this.#parts.feed.subscribe((event) => this.#take(event));
    this.#heartbeat = setInterval(() => this.#beat(), this.#parts.heartbeatMs).unref();
  }

  #sleep(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    for (const timer of [this.#gathering, this.#heartbeat, this.#linger])
      if (timer !== null) clearTimeout(timer);
    this.#gathering = this.#heartbeat = this.#linger = null;
    this.#readings.clear();
    this.#kept = [];
  }

  /** A reading waits for its companions; anything else goes at once, after the readings before it. */
  #take(event: FeedEvent): void {
    if (event.kind === 'reading') {
      this.#readings.set(event.stream, event);
      this.#gathering ??= setTimeout(() => this.#flush(), GATHER_MS).unref();
      return;
    }
    this.#flush(event);
  }

  #flush(last?: FeedEvent): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
    const events = last === undefined ? [...this.#readings.values()] : [...this.#readings.values(), last];
    this.#readings.clear();
    if (events.length === 0) return;
    const frames = events.map((event): Frame => {
      const n = this.#next++;
      return { n, kind: event.kind, text: frameText(`${this.#generation}-${n}`, event) };
    });
    this.#kept.push(...frames);
    if (this.#kept.length > 2 * KEPT_FRAMES) this.#kept = this.#kept.slice(-KEPT_FRAMES);
    for (const client of this.#clients) {
      const seen = frames.filter((frame) => client.sees(frame.kind));
      if (seen.length > 0) client.send(seen.map((frame) => frame.text).join(''));
    }
  }

  #beat(): void {
    const text = frameText(null, { kind: 'status', status: this.#parts.status() });
    for (const client of this.#clients) {
      if (client.isAllowed()) client.send(text);
      else client.end();
    }
  }
}

function frameText(id: string | null, event: Event): string {
  const idLine = id === null ? '' : `id: ${id}\n`;
  return `${idLine}event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}
