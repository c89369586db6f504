import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const DEVICES = join(import.meta.dirname, '../../src/devices');

/** What reads bytes of strangers, or the tests of it. */
const CODEC = /^(codec(\.test)?|decode|decoders)\.ts$/;
/** How a test gets as many cases as are asked for, by itself or by what all formats on a line share. */
const FUZZED = /BAILEE_FUZZ|scanning\.fixture\.ts/;

function filesOf(folder: string): string[] {
  return readdirSync(join(DEVICES, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

const folders = readdirSync(DEVICES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .filter((folder) => filesOf(folder).some((file) => CODEC.test(file)));

it.each(folders)('the codec of %s takes as many cases as are asked for', (folder) => {
  const fuzzed = filesOf(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => FUZZED.test(readFileSync(join(DEVICES, folder, file), 'utf8')));
  expect(fuzzed.length).toBeGreaterThan(0);
});

it('there are codecs', () => {
  expect(folders).toEqual(expect.arrayContaining(['llrp', 'modbus', 'mqtt', 'onvif', 'sia-dc09', 'toledo']));
});
