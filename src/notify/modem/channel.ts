import { calledPerson, addressOf, type People } from '../people.ts';
import { PERSON_PACE } from '../pace.ts';
import type { Channel } from '../port.ts';
import { shortText } from '../short-text.ts';
import { AtError, AtLine, type ModemLine } from './at-line.ts';
import { decodeDeliver, encodeSubmit, type SubmitPdu } from './pdu.ts';

export type ModemSettings = {
  readonly id: string;
  /** `pdu` sends long texts as one message; `text` is for modems that know no PDU mode. */
  readonly mode: 'pdu' | 'text';
  /** Of the SIM card; null for a card without. */
  readonly pin: { reveal(): string } | null;
  readonly people: People;
  readonly timeZone: () => string;
  /** An SMS that came in. */
  readonly onReply: (number: string, text: string) => void;
};

const ANSWER_MS = 5000;
/** A network may take its time to take a message. */
const SENDING_MS = 25_000;
const HOME = 1;
const ROAMING = 5;
/** UTF-16 units of one message of text mode; a second one would be a message of its own. */
const MOST_TEXT = 70;

/** SMS by a GSM modem on a serial line: one message, one person, delivered when the network gave it a number. */
export function modemChannel(settings: ModemSettings, line: ModemLine): Channel {
  const modem = new Modem(settings, line);
  return {
    lane: `channel:${settings.id}`,
    pace: PERSON_PACE,
    async send(message, signal) {
      const person = calledPerson(settings.people, message.role);
      const text = shortText(message, person.language, settings.timeZone());
      await modem.send(message.id, addressOf(person, 'phone'), text, signal);
    },
  };
}

class Modem {
  readonly #settings: ModemSettings;
  readonly #line: ModemLine;
  readonly #at: AtLine;
  /** Parts that the network has, of a message whose next part it has not: they are not sent again. */
  readonly #sent = new Map<string, { readonly parts: readonly SubmitPdu[]; done: number }>();
  /** Which opening of the line it was made ready in, and in which the card refused its PIN. */
  #readyAt = 0;
  #refusedAt = 0;

  constructor(settings: ModemSettings, line: ModemLine) {
    this.#settings = settings;
    this.#line = line;
    this.#at = new AtLine(line, (said) => {
      const index = /^\+CMTI: ?"\w+",(\d+)$/.exec(said)?.[1];
      // What cannot be read now stays on the card, and is read with the next message that comes or goes.
      if (index !== undefined) this.#readAll().catch(() => undefined);
    });
  }

  async send(id: string, number: string, text: string, signal: AbortSignal): Promise<void> {
    await this.#prepare();
    if (this.#settings.mode === 'text') {
      await this.#at.ask(`AT+CMGS="${ucs2(number)}"`, SENDING_MS, ucs2(text.slice(0, MOST_TEXT)));
      return;
    }
    // Its text goes on as it began, though the alarm stands for longer by now.
    const begun = this.#sent.get(id) ?? {
      parts: encodeSubmit(number, text, Number.parseInt(id.slice(0, 2), 16)),
      done: 0,
    };
    for (const { hex, length } of begun.parts.slice(begun.done)) {
      signal.throwIfAborted();
      const answer = await this.#at.ask(`AT+CMGS=${length}`, SENDING_MS, hex);
      if (!answer.some((line) => /^\+CMGS: ?\d+/.test(line)))
        throw new Error('the modem gave no +CMGS number');
      begun.done++;
      this.#sent.set(id, begun);
    }
    this.#sent.delete(id);
  }

  /** Brings the modem where it can send, once for each time its line came up. */
  async #prepare(): Promise<void> {
    if (!this.#line.state.up) throw new Error(`the modem's line is down: ${this.#line.state.detail}`);
    if (this.#readyAt !== this.#line.openings) {
      const openings = this.#line.openings;
      for (const command of ['ATE0', 'AT+CMEE=1']) await this.#at.ask(command, ANSWER_MS);
      await this.#unlock();
      const text = this.#settings.mode === 'text';
      await this.#at.ask(`AT+CMGF=${text ? 1 : 0}`, ANSWER_MS);
      if (text) await this.#at.ask('AT+CSCS="UCS2"', ANSWER_MS);
      if (text) await this.#at.ask('AT+CSMP=17,167,0,8', ANSWER_MS);
      await this.#at.ask('AT+CNMI=2,1,0,0,0', ANSWER_MS);
      this.#readyAt = openings;
      if (!text) await this.#readAll();
    }
    const answer = (await this.#at.ask('AT+CREG?', ANSWER_MS)).join(' ');
    const state = Number(/\+CREG: ?\d,(\d)/.exec(answer)?.[1] ?? 0);
    if (state !== HOME && state !== ROAMING) throw new Error(`the modem has no network (+CREG ${state})`);
  }

  async #unlock(): Promise<void> {
    const state = (await this.#at.ask('AT+CPIN?', ANSWER_MS)).join(' ');
    if (state.includes('READY')) return;
    const { pin } = this.#settings;
    if (!state.includes('SIM PIN') || pin === null || this.#refusedAt === this.#line.openings)
      throw new Error(`the SIM card is not ready: ${state}`);
    try {
      await this.#at.ask(`AT+CPIN="${pin.reveal()}"`, ANSWER_MS);
    } catch (error) {
      this.#refusedAt = this.#line.openings;
      // Three wrong PINs lock the card: it is not tried again before the line came up anew.
      if (error instanceof AtError)
        throw new Error(`the SIM card refused its PIN: ${error.message}`, { cause: error });
      throw error;
    }
  }

  /** Takes every message off the card: a full card receives no more. */
  async #readAll(): Promise<void> {
    if (this.#settings.mode === 'text') return;
    const lines = await this.#at.ask('AT+CMGL=4', ANSWER_MS);
    for (const [i, line] of lines.entries()) {
      const index = /^\+CMGL: ?(\d+),/.exec(line)?.[1];
      if (index === undefined) continue;
      await this.#at.ask(`AT+CMGD=${index}`, ANSWER_MS);
      const read = readable(lines[i + 1] ?? '');
      if (read !== null) this.#settings.onReply(read.number, read.text);
    }
  }
}

/** A status report or a picture is no reply. */
function readable(hex: string): { readonly number: string; readonly text: string } | null {
  try {
    return decodeDeliver(hex);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function ucs2(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();
}
