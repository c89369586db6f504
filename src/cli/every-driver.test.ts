import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fuzzedFiles } from '../../test/fuzz/fuzzed-files.ts';
import { Problems } from '../config/problems.ts';
import { Profiles } from '../config/profiles.ts';
import { DRIVER_NAMES, driverOf } from '../devices/registry.ts';
import { openFarEnds, type SimulatedEntry } from './simulated-site.ts';

/** What a driver is made of (CONTRIBUTING.md): who brings a new one is told here what is missing. */

const ROOT = join(import.meta.dirname, '../..');
/** Their simulators call somebody's broker or receiver, whose port they have to know. */
const CALLERS = ['mqtt', 'sparkplug', 'sia-dc09', 'teltonika', 'jtt808', 'impinj-iot', 'zebra-iot'];
const STORIES = join(ROOT, 'test/scenarios');
const SCENARIOS = readdirSync(STORIES).map((name) => readFileSync(join(STORIES, name), 'utf8'));
const REGISTRY = readFileSync(join(ROOT, 'src/devices/registry.ts'), 'utf8');

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bailee-drivers-'));
  writeFileSync(join(root, 'secret'), '00112233445566778899aabbccddeeff\n', { mode: 0o600 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** `uhf-mqtt` of both of its drivers. */
function folderOf(driver: string): string {
  const line = REGISTRY.split('\n').find((text) =>
    text.trim().replaceAll("'", '').startsWith(`${driver}: (`),
  );
  return /import\('\.\/([\w-]+)\//.exec(line ?? '')?.[1] ?? '';
}

function sampleOf(driver: string): string {
  return readFileSync(join(ROOT, 'config/samples', `${driver}.yaml`), 'utf8');
}

function readmeOf(driver: string): string {
  return readFileSync(join(ROOT, 'src/devices', folderOf(driver), 'README.md'), 'utf8');
}

type Entry = { readonly id: string; readonly driver: string; readonly port?: unknown };

function entriesOf(driver: string): Entry[] {
  const sample: { readonly devices: readonly Entry[] } = parse(sampleOf(driver));
  return sample.devices.filter((entry) => entry.driver === driver);
}

/** The far end of each entry of the sample, its secrets in files of this test and its ports free ones. */
function simulated(driver: string, stack: AsyncDisposableStack): Promise<SimulatedEntry[]> {
  const file = join(root, `${driver}.yaml`);
  const plain = sampleOf(driver).replaceAll(/(?:file|credential):[\w./-]+/g, `file:${root}/secret`);
  // The far end of a camera speaks in clear.
  writeFileSync(
    file,
    plain.replaceAll(/https:|^ *fingerprint: .*$/gm, (found) => (found === 'https:' ? 'http:' : '')),
  );
  const place = ({ port }: Entry): string => {
    if (typeof port === 'string') return join(root, 'no-such-port');
    return CALLERS.includes(driver) ? '127.0.0.1:1' : '127.0.0.1:0';
  };
  const places = new Map(entriesOf(driver).map((entry) => [entry.id, place(entry)]));
  return openFarEnds({ file, driver, places, credentials: { checked: true, directory: null } }, stack);
}

describe.each(DRIVER_NAMES)('the driver %s', (driver) => {
  it('has a sample that it takes', async () => {
    const known = await driverOf(driver);
    const profiles = new Profiles([join(ROOT, 'config/profiles')], new Problems());
    expect(entriesOf(driver)).not.toEqual([]);
    for (const entry of entriesOf(driver)) {
      const checked = known?.configure(entry, (name) => profiles.value(name));
      expect(checked?.ok === false ? checked.problems : []).toEqual([]);
    }
  });

  it('has properties that any number of cases are asked of', () => {
    expect(fuzzedFiles(join('src/devices', folderOf(driver)))).not.toEqual([]);
  });

  it('raises a finding through the whole daemon in some scenario', () => {
    const told = SCENARIOS.filter(
      (text) => text.includes(`driver: '${driver}'`) || text.includes(`driver: ${driver}\n`),
    );
    expect(told.length).toBeGreaterThan(0);
  });

  it('has a page with its evidence class and each fault of its simulator', async () => {
    const page = readmeOf(driver);
    expect(page).toMatch(/Evidence class:?\s+`src` [12]/);
    await using stack = new AsyncDisposableStack();
    const ends = await simulated(driver, stack);
    expect(ends.length).toBe(entriesOf(driver).length);
    for (const { simulator } of ends) {
      expect(simulator.faults.length).toBeGreaterThan(2);
      expect(simulator.faults.filter((fault) => !page.includes(`\`${fault}\``))).toEqual([]);
    }
  });
});
