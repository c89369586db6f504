import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Go program of one file: what it prints, line by line, for JSON on its standard input. */
export type GoProgram = (input: unknown) => string[];

/**
 * Builds a program that uses one module, which go itself fetches once. Null where there is no go, or
 * no way to the module; the binary is gone when this process ends.
 */
export function goProgram(main: string, module: string): GoProgram | null {
  const folder = mkdtempSync(join(tmpdir(), 'bailee-go-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'main.go'), main);
  writeFileSync(join(folder, 'go.mod'), `module interop\n\ngo 1.24.0\n\nrequire ${module}\n`);
  for (const [args, timeout] of [
    [['mod', 'tidy'], 20_000],
    [['build', '-o', 'program', '.'], 120_000],
  ] as const) {
    if (spawnSync('go', args, { cwd: folder, timeout }).status !== 0) return null;
  }
  return (input) =>
    execFileSync(join(folder, 'program'), {
      input: JSON.stringify(input),
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
    })
      .trim()
      .split('\n');
}

/** For the title of a test that runs a program of this module, where it could not be built. */
export function ifGo(program: GoProgram | null, module: string): string {
  return program === null ? ` (skipped: go or ${module} is not installed)` : '';
}
