import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutant-table.ts';

const ROOT = join(import.meta.dirname, '../..');
const ROW = /^\| (\d+) \| [^|]+ \| ([^|]+) \|$/gm;

const rows = [...readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').matchAll(ROW)].map(
  ([, number = '', files = '']) => ({
    number: Number(number),
    files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  }),
);

describe('the attack table', () => {
  it('has all 33 rows', () => {
    expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 33 }, (_, i) => i + 1));
  });

  it.each(rows)('row $number is a test that names it, in $files', ({ number, files }) => {
    expect(files.length).toBeGreaterThan(0);
    // A title such as '9: …', '19, 20: …', 'attack 4: …' or '… (19, attack 31)'.
    const named = new RegExp(`['"\`](?:\\d+, )*${number}(?:, \\d+)*: |attacks? (?:\\d+, )*${number}\\b`);
    for (const file of files) {
      expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
      expect([file, named.test(readFileSync(join(ROOT, file), 'utf8'))]).toEqual([file, true]);
    }
  });

  it('has a measure to switch off for every row, by texts that the source has', () => {
    expect(new Set(MUTANTS.map((m) => m.row))).toEqual(new Set(rows.map((row) => row.number)));
    for (const { row, file, off, tests } of MUTANTS) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      expect([row, off.filter(([on]) => !text.includes(on))]).toEqual([row, []]);
      const own = rows.find((r) => r.number === row)?.files ?? [];
      expect([row, tests.filter((test) => !own.includes(test))]).toEqual([row, []]);
    }
  });
});
