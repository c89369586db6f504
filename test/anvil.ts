import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(import.meta.url);

/** Anvil's own first development accounts. */
export const ANVIL_SECRETS = [
  'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  '59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  '5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
] as const;

export const ANVIL_CHAIN_ID = 31_337;

export type AnvilOptions = {
  readonly hardfork?: 'london' | 'osaka';
  /** 0 takes a free one. */
  readonly port?: number;
  /** Kept in this file between runs. */
  readonly stateFile?: string;
  /** Time of the first block; milliseconds make a chain that counts them. */
  readonly timestamp?: number;
  /** Base fee of the first block, wei. */
  readonly baseFee?: number;
};

/** A chain in a process of its own: the binary itself, so that signals reach it. */
export class Anvil implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The answer's shape is the test's to know. */
  async rpc<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const answer: { result: T; error?: { message: string } } = JSON.parse(await response.text());
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  /** The node falls silent: it takes connections and never answers. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Stops it; resolves when the process is gone and its state is written. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.resume();
    this.#child.kill('SIGTERM');
    const killer = new AbortController();
    const late = sleep(5000, null, { signal: killer.signal, ref: false }).then(
      () => this.#child.kill('SIGKILL'),
      () => undefined,
    );
    await gone;
    killer.abort();
    await late;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const child = spawn(
    anvilBinary(),
    [
      `--port=${options.port ?? 0}`,
      `--hardfork=${options.hardfork ?? 'osaka'}`,
      '--slots-in-an-epoch=1',
      ...(options.stateFile === undefined ? [] : [`--state=${options.stateFile}`]),
      ...(options.timestamp === undefined ? [] : [`--timestamp=${options.timestamp}`]),
      ...(options.baseFee === undefined ? [] : [`--base-fee=${options.baseFee}`]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  process.once('exit', () => child.kill('SIGKILL'));
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`anvil ended with ${code ?? signal}`)));
  });
  return Promise.race([listening(child), failed]);
}

/** Goes on reading its output, for a full pipe would stop it. */
function listening(child: ChildProcess): Promise<Anvil> {
  return new Promise((resolve) => {
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4096);
      const address = /^Listening on (\S+)\n/m.exec(said)?.[1];
      if (address === undefined) return;
      resolve(new Anvil(child, `http://${address}`));
    });
  });
}

/** The npm package only wraps the binary of its platform's package. */
function anvilBinary(): string {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const home = require.resolve(`@foundry-rs/anvil-${process.platform}-${arch}/package.json`, {
    paths: [dirname(require.resolve('@foundry-rs/anvil/package.json'))],
  });
  return join(dirname(home), 'bin/anvil');
}
