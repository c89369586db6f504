import { createHash } from 'node:crypto';
import type { Driver } from '../port.ts';
import { openFleet, type Delivered, type Fleet } from '../vehicle/fleet.ts';
import type { Tracker } from '../vehicle/fleet-plan.ts';
import type { Peer, Session } from '../vehicle/tracker-server.ts';
import { CHANNELS } from './channels.ts';
import { encodeMessage, MessageId, u16, type Message } from './codec.ts';
import { decodeBatch, decodeLocation, Status, type Location } from './location.ts';
import { bare, planJtt808, type TerminalEntry } from './plan.ts';
import { MessageReader } from './reader.ts';

/** Terminals of JT/T 808, which call us: position, and the temperatures of the trailer. */
export const jtt808: Driver = {
  name: 'jtt808',
  title: 'JT/T 808 vehicle terminals over TCP, 2013 and 2019',
  configure(raw, files) {
    const planned = planJtt808(raw, files);
    if (!planned.ok) return planned;
    const plan = planned.value;
    return {
      ok: true,
      value: {
        id: plan.id,
        streams: plan.streams,
        actuators: new Map(),
        profiles: plan.files,
        open: (env) => openFleet(plan, env, (fleet, peer) => new Call(fleet, peer)),
      },
    };
  },
};

/** Results of 0x8001, and of 0x8100 for a terminal that nobody knows. */
const Result = { ok: 0, failed: 1, wrong: 2, unsupported: 3 } as const;
const NO_SUCH_TERMINAL = 4;
/** Bytes before the authentication code in 2019: its length. Behind it: IMEI and version. */
const IMEI_AND_VERSION = 35;

/** One connection of one terminal. */
class Call implements Session {
  readonly #fleet: Fleet<TerminalEntry>;
  readonly #peer: Peer;
  readonly #reader = new MessageReader();
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

  closed(why: string): void {
    this.#over = true;
    if (this.#tracker === null) return;
    if (this.#reader.within) {
      this.#fleet.refuse(this.#tracker, 'MALFORMED', `a message was cut off: ${why}`, this.#peer);
    }
    this.#fleet.went(this.#tracker, this.#peer);
  }

  #hear(message: Message): void {
    const tracker = this.#trackerOf(message);
    if (tracker === null) return;
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
        return this.#take(message, tracker, [message.body]);
      case MessageId.locations: {
        const batch = decodeBatch(message.body);
        if (typeof batch !== 'string') return this.#take(message, tracker, batch.records);
        return this.#spoilt(message, tracker, batch);
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

  /** Answered after the commit: what was answered is not sent again. */
  #take(message: Message, tracker: Tracker<TerminalEntry>, bodies: readonly Uint8Array[]): void {
    const delivered: Delivered[] = [];
    for (const body of bodies) {
      const location = decodeLocation(body);
      if (typeof location === 'string') return this.#spoilt(message, tracker, location);
      delivered.push({ report: reportOf(location, tracker.entry), identity: identityOf(body, location) });
    }
    this.#fleet.take(tracker, delivered, this.#peer, () => this.#general(message, Result.ok));
  }

  #spoilt(message: Message, tracker: Tracker<TerminalEntry>, detail: string): void {
    this.#fleet.refuse(tracker, 'MALFORMED', detail, this.#peer, () => this.#general(message, Result.wrong));
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
