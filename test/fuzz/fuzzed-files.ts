import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** How a test gets as many cases as are asked for, by itself or by what all formats on a line share. */
const FUZZED = /BAILEE_FUZZ|scanning\.fixture\.ts/;

/** The tests below `folder` (relative to the project) that take as many cases as BAILEE_FUZZ says, in order. */
export function fuzzedFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file))
    .filter((file) => FUZZED.test(readFileSync(join(ROOT, file), 'utf8')))
    .toSorted();
}
