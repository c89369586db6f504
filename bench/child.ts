import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** USER_HZ of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

const UNIT = readFileSync(join(import.meta.dirname, '../systemd/bailee.service'), 'utf8');

/** The unit's own flags (systemd/bailee.service), so that the figures are those of the product. */
export const UNIT_FLAGS: readonly string[] = unitFlags();

/** And its environment. */
export const UNIT_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from(UNIT.matchAll(/^Environment=(\w+)=(\S+)$/gm), ([, name = '', value = '']) => [name, value]),
);

function unitFlags(): readonly string[] {
  const flags = /^ExecStart=\S+ (--.*?) \/\S+ run /m.exec(UNIT)?.[1];
  if (flags === undefined) throw new Error('systemd/bailee.service starts no node with flags');
  return flags.split(' ');
}

/** A program under measurement. */
export class MeasuredChild implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit');
  }

  /** Starts `node …args` and resolves once a line of its output contains `readyWord`. */
  static async start(
    args: readonly string[],
    readyWord: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<MeasuredChild> {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const measured = new MeasuredChild(child);
    await new Promise<void>((ready, fail) => {
      const hear = (line: string): void => {
        measured.#said = `${measured.#said}${line}\n`.slice(-4000);
        if (line.includes(readyWord)) ready();
      };
      for (const stream of [child.stdout, child.stderr]) {
        if (stream !== null) createInterface(stream).on('line', hear);
      }
      child.once('exit', (code) => fail(new Error(`exit ${code} before it was ready:\n${measured.#said}`)));
    });
    return measured;
  }

  /** User and system time so far, seconds. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Resident memory now, or the most there ever was, MB of 10^6 bytes. */
  memoryMB(what: 'VmRSS' | 'VmHWM'): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1.024e-3;
  }

  /** Asks it to stop and waits; what it said last, when it did not stop well. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM');
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`exit ${this.#child.exitCode}:\n${this.#said}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** VmHWM in MB of 10^6 bytes, 0 once the process is gone. */
export function peakMB(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1.024e-3;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return 0;
    throw error;
  }
}
