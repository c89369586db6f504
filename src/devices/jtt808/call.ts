import { createHash } from 'node:crypto';
import type { Delivered, Fleet } from '../vehicle/fleet.ts';
import type { Tracker } from '../vehicle/fleet-plan.ts';
import type { Peer, Session } from '../vehicle/tracker-server.ts';
import { CHANNELS } from './channels.ts';
import { encodeMessage, MessageId, u16, type Message } from './codec.ts';
import { decodeBatch, decodeLocation, Status, type Location } from './location.ts';
import { bare, type TerminalEntry } from './plan.ts';
import { MessageReader } from './reader.ts';
import { encodeResendWanted, SplitMessages, type MessagePart } from './split-messages.ts';

/** Results of 0x8001, and of 0x8100 for a terminal that nobody knows. */
const Result = { ok: 0, failed: 1, wrong: 2, unsupported: 3 } as const;
const NO_SUCH_TERMINAL = 4;
/** Bytes before the authentication code in 2019: its length. Behind it: IMEI and version. */
const IMEI_AND_VERSION = 35;

/** One connection of one terminal. */
export class Call implements Session {
  readonly #fleet: Fleet<TerminalEntry>;
  readonly #peer: Peer;
  readonly #reader = new MessageReader();
  readonly #split = new SplitMessages();
  #tracker: Tracker<TerminalEntry> | null = null;
  #isIn = false;
  #over = false;
  #serial = 0;

  constructor(fleet: Fleet<TerminalEntry>, peer: Peer) {
    this.#fleet = fleet;
    this.#peer = peer;
  }

  get known(): boolean {
    return this.#isIn;
  }

  get within(): boolean {
    return this.#reader.within;
  }

  bytes(chunk: Uint8Array): void {
    if (this.#over) return;
    for (const decoded of this.#reader.push(chunk)) {
      if (decoded.ok) this.#hear(decoded.message);
      else this.#fleet.refuse(this.#tracker, decoded.code, decoded.detail, this.#peer);
      if (this.#over || !this.#peer.isOpen) return;
    }
  }

  look(now: number): void {
    const { missing, givenUp } = this.#split.due(now);
    for (const wanted of missing) {
      this.#answer(wanted.like, MessageId.resendWanted, encodeResendWanted(wanted));
    }
    for (const detail of givenUp) this.#fleet.refuse(this.#tracker, 'TIMEOUT', detail, this.#peer);
  }

  closed(why: string): void {
    this.#over = true;
    if (this.#tracker === null) return;
    if (this.#reader.within || this.#split.kept > 0) {
      this.#fleet.refuse(this.#tracker, 'MALFORMED', `a message was cut off: ${why}`, this.#peer);
    }
    this.#fleet.went(this.#tracker, this.#peer);
  }

  #hear(message: Message): void {
    const tracker = this.#trackerOf(message);
    if (tracker === null) return;
    const isReport = message.id === MessageId.location || message.id === MessageId.locations;
    if (message.part !== undefined && !isReport) return this.#general(message, Result.unsupported);
    switch (message.id) {
      case MessageId.register:
        return this.#answer(message, MessageId.registered, [
          ...u16(message.serial),
          0,
          ...Buffer.from(bare(message.terminal), 'latin1'),
        ]);
      case MessageId.authenticate:
        return this.#authenticate(message, tracker);
      case MessageId.answer:
        return undefined;
      default:
    }
    if (!this.#isIn && tracker.entry.auth === 'none') this.#letIn(tracker);
    if (!this.#isIn) {
      this.#fleet.refuse(tracker, 'REFUSED', 'it reports before it is authenticated', this.#peer);
      return this.#general(message, Result.failed);
    }
    switch (message.id) {
      case MessageId.location:
      case MessageId.locations: {
        const { part } = message;
        if (part !== undefined) return this.#join({ ...message, part }, tracker);
        return this.#report(message, tracker, () => undefined);
      }
      case MessageId.heartbeat:
      case MessageId.logout:
        return this.#general(message, Result.ok);
      default:
        return this.#general(message, Result.unsupported);
    }
  }

  /** One connection is one terminal: what calls itself otherwise later is refused. */
  #trackerOf(message: Message): Tracker<TerminalEntry> | null {
    const name = bare(message.terminal);
    if (this.#tracker !== null) {
      if (bare(this.#tracker.entry.terminal) === name) return this.#tracker;
      this.#fleet.refuse(this.#tracker, 'REFUSED', `calls itself ${name}`, this.#peer);
      return null;
    }
    const tracker = this.#fleet.find(name, this.#peer);
    if (tracker === undefined) {
      const refusal = [...u16(message.serial), NO_SUCH_TERMINAL];
      if (message.id === MessageId.register) this.#answer(message, MessageId.registered, refusal);
      else this.#general(message, Result.failed);
      this.#over = true;
      this.#peer.end(`${name} is not one of ours`);
      return null;
    }
    this.#tracker = tracker;
    return tracker;
  }

  #authenticate(message: Message, tracker: Tracker<TerminalEntry>): void {
    const code = codeIn(message);
    if (tracker.entry.auth === 'handed-out' && bare(code) !== bare(message.terminal)) {
      this.#fleet.refuse(tracker, 'REFUSED', `code "${code.slice(0, 40)}" was not handed out`, this.#peer);
      return this.#general(message, Result.failed);
    }
    this.#letIn(tracker);
    this.#general(message, Result.ok);
  }

  #letIn(tracker: Tracker<TerminalEntry>): void {
    this.#isIn = true;
    this.#fleet.came(tracker, this.#peer);
  }

  /**
   * A part of a report. Those that wait for others are answered at once: many terminals send the
   * next part only then. The part that makes it whole is answered after the commit, so a terminal
   * never has all its answers for what is not on record (decision 0034).
   */
  #join(message: MessagePart, tracker: Tracker<TerminalEntry>): void {
    const { taken, givenUp } = this.#split.take(message, performance.now());
    for (const detail of givenUp) this.#fleet.refuse(tracker, 'TIMEOUT', detail, this.#peer);
    switch (taken.kind) {
      case 'whole':
        return this.#report(taken.message, tracker, () => this.#split.answered(taken.key));
      case 'wrong':
        return this.#spoilt(message, tracker, taken.detail);
      case 'kept':
        return this.#general(message, Result.ok);
      case 'known':
        return taken.done ? this.#general(message, Result.ok) : undefined;
    }
  }

  #report(message: Message, tracker: Tracker<TerminalEntry>, done: () => void): void {
    if (message.id === MessageId.location) return this.#take(message, tracker, [message.body], done);
    const batch = decodeBatch(message.body);
    if (typeof batch === 'string') this.#spoilt(message, tracker, batch, done);
    else this.#take(message, tracker, batch.records, done);
  }

  /** Answered after the commit: what was answered is not sent again. */
  #take(
    message: Message,
    tracker: Tracker<TerminalEntry>,
    bodies: readonly Uint8Array[],
    done: () => void,
  ): void {
    const delivered: Delivered[] = [];
    for (const body of bodies) {
      const location = decodeLocation(body);
      if (typeof location === 'string') return this.#spoilt(message, tracker, location, done);
      delivered.push({ report: reportOf(location, tracker.entry), identity: identityOf(body, location) });
    }
    this.#fleet.take(tracker, delivered, this.#peer, () => {
      done();
      this.#general(message, Result.ok);
    });
  }

  #spoilt(
    message: Message,
    tracker: Tracker<TerminalEntry>,
    detail: string,
    done: () => void = () => undefined,
  ): void {
    this.#fleet.refuse(tracker, 'MALFORMED', detail, this.#peer, () => {
      done();
      this.#general(message, Result.wrong);
    });
  }

  #general({ id, serial, ...message }: Message, result: number): void {
    const body = [...u16(serial), ...u16(id), result];
    this.#answer({ id, serial, ...message }, MessageId.platformAnswer, body);
  }

  #answer({ version, terminal }: Message, id: number, body: readonly number[]): void {
    const serial = this.#serial;
    this.#serial = (serial + 1) % 65_536;
    this.#peer.send(encodeMessage({ id, version, terminal, serial, body: Uint8Array.from(body) }));
  }
}

function codeIn({ version, body }: Message): string {
  const [length = 0] = body;
  const isLong =
    version !== null && body.length >= 1 + length && body.length <= 1 + length + IMEI_AND_VERSION;
  const code = isLong ? body.subarray(1, 1 + length) : body;
  return Buffer.from(code).toString('latin1');
}

function reportOf(location: Location, { channels }: TerminalEntry): Delivered['report'] {
  const { status, at, latitude, longitude, speed, items } = location;
  const isFix = (status & Status.fixed) !== 0 && (latitude !== 0 || longitude !== 0);
  const values = new Map<string, number | null>();
  for (const name of channels) {
    const v = CHANNELS[name].read(location);
    if (v !== undefined) values.set(name, v);
  }
  return {
    at: at ?? undefined,
    fix: isFix ? 1 : 0,
    latitude: latitude * 10,
    longitude: longitude * 10,
    speed,
    satellites: items.get(0x31)?.[0] ?? null,
    values,
  };
}

/** A record sent again in a batch has another serial number, so it is known by what it says. */
function identityOf(body: Uint8Array, { at }: Location): string {
  return `${at} ${createHash('sha256').update(body).digest('base64').slice(0, 12)}`;
}
