import { connect, type Socket } from 'node:net';
import type { StreamSpec } from '../../domain/stream.ts';

/** What a tracker measured at one instant, by channel, scaled as in the stream. */
export type Moment = {
  /** ms since 1970. */
  readonly at: number;
  readonly values: ReadonlyMap<string, number>;
};

/** What a tracker understands of an answer. */
export type Understood = {
  readonly isIn?: boolean;
  readonly isSentAway?: boolean;
  /** What was reported last has been taken. */
  readonly isTaken?: boolean;
  /** What it says next by itself. */
  readonly reply?: Uint8Array;
};

/** The protocol a tracker speaks, from the calling of a server on; new for every connection. */
export type Dialect = {
  hello(): Uint8Array;
  hear(chunk: Uint8Array): readonly Understood[];
  /** So many records fit into one report. */
  readonly most: number;
  /** @param fault of the protocol's own, null for none of them */
  report(moments: readonly Moment[], fault: string | null): Uint8Array;
};

export const TRACKER_FAULTS = [
  'silent',
  'offline',
  'half-open',
  'no-fix',
  'bad-crc',
  'noise',
  'cut-off',
  'wrong-id',
  'repeat',
  'burst',
  'ancient',
] as const;
type TrackerFault = (typeof TRACKER_FAULTS)[number];

const CALL_AGAIN_MS = 200;
const ANSWER_MS = 2000;
/** Records it remembers. */
const RING = 1000;
/** A burst goes back so many minutes. */
const BURST_MINUTES = 10;
const YEARS_MS = 2 * 366 * 86_400_000;

/** A tracker that calls a server, keeps its records until they are taken, and can misbehave. */
export class SimulatedTracker {
  readonly #channels: ReadonlySet<string>;
  readonly #dialect: (wrongId: boolean) => Dialect;
  readonly #at: { readonly host: string; readonly port: number };
  readonly #values = new Map<string, number>([
    ['fix', 1],
    ['satellites', 9],
  ]);
  readonly #ring: Moment[] = [];
  readonly #stepMs: number;
  readonly #timers: NodeJS.Timeout[];
  readonly #faultsOfProtocol: readonly string[];
  #fault: TrackerFault | null = null;
  #faultOfProtocol: string | null = null;
  #socket: Socket | null = null;
  #speech: Dialect | null = null;
  #calledAt = -Infinity;
  #isIn = false;
  #sentAt: number | null = null;
  #sent = 0;
  #stopped = false;

  /**
   * @param stepMs how fine the clock of its records is
   * @param faults that the protocol alone has
   */
  constructor(
    streams: readonly StreamSpec[],
    everyMs: number,
    at: { readonly host: string; readonly port: number },
    dialect: (wrongId: boolean) => Dialect,
    stepMs: number,
    faults: readonly string[],
  ) {
    this.#faultsOfProtocol = faults;
    this.#channels = new Set(streams.map((s) => s.ch));
    this.#at = at;
    this.#dialect = dialect;
    this.#stepMs = stepMs;
    this.#timers = [setInterval(() => this.#measure(), everyMs), setInterval(() => this.#turn(), 50)];
  }

  set(channel: string, v: number): void {
    if (!this.#channels.has(channel) || /^(inside|on-route)-/.test(channel)) {
      throw new RangeError(`a tracker does not measure ${channel}`);
    }
    this.#values.set(channel, v);
  }

  setFault(name: string | null): void {
    const fault = TRACKER_FAULTS.find((f) => f === name) ?? null;
    this.#faultOfProtocol = this.#faultsOfProtocol.find((f) => f === name) ?? null;
    if ((fault ?? this.#faultOfProtocol) !== name) {
      const all = [...TRACKER_FAULTS, ...this.#faultsOfProtocol];
      throw new RangeError(`no fault "${name}"; there are ${all.join(', ')}`);
    }
    const calls = fault === 'offline' || fault === 'wrong-id' || this.#fault === 'wrong-id';
    if (calls || this.#fault === 'half-open') this.#hangUp();
    this.#fault = fault;
    if (fault !== 'burst') return;
    for (let i = BURST_MINUTES; i > 0; i--) this.#measure(i * 60_000);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#hangUp();
  }

  #measure(ago = 0): void {
    if (this.#fault === 'silent' || this.#fault === 'half-open') return;
    const values = new Map(this.#values);
    if (this.#fault === 'no-fix') values.set('fix', 0);
    const shift = this.#fault === 'ancient' ? YEARS_MS : ago;
    const at = Math.floor((Date.now() - shift) / this.#stepMs) * this.#stepMs;
    if (this.#ring.at(-1)?.at === at) return;
    if (this.#ring.length < RING) this.#ring.push({ at, values });
  }

  #turn(): void {
    const now = performance.now();
    if (this.#fault === 'offline' || this.#fault === 'half-open') return;
    if (this.#socket === null && now - this.#calledAt > CALL_AGAIN_MS) this.#call(now);
    if (!this.#isIn || this.#ring.length === 0) return;
    if (this.#sentAt !== null && now - this.#sentAt < ANSWER_MS) return;
    this.#sentAt = now;
    this.#sent = Math.min(this.#speech?.most ?? 1, this.#ring.length);
    const report = this.#speech?.report(this.#ring.slice(0, this.#sent), this.#faultOfProtocol);
    if (report !== undefined) this.#send(spoil(report, this.#fault));
    if (this.#fault === 'cut-off') this.#hangUp();
  }

  #call(now: number): void {
    this.#calledAt = now;
    const socket = connect({ ...this.#at, noDelay: true });
    const speech = this.#dialect(this.#fault === 'wrong-id');
    this.#socket = socket;
    this.#speech = speech;
    socket.on('connect', () => socket.write(speech.hello()));
    // Nobody there: it calls again.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#hangUp();
    });
    socket.on('data', (chunk) => {
      if (this.#fault === 'half-open') return;
      for (const understood of speech.hear(chunk)) this.#understand(understood);
    });
  }

  #understand({ isIn, isSentAway, isTaken, reply }: Understood): void {
    if (isIn === true) this.#isIn = true;
    if (reply !== undefined) this.#send(reply);
    if (isSentAway === true) this.#hangUp();
    if (isTaken !== true || this.#sentAt === null) return;
    this.#sentAt = null;
    // It forgot that they were taken.
    if (this.#fault !== 'repeat') this.#ring.splice(0, this.#sent);
  }

  #send(bytes: Uint8Array): void {
    if (this.#stopped || this.#socket === null || this.#socket.destroyed) return;
    this.#socket.write(bytes);
  }

  #hangUp(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#speech = null;
    this.#isIn = false;
    this.#sentAt = null;
    socket?.end();
    socket?.unref();
    if (socket !== null) setTimeout(() => socket.destroy(), 100).unref();
  }
}

function spoil(report: Uint8Array, fault: TrackerFault | null): Uint8Array {
  if (fault === 'bad-crc') {
    // The last bit of the check, which stands before the closing 7E where there is one.
    const at = report.at(-1) === 0x7e ? report.length - 2 : report.length - 1;
    return report.map((byte, i) => (i === at ? byte ^ 0x01 : byte));
  }
  if (fault === 'noise') return Buffer.concat([Buffer.from('DEADBEEF0D0A', 'hex'), report]);
  return fault === 'cut-off' ? report.subarray(0, report.length - 5) : report;
}
