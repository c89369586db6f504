import type { ModemLine } from './at-line.ts';
import { decodeSubmit, encodeDeliver, type Short } from './pdu.ts';

/** The ways a simulated modem can be told to misbehave. */
export const MODEM_FAULTS = [
  'silent',
  'no-network',
  'cms-error',
  'no-sim',
  'no-prompt',
  'fails-second-part',
] as const;
export type ModemFault = (typeof MODEM_FAULTS)[number];

const END = '\x1a';
const ESCAPE = '\x1b';

/** A GSM modem on the other end of its line, with a card and a network that takes what it is given. */
export class ModemSimulator {
  readonly #line: Pick<ModemLine, 'send' | 'receive'>;
  readonly #pin: string | null;
  readonly #card = new Map<number, string>();
  /** What the network took, in order; text mode has no parts. */
  readonly sent: Short[] = [];
  fault: ModemFault | null = null;
  /** Told of each as the network takes it. */
  onTaken: (short: Short) => void = () => undefined;
  #received = 0;
  #echo = true;
  #isLocked: boolean;
  #text = false;
  #buffer = '';
  #to: string | null = null;
  #reference = 0;

  constructor(line: Pick<ModemLine, 'send' | 'receive'>, pin: string | null = null) {
    this.#line = line;
    this.#pin = pin;
    this.#isLocked = pin !== null;
    line.receive((chunk) => this.#take(Buffer.from(chunk).toString('latin1')));
  }

  /** Somebody sends an SMS to the card. */
  receive(number: string, text: string): void {
    const index = ++this.#received;
    this.#card.set(index, encodeDeliver(number, text));
    // One that says nothing keeps it on its card.
    if (this.fault !== 'silent') this.#say(`\r\n+CMTI: "SM",${index}\r\n`);
  }

  #take(text: string): void {
    for (const c of text) {
      if (this.fault === 'silent') continue;
      if (this.#to !== null) this.#type(c);
      else if (c === '\r') this.#command();
      else if (c !== '\n' && c !== ESCAPE) this.#buffer += c;
    }
  }

  #type(c: string): void {
    if (c === ESCAPE) this.#to = null;
    if (c !== END) {
      this.#buffer = c === ESCAPE ? '' : this.#buffer + c;
      return;
    }
    const typed = this.#buffer;
    const to = this.#to ?? '';
    this.#buffer = '';
    this.#to = null;
    if (this.fault === 'cms-error') return this.#say('\r\n+CMS ERROR: 500\r\n');
    try {
      const short = this.#text
        ? { number: hexText(to), text: hexText(typed), part: null }
        : decodeSubmit(typed);
      if (this.fault === 'fails-second-part' && short.part?.no === 2)
        return this.#say('\r\n+CMS ERROR: 38\r\n');
      this.sent.push(short);
      this.onTaken(short);
      this.#reference = (this.#reference + 1) & 0xff;
      this.#say(`\r\n+CMGS: ${this.#reference}\r\n\r\nOK\r\n`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#say('\r\n+CMS ERROR: 304\r\n');
    }
  }

  #command(): void {
    const command = this.#buffer;
    this.#buffer = '';
    if (this.#echo) this.#say(`${command}\r\n`);
    const answer = this.#answer(command);
    if (answer !== '') this.#say(`\r\n${answer}\r\n`);
  }

  #answer(command: string): string {
    const [name = '', value = ''] = command.split('=');
    if (command === 'ATE0') this.#echo = false;
    if (command === 'AT+CREG?') return `+CREG: 0,${this.fault === 'no-network' ? 2 : 1}\r\n\r\nOK`;
    if (command === 'AT+CPIN?') {
      if (this.fault === 'no-sim') return '+CME ERROR: 10';
      return `+CPIN: ${this.#isLocked ? 'SIM PIN' : 'READY'}\r\n\r\nOK`;
    }
    if (name === 'AT+CPIN') {
      if (value !== `"${this.#pin}"`) return '+CME ERROR: 16';
      this.#isLocked = false;
    }
    if (name === 'AT+CMGF') this.#text = value === '1';
    if (name === 'AT+CMGS') return this.#prompt(value);
    if (name === 'AT+CMGD') this.#card.delete(Number(value));
    if (name === 'AT+CMGL') {
      const listed = [...this.#card].map(([i, hex]) => `+CMGL: ${i},0,,${hex.length / 2 - 1}\r\n${hex}\r\n`);
      return `${listed.join('')}\r\nOK`;
    }
    return /^AT(?:$|E|\+C)/.test(command) ? 'OK' : 'ERROR';
  }

  #prompt(value: string): string {
    if (this.fault === 'no-prompt') return '';
    this.#to = value.replaceAll('"', '');
    this.#say('\r\n> ');
    return '';
  }

  #say(text: string): void {
    // A line that went away meanwhile takes the answer with it, as a cable does.
    this.#line.send(Buffer.from(text, 'latin1')).catch(() => undefined);
  }
}

function hexText(hex: string): string {
  return Buffer.from(hex, 'hex').swap16().toString('utf16le');
}
