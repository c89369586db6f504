import { hex, u16, type Message, type Part } from './codec.ts';

/** What is kept of one connection: its terminal has a buffer of a few kilobytes itself. */
const MOST_AT_ONCE = 2;
const MOST_PARTS = 64;
const MOST_BYTES = 32_768;
/** Parts that are missing are asked for behind the last one, or after so long without a new one, so often; ms. */
const ASK_AFTER_MS = 5000;
const MOST_ASKED = 3;

/** One part of a message. */
export type MessagePart = Message & { readonly part: Part };

/** What became of a part: the message it completed, or nothing yet, or why it cannot be taken. */
export type Taken =
  | { readonly kind: 'whole'; readonly message: Message; readonly key: string }
  | { readonly kind: 'kept' }
  /** It came before; `done` when the whole message has been answered. */
  | { readonly kind: 'known'; readonly done: boolean }
  | { readonly kind: 'wrong'; readonly detail: string };

export type Missing = {
  /** Of the first part, which names the message. */
  readonly serial: number;
  readonly numbers: readonly number[];
  readonly like: Message;
};

type Assembly = {
  readonly first: Message;
  readonly serial: number;
  readonly total: number;
  readonly parts: Map<number, Uint8Array>;
  bytes: number;
  heardAt: number;
  asked: number;
};

/**
 * Puts split messages of one connection together (JT/T 808, sub-packages). The parts of a message
 * have serial numbers one after the other, so any part tells which message it belongs to.
 */
export class SplitMessages {
  readonly #open = new Map<string, Assembly>();
  /** Messages that are whole, newest last, and whether they were answered. */
  readonly #whole = new Map<string, boolean>();

  /** Parts that wait for others. */
  get kept(): number {
    return [...this.#open.values()].reduce((n, { parts }) => n + parts.size, 0);
  }

  /** @param now monotonic, ms */
  take(message: MessagePart, now: number): { readonly taken: Taken; readonly givenUp: readonly string[] } {
    const { part, id, body } = message;
    const serial = (message.serial - (part.number - 1) + 65_536) % 65_536;
    const key = `${id} ${serial} ${part.total}`;
    const done = this.#whole.get(key);
    if (done !== undefined) return { taken: { kind: 'known', done }, givenUp: [] };
    const wrong = (detail: string): { taken: Taken; givenUp: string[] } => {
      this.#open.delete(key);
      return { taken: { kind: 'wrong', detail: `message ${hex(id, 4)} ${detail}` }, givenUp: [] };
    };
    if (part.total > MOST_PARTS) return wrong(`has ${part.total} parts, at most ${MOST_PARTS} are taken`);
    const givenUp = this.#makeRoom(key);
    const assembly = this.#open.get(key) ?? begin(message, serial, now);
    this.#open.set(key, assembly);
    const before = assembly.parts.get(part.number);
    if (before !== undefined) {
      if (Buffer.compare(before, body) !== 0) return wrong(`has another part ${part.number} than before`);
      return { taken: { kind: 'kept' }, givenUp };
    }
    assembly.parts.set(part.number, body);
    assembly.bytes += body.length;
    // Behind the last part nothing new comes by itself.
    assembly.heardAt = assembly.parts.has(part.total) ? now - ASK_AFTER_MS : now;
    if (assembly.bytes > MOST_BYTES) return wrong(`has more than ${MOST_BYTES} bytes`);
    if (assembly.parts.size < part.total) return { taken: { kind: 'kept' }, givenUp };
    this.#open.delete(key);
    this.#remember(key);
    return { taken: { kind: 'whole', message: joined(message, assembly), key }, givenUp };
  }

  /** A whole message was answered: what comes of it again is answered at once. */
  answered(key: string): void {
    if (this.#whole.has(key)) this.#whole.set(key, true);
  }

  /** What to ask for, and what is given up, at this time (monotonic, ms). */
  due(now: number): { readonly missing: readonly Missing[]; readonly givenUp: readonly string[] } {
    const missing: Missing[] = [];
    const givenUp: string[] = [];
    for (const [key, assembly] of this.#open) {
      if (now - assembly.heardAt < ASK_AFTER_MS) continue;
      if (assembly.asked >= MOST_ASKED) {
        this.#open.delete(key);
        givenUp.push(incomplete(assembly, `though it was asked for ${MOST_ASKED} times`));
        continue;
      }
      assembly.asked++;
      assembly.heardAt = now;
      missing.push({ serial: assembly.serial, numbers: numbersOf(assembly), like: assembly.first });
    }
    return { missing, givenUp };
  }

  /** The oldest goes when another one begins. */
  #makeRoom(key: string): string[] {
    const [oldest] = this.#open;
    if (oldest === undefined || this.#open.has(key) || this.#open.size < MOST_AT_ONCE) return [];
    this.#open.delete(oldest[0]);
    return [incomplete(oldest[1], `and more than ${MOST_AT_ONCE} messages are under way`)];
  }

  #remember(key: string): void {
    this.#whole.set(key, false);
    const [oldest] = this.#whole.keys();
    if (this.#whole.size > 2 * MOST_AT_ONCE && oldest !== undefined) this.#whole.delete(oldest);
  }
}

/** Body of 0x8003: the number of parts has one byte in 2013, two in 2019. */
export function encodeResendWanted({ serial, numbers, like }: Missing): number[] {
  const count = like.version === null ? [numbers.length] : u16(numbers.length);
  return [...u16(serial), ...count, ...numbers.flatMap(u16)];
}

/** Reads the body of 0x8003; null when it is none. */
export function decodeResendWanted(
  body: Uint8Array,
  version: number | null,
): Pick<Missing, 'serial' | 'numbers'> | null {
  const start = version === null ? 3 : 4;
  if (body.length < start) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = version === null ? view.getUint8(2) : view.getUint16(2);
  if (body.length !== start + 2 * count) return null;
  const numbers = Array.from({ length: count }, (_, i) => view.getUint16(start + 2 * i));
  return { serial: view.getUint16(0), numbers };
}

function begin(first: MessagePart, serial: number, heardAt: number): Assembly {
  return { first, serial, total: first.part.total, parts: new Map(), bytes: 0, heardAt, asked: 0 };
}

function numbersOf({ total, parts }: Assembly): number[] {
  return Array.from({ length: total }, (_, i) => i + 1).filter((number) => !parts.has(number));
}

function incomplete(assembly: Assembly, why: string): string {
  const [number = 0] = numbersOf(assembly);
  return `part ${number} of ${assembly.total} of message ${hex(assembly.first.id, 4)} never came, ${why}`;
}

function joined({ id, version, terminal, serial }: Message, { parts, total }: Assembly): Message {
  const bodies = Array.from({ length: total }, (_, i) => parts.get(i + 1) ?? new Uint8Array());
  return { id, version, terminal, serial, body: Uint8Array.from(Buffer.concat(bodies)) };
}
