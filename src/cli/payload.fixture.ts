import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runCommand } from './program.ts';

/** A folder of an installer who tries maps, and the command in this process: dozens of processes would take long. */
export class Bench implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'bailee-payload-'));

  file(name: string, text: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Runs `bailee payload`; the folder's name is left out of what it says. */
  async run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.runWith('', ...args);
  }

  async runWith(input: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdin.end(input);
    const { signal } = new AbortController();
    const code = await runCommand(['payload', ...args], { env: {}, signal, stdin, stdout, stderr });
    const text = (stream: PassThrough) => String(stream.read() ?? '').replaceAll(`${this.folder}/`, '');
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
