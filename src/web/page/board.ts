import type { Alarm, Device, Event, Maintenance, Status, Stream } from '../../api/types.ts';
import { CallFailed, get } from './calls.ts';

/** What the page knows. Maps keep the gateway's order. */
export type BoardState = {
  readonly link: 'connecting' | 'live' | 'lost';
  /** Wall time of this machine at which the gateway was last heard, ms. */
  readonly heardAt: number | null;
  readonly status: Status | null;
  readonly streams: ReadonlyMap<string, Stream>;
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly maintenance: readonly Maintenance[];
  /** null for somebody who may not see them. */
  readonly devices: ReadonlyMap<string, Device> | null;
};

const SILENCE_MS = 16_000;
const RETRY_MS = 2000;
const KINDS = [
  'reading',
  'alarm',
  'maintenance',
  'finding',
  'sealed',
  'anchored',
  'health',
  'status',
  'reset',
] as const;

const EMPTY: BoardState = {
  link: 'connecting',
  heardAt: null,
  status: null,
  streams: new Map(),
  alarms: new Map(),
  maintenance: [],
  devices: null,
};

/**
 * Keeps what the page knows true: at every (re)connect all of it is asked for anew and the events
 * that came meanwhile are applied on top. When the gateway is not heard any more, the page says so.
 */
export class Board {
  #state = EMPTY;
  #source: EventSource | null = null;
  #waiting: Event[] | null = null;
  #silence = 0;
  #retry = 0;
  /** Evidence time of the last status, and this machine's monotonic time when it came, ms. */
  #clock = { t: 0, at: 0 };
  readonly #seesDevices: boolean;
  readonly #changed: (state: BoardState) => void;
  readonly #signedOut: () => void;
  readonly #readings = new Set<(stream: string, t: number, v: number | null) => void>();

  constructor(seesDevices: boolean, changed: (state: BoardState) => void, signedOut: () => void) {
    this.#seesDevices = seesDevices;
    this.#changed = changed;
    this.#signedOut = signedOut;
  }

  open(): void {
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    source.addEventListener('open', () => void this.#load());
    source.addEventListener('error', () => this.#lose());
    for (const kind of KINDS) {
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        const event: Event = JSON.parse(data);
        this.#take(event);
      });
    }
  }

  close(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  /** Evidence time now, ms, as far as this page can tell. */
  now(): number {
    return this.#clock.t + (performance.now() - this.#clock.at);
  }

  /** Every reading as it comes, for the curves. */
  onReading(listener: (stream: string, t: number, v: number | null) => void): () => void {
    this.#readings.add(listener);
    return () => this.#readings.delete(listener);
  }

  async #load(): Promise<void> {
    this.#waiting = [];
    const { open, failed } = await this.#ask();
    if (this.#source === null) return;
    if (open === null) {
      this.#waiting = null;
      if (failed === 401) this.#signedOut();
      else this.#again();
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#hear();
    this.#set({ ...open, link: 'live', heardAt: Date.now() });
    for (const event of waiting) this.#take(event);
  }

  async #ask(): Promise<{ open: Omit<BoardState, 'link' | 'heardAt'> | null; failed: number }> {
    try {
      const [status, streams, alarms, maintenance, devices] = await Promise.all([
        get('status'),
        get('streams'),
        get('alarms'),
        get('maintenance'),
        this.#seesDevices ? get('devices') : null,
      ]);
      this.#clock = { t: status.now, at: performance.now() };
      const known = {
        streams: byId(streams),
        alarms: byId(alarms),
        maintenance,
        devices: devices && byId(devices),
      };
      return { open: { status, ...known }, failed: 0 };
    } catch (error) {
      if (error instanceof CallFailed) return { open: null, failed: error.status };
      throw error;
    }
  }

  #take(event: Event): void {
    if (this.#waiting !== null) {
      this.#waiting.push(event);
      return;
    }
    if (this.#state.link !== 'live') return;
    this.#hear();
    if (event.kind === 'reset') {
      void this.#load();
      return;
    }
    if (event.kind === 'status') this.#clock = { t: event.status.now, at: performance.now() };
    if (event.kind === 'reading') {
      for (const tell of this.#readings) tell(event.stream, event.latest.t, event.latest.v);
    }
    this.#set({ ...applied(this.#state, event), heardAt: Date.now() });
  }

  /** Starts the wait anew after which silence is a lost connection. */
  #hear(): void {
    clearTimeout(this.#silence);
    this.#silence = window.setTimeout(() => this.#again(), SILENCE_MS);
  }

  #lose(): void {
    clearTimeout(this.#silence);
    this.#waiting = null;
    this.#set({ ...this.#state, link: 'lost' });
    if (this.#source?.readyState === EventSource.CLOSED) this.#again();
  }

  /** Opens the stream anew after a while, unless the browser does so itself. */
  #again(): void {
    this.#set({ ...this.#state, link: 'lost' });
    this.#source?.close();
    clearTimeout(this.#retry);
    this.#retry = window.setTimeout(() => void this.#reopen(), RETRY_MS);
  }

  /** A stream that is refused does not say why: the session does. */
  async #reopen(): Promise<void> {
    const session = await get('session').catch((error: unknown) => {
      if (error instanceof CallFailed) return undefined;
      throw error;
    });
    if (this.#source === null) return;
    if (session === undefined) this.#again();
    else if (session === null) this.#signedOut();
    else this.open();
  }

  #set(state: BoardState): void {
    this.#state = state;
    this.#changed(state);
  }
}

function byId<T extends { readonly id: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((item) => [item.id, item]));
}

function applied(state: BoardState, event: Exclude<Event, { kind: 'reset' }>): BoardState {
  const { status } = state;
  switch (event.kind) {
    case 'reading': {
      const stream = state.streams.get(event.stream);
      if (stream === undefined || (stream.latest !== null && stream.latest.t > event.latest.t)) return state;
      const next = { ...stream, latest: event.latest, state: event.state };
      return { ...state, streams: new Map(state.streams).set(event.stream, next) };
    }
    case 'alarm': {
      const alarms = new Map(state.alarms);
      if (event.alarm.state === 'normal') alarms.delete(event.alarm.id);
      else alarms.set(event.alarm.id, event.alarm);
      return { ...state, alarms };
    }
    case 'maintenance':
      return { ...state, maintenance: event.maintenance };
    case 'finding':
      return state;
    case 'sealed':
      return { ...state, status: status && { ...status, journal: event.journal } };
    case 'anchored':
      return { ...state, status: status && { ...status, anchor: event.anchor } };
    case 'health':
      if (state.devices === null) return state;
      return { ...state, devices: new Map(state.devices).set(event.device.id, event.device) };
    case 'status':
      break;
  }
  return { ...state, status: event.status };
}
