import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fuzzedFiles } from './fuzzed-files.ts';

const DEVICES = join(import.meta.dirname, '../../src/devices');

/** What reads bytes of strangers, or the tests of it. */
const CODEC = /^(codec(\.test)?|decode|decoders)\.ts$/;

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
  const fuzzed = fuzzedFiles(join('src/devices', folder));
  expect(fuzzed.length).toBeGreaterThan(0);
});

it('there are codecs', () => {
  expect(folders).toEqual(expect.arrayContaining(['llrp', 'modbus', 'mqtt', 'onvif', 'sia-dc09', 'toledo']));
});
