import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../main.ts');

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** The program itself in a process of its own, in English unless told otherwise. */
export class Bailee implements Disposable {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { PATH } = process.env;
    const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH, LANG: 'C.UTF-8', ...env } });
    child.stdout.on('data', (chunk) => (this.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (this.stderr += String(chunk)));
    this.#child = child;
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Ends it for good where a test failed before it did. */
  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }

  stop(): Promise<Ended> {
    this.#child.kill('SIGTERM');
    return this.ended;
  }
}

/** Runs a command to its end. */
export function bailee(...args: string[]): Promise<Ended> {
  return new Bailee(args).ended;
}

/** Waits until `happened` gives something; fails after ten seconds. */
export async function eventually<T>(
  what: () => string,
  happened: () => T | null | undefined | false,
): Promise<T> {
  const end = performance.now() + 10_000;
  for (;;) {
    const found = happened();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`it never came: ${what()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
