import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTANTS } from './mutant-table.ts';

const ROOT = join(import.meta.dirname, '../..');
const wanted = process.argv.slice(2).map(Number);
const chosen = MUTANTS.filter((m) => wanted.length === 0 || wanted.includes(m.row));
const folder = mkdtempSync(join(tmpdir(), 'bailee-mutants-'));

function passes(tests: readonly string[]): boolean {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  return (
    spawnSync(process.execPath, [vitest, 'run', ...tests], { cwd: folder, stdio: 'ignore' }).status === 0
  );
}

try {
  for (const name of ['src', 'test', 'config', 'bench', 'package.json', 'vitest.config.ts'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  if (!passes([...new Set(chosen.flatMap((m) => m.tests))])) throw new Error('the tests fail as it is');
  for (const { row, measure, file, off, tests } of chosen) {
    const path = join(folder, file);
    const whole = readFileSync(path, 'utf8');
    const missing = off.filter(([on]) => !whole.includes(on));
    if (missing.length > 0) throw new Error(`row ${row}: ${file} no longer has ${missing.join(', ')}`);
    writeFileSync(
      path,
      off.reduce((text, [on, instead]) => text.replaceAll(on, instead), whole),
    );
    const survived = passes(tests);
    writeFileSync(path, whole);
    process.stdout.write(`${row} ${survived ? 'SURVIVED' : 'found'}: ${measure}\n`);
    if (survived) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
