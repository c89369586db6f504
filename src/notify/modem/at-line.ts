/** A modem's line, opened again for ever by whoever opened it. */
export type ModemLine = {
  readonly state: { readonly up: boolean; readonly detail: string };
  /** How often it came up: a modem that was pulled knows nothing of before. */
  readonly openings: number;
  send(bytes: Uint8Array): Promise<void>;
  receive(receiver: (chunk: Uint8Array) => void): void;
};

/** A final answer that is not OK, as the modem said it, e.g. `+CMS ERROR: 500`. */
export class AtError extends Error {
  override readonly name = 'AtError';
}

const LONGEST_LINE = 1024;
const ESCAPE = '\x1b';
const END = '\x1a';
const FINAL = /^(?:OK|ERROR|NO CARRIER|\+CM[SE] ERROR:.*)$/;
/** What a modem says by itself, between answers. */
const UNASKED = /^\+(?:CMTI|CREG|CDSI|CUSD|CMT): ?[^]*$|^(?:RING|RDY|Call Ready|SMS Ready)$/;

type Waiting = {
  readonly command: string;
  readonly lines: string[];
  readonly prompt: string | null;
  resolve(lines: string[]): void;
  reject(error: unknown): void;
};

/** Commands to a modem and their answers, one after the other (3GPP TS 27.007, 27.005). */
export class AtLine {
  readonly #line: ModemLine;
  readonly #unasked: (line: string) => void;
  #buffer = '';
  #waiting: Waiting | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(line: ModemLine, unasked: (line: string) => void) {
    this.#line = line;
    this.#unasked = unasked;
    line.receive((chunk) => this.#take(Buffer.from(chunk).toString('latin1')));
  }

  /**
   * The lines of the answer, without its OK.
   *
   * @param prompt what follows once the modem shows `> `
   * @throws AtError for any other final answer, Error when none came
   */
  ask(command: string, timeoutMs: number, prompt: string | null = null): Promise<string[]> {
    const answer = this.#turn.then(() => this.#ask(command, timeoutMs, prompt));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #ask(command: string, timeoutMs: number, prompt: string | null): Promise<string[]> {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    this.#waiting = { command, lines: [], prompt, resolve, reject };
    this.#buffer = '';
    const name = command.split('=')[0] ?? command;
    const timer = setTimeout(() => reject(new Error(`the modem did not answer ${name}`)), timeoutMs);
    try {
      await this.#line.send(Buffer.from(`${command}\r`, 'latin1'));
      return await promise;
    } catch (error) {
      // A modem left at its prompt would take the next command for a text.
      if (prompt !== null && this.#line.state.up) await this.#line.send(Buffer.from(ESCAPE, 'latin1'));
      throw error;
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
    }
  }

  #take(text: string): void {
    this.#buffer = (this.#buffer + text).slice(-LONGEST_LINE * 4);
    const ends = this.#buffer.split(/\r\n|\r|\n/);
    this.#buffer = ends.pop() ?? '';
    for (const line of ends) this.#read(line.trim());
    const waiting = this.#waiting;
    if (waiting === null || waiting.prompt === null || !/^> ?$/.test(this.#buffer)) return;
    this.#buffer = '';
    const typed = `${waiting.prompt}${END}`;
    this.#waiting = { ...waiting, prompt: null };
    this.#line.send(Buffer.from(typed, 'latin1')).catch((error: unknown) => waiting.reject(error));
  }

  #read(line: string): void {
    const waiting = this.#waiting;
    if (line === '') return;
    if (waiting === null || (UNASKED.test(line) && !line.startsWith(prefixOf(waiting.command)))) {
      this.#unasked(line);
    } else if (FINAL.test(line)) {
      if (line === 'OK') waiting.resolve(waiting.lines);
      else waiting.reject(new AtError(line));
      // The echo of a modem that was not told yet to leave it.
    } else if (line !== waiting.command) waiting.lines.push(line);
  }
}

/** `+CREG` of `AT+CREG?`: the answer begins with it, though the modem says it unasked too. */
function prefixOf(command: string): string {
  return /^AT(\+\w+)/.exec(command)?.[1] ?? 'AT';
}
