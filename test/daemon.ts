import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Alarm, Device, Status, Stream } from '../src/api/types.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
/** What it says when everything is open: the log's origin, where its page is, the operator's token. */
const OPEN = /^bailee: \S+ (http\S+) \((.+)\)$/gm;
/** Of what it said so much is kept for a test that fails. */
const MEMORY = 64 * 1024;

/** What is known of a command that ended. */
export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs one command of the command line as a user would, to its end. */
export async function bailee(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args, '--lang', 'en'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, out, err };
}

/** What a gateway left behind holds: each signature, hash and record, and each decision once more. */
export async function expectSound(data: string): Promise<void> {
  for (const verb of ['audit', 'replay']) {
    const ended = await bailee(verb, '--data', data);
    if (ended.code !== 0) throw new Error(`${verb} ended with ${ended.code}:\n${ended.out}${ended.err}`);
  }
}

/** A whole gateway in a process of its own, started as a user starts it and asked over HTTP. */
export class Daemon implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #token: string;
  readonly #said: () => string;
  readonly #url: () => string;

  private constructor(child: ChildProcess, said: () => string, url: () => string, tokenFile: string) {
    this.#child = child;
    this.#said = said;
    this.#url = url;
    this.#token = readFileSync(tokenFile, 'utf8').trim();
  }

  /** Resolves when everything is open. Rejects with what it said when it ended before. */
  static async start(file: string): Promise<Daemon> {
    const child = spawn(process.execPath, [MAIN, 'run', file, '--lang', 'en'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A test that dies leaves no daemon behind.
    const reap = (): boolean => child.kill('SIGKILL');
    process.once('exit', reap);
    child.once('exit', () => process.off('exit', reap));
    let said = '';
    let url = '';
    const opened = Promise.withResolvers<string>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-MEMORY);
        // A gateway that goes on in the next epoch opens again, maybe elsewhere.
        const found = [...said.matchAll(OPEN)].at(-1);
        if (found === undefined) return;
        url = found[1] ?? '';
        opened.resolve(found[2] ?? '');
      });
    }
    child.once('error', opened.reject);
    child.once('close', (code, signal) =>
      opened.reject(new Error(`ended with ${code ?? signal} before it was open:\n${said}`)),
    );
    const tokenFile = await opened.promise;
    return new Daemon(
      child,
      () => said,
      () => url,
      tokenFile,
    );
  }

  /** Starts one and kills it (kill -9) so many ms later, wherever it has come to. */
  static async cutWhileStarting(file: string, afterMs: number): Promise<void> {
    const child = spawn(process.execPath, [MAIN, 'run', file], { stdio: 'ignore' });
    await delay(afterMs);
    const gone = new Promise((resolve) => child.once('close', resolve));
    if (!child.kill('SIGKILL')) throw new Error(`ended with ${child.exitCode} before it was cut`);
    await gone;
  }

  /** Where the API is. */
  get url(): string {
    return this.#url();
  }

  /** Its log and what else it said, the last of it. */
  get said(): string {
    return this.#said();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  status(): Promise<Status> {
    return this.#get('status');
  }

  async stream(id: string): Promise<Stream> {
    const streams = await this.#get<Stream[]>('streams');
    return need(
      streams.find((s) => s.id === id),
      `stream ${id}`,
    );
  }

  async device(id: string): Promise<Device> {
    const devices = await this.#get<Device[]>('devices');
    return need(
      devices.find((d) => d.id === id),
      `device ${id}`,
    );
  }

  alarms(): Promise<readonly Alarm[]> {
    return this.#get('alarms');
  }

  /** The alarm as it stands; undefined while it is at rest. */
  async alarm(id: string): Promise<Alarm | undefined> {
    return (await this.alarms()).find((a) => a.id === id);
  }

  /** What the API answers to a read, whatever that is. */
  ask(path: string): Promise<Response> {
    return fetch(`${this.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
  }

  /** What is at a path of the API, byte by byte. */
  async fetch(path: string): Promise<{ readonly status: number; readonly bytes: Uint8Array }> {
    const response = await fetch(`${this.url}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    });
    return { status: response.status, bytes: await response.bytes() };
  }

  /** Opens the event stream. */
  events(signal: AbortSignal): Promise<Response> {
    return fetch(`${this.url}/api/v1/events`, {
      headers: { authorization: `Bearer ${this.#token}` },
      signal,
    });
  }

  /** Answers with the status of the HTTP response. */
  async acknowledge(alarm: string, body: unknown, token = this.#token): Promise<number> {
    const response = await fetch(`${this.url}/api/v1/alarms/${encodeURIComponent(alarm)}/acknowledge`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  }

  /** What the API answers to an act. */
  async post(
    path: string,
    body: unknown,
    token = this.#token,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${this.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  }

  /** Power is gone: kill -9. Resolves when the process is gone. */
  async cut(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As systemd stops it. @throws when it did not end well */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    if (this.#child.exitCode === 0) return;
    throw new Error(`ended with ${this.#child.exitCode ?? this.#child.signalCode}:\n${this.said}`);
  }

  /** Waits until it ends by itself. @throws with what it said, how it ended first; also when it goes on */
  async failed(ms: number): Promise<never> {
    const over = new AbortController();
    const isOver = (): boolean => this.#child.exitCode !== null || this.#child.signalCode !== null;
    const gone = new Promise((resolve) => this.#child.once('close', resolve));
    if (!isOver()) await Promise.race([gone, delay(ms, undefined, { signal: over.signal })]);
    over.abort();
    const how = isOver() ? `ended with ${this.#child.exitCode ?? this.#child.signalCode}` : 'goes on';
    throw new Error(`${how}:\n${this.said}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill(signal);
    await gone;
  }

  /** The answer's shape is that of the API's published types. */
  async #get<T>(path: string): Promise<T> {
    const response = await this.ask(path);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }
}

/** The API takes 20 calls a second; looking every 100 ms stays well below. */
const LOOK_EVERY_MS = 100;

/** Asks until the answer is as wanted, and gives it; says the last one when it never was. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  wanted: (answer: T) => boolean,
  ms = 8000,
): Promise<T> {
  for (const end = performance.now() + ms; ;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}; ${JSON.stringify(answer)}`);
    await delay(LOOK_EVERY_MS);
  }
}

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the gateway has no ${what}`);
  return value;
}
