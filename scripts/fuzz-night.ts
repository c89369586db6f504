import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzzedFiles } from '../test/fuzz/fuzzed-files.ts';

/** What takes too long for every commit: all decoders, and the verifier, with as many cases as are asked for. */

const ROOT = join(import.meta.dirname, '..');
/** How often a run that goes on says so, ms. */
const STILL_MS = 60_000;

type Ended = { readonly code: number; readonly said: string };

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000000' },
    /** Only those whose path has one of these in it. */
    only: { type: 'string', multiple: true, default: [] },
  },
});
const cases = Number(values.cases);
if (!Number.isSafeInteger(cases) || cases < 1) throw new RangeError(`--cases ${values.cases} is no number`);
const isWanted = (name: string): boolean =>
  values.only.length === 0 || values.only.some((part) => name.includes(part));

const VERIFIER = 'test/fuzz/main.ts';
const wanted = [...fuzzedFiles('src'), VERIFIER].filter(isWanted);
if (wanted.length === 0) throw new RangeError(`nothing is called ${values.only.join(' or ')}`);

const begun = performance.now();
const failed: string[] = [];
say(`${wanted.length} decoders, ${cases.toLocaleString('en')} cases each`);
for (const [i, name] of wanted.entries()) {
  const since = performance.now();
  const { code, said } = await (name === VERIFIER ? verifier() : decoder(name));
  const outcome = code === 0 ? 'passed' : 'FAILED';
  say(`[${i + 1}/${wanted.length}] ${name} ${outcome} in ${spanOf(performance.now() - since)}`);
  if (code === 0) continue;
  failed.push(name);
  process.stdout.write(`${said}\n`);
}
const passed = wanted.length - failed.length;
say(`${spanOf(performance.now() - begun)}${failed.length === 0 ? '' : `; failed: ${failed.join(', ')}`}`);
process.stdout.write(`${passed} passed, ${failed.length} failed, 0 skipped\n`);
if (failed.length > 0) process.exitCode = 1;

/** A test file in a process of its own, so that none is slower by the memory of another. */
function decoder(file: string): Promise<Ended> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  return ended([vitest, 'run', '--project', 'rooms', '--testTimeout', '0', file], file);
}

function verifier(): Promise<Ended> {
  return ended(['--expose-gc', VERIFIER, '--cases', String(cases)], 'the verifier');
}

function ended(args: readonly string[], name: string): Promise<Ended> {
  const since = performance.now();
  const env = { ...process.env, BAILEE_FUZZ: String(cases) };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const still = setInterval(() => say(`  ${name}: ${spanOf(performance.now() - since)}`), STILL_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(still);
      resolve({ code: code ?? 1, said });
    });
  });
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

function spanOf(ms: number): string {
  const s = Math.round(ms / 1000);
  return s < 120 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}
