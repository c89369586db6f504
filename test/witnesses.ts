import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../src/main.ts');
/** What it says when it is open: its verifier key and where it listens. */
const OPEN = /^bailee: witness (\S+) (http\S+)$/m;

export type WitnessedLog = { readonly key: string; readonly laterEpochs?: boolean };

/** A witness' folder: its configuration, and its state beside it. */
export class WitnessSite implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'bailee-witness-'));
  readonly file = join(this.folder, 'witness.yaml');
  readonly state = join(this.folder, 'state');
  readonly #name: string;

  constructor(name: string, logs: readonly WitnessedLog[], port = 0) {
    this.#name = name;
    this.write(logs, port);
  }

  write(logs: readonly WitnessedLog[], port: number): void {
    const entries = logs.map((l) => `  - { key: '${l.key}', later-epochs: ${l.laterEpochs === true} }`);
    writeFileSync(
      this.file,
      `name: ${this.#name}\nstate: state\nlisten: { port: ${port} }\nlogs:\n${entries.join('\n')}\n`,
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** `bailee witness` in a process of its own, as its owner starts it. */
export class WitnessProcess implements AsyncDisposable {
  readonly vkey: string;
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, vkey: string, url: string) {
    this.#child = child;
    this.vkey = vkey;
    this.url = url;
  }

  static async start(file: string): Promise<WitnessProcess> {
    const child = spawn(process.execPath, [MAIN, 'witness', file, '--lang', 'en'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const reap = (): boolean => child.kill('SIGKILL');
    process.once('exit', reap);
    child.once('exit', () => process.off('exit', reap));
    let said = '';
    const opened = Promise.withResolvers<RegExpExecArray>();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = OPEN.exec(said);
      if (found !== null) opened.resolve(found);
    });
    child.once('error', opened.reject);
    child.once('close', (code, signal) =>
      opened.reject(new Error(`ended with ${code ?? signal} before it was open:\n${said}`)),
    );
    const [, vkey = '', url = ''] = await opened.promise;
    return new WitnessProcess(child, vkey, url);
  }

  /** kill -9, wherever it has come to. */
  cut(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Asks it to stop. Gives nothing when it ended with 0. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    if (this.#child.exitCode !== 0) throw new Error(`a witness ended with ${this.#child.exitCode}`);
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
}
