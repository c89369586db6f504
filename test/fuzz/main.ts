import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { fuzz } from './fuzz.ts';

// As `bailee verify` does: what is measured is what a verification holds.
setFlagsFromString('--semi-space-growth-factor=1');

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
const cases = Number(values.cases);
process.stdout.write(`seed ${seed}, ${cases} cases\n`);
const begun = performance.now();
const { gc } = globalThis;
const report = fuzz(seed, cases, (done) => {
  // What made the cases is no matter of the verifier's.
  if (done % 1000 === 0) gc?.();
  if (done % 50_000 === 0)
    process.stderr.write(`${done} in ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
});
const codes = [...report.failures].sort(([, a], [, b]) => b - a).map(([code, n]) => `${code} ${n}`);
const peakMB = process.resourceUsage().maxRSS * 1.024e-3;
process.stdout.write(`${codes.join(', ')}\n`);
process.stdout.write(
  `valid ${report.valid}, structures whole ${report.decoded}, slowest ${report.slowestMs.toFixed(0)} ms, most memory ${peakMB.toFixed(0)} MB\n`,
);
for (const { problem, input } of report.found) process.stdout.write(`${problem}\n  ${input}\n`);
if (report.found.length > 0 || peakMB > 256) process.exitCode = 1;
