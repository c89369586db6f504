import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peakMB } from './child.ts';
import type { PartResult } from './figures.ts';
import { hashLeaves } from './leaf.ts';
import { medianMs } from './repeated.ts';
import { writeStreams, type Week } from './week-of-streams.ts';

const STREAMS = 50;
const BLOCKS_PER_DAY = 144;
const READINGS_PER_BLOCK = 60;

/** Bundles out of the journal of 50 streams, every 10 s for a week (a day with --quick). */
export async function benchExport(quick: boolean): Promise<PartResult> {
  const blocks = BLOCKS_PER_DAY * (quick ? 1 : 7);
  const span = quick ? 'day' : 'week';
  const folder = mkdtempSync(join(tmpdir(), 'bailee-export-'));
  try {
    const data = join(folder, 'data');
    const week = writeStreams(data, STREAMS, blocks);
    const idle = await exporting(folder, data, week, ['--stream', 'probe-1/temperature'], true);
    const one = await exporting(folder, data, week, ['--stream', 'probe-1/temperature'], false);
    const all = await exporting(folder, data, week, ['--zone', 'cold-1'], false);
    const bare = medianMs(3, () => hashLeaves(blocks * READINGS_PER_BLOCK));
    return {
      part: 'export',
      figures: [
        {
          name: `export one stream-${span}`,
          value: one.ms,
          unit: 'ms',
          beside: { name: 'its three hashes a leaf alone', value: bare },
          target: { most: 2000 },
        },
        {
          name: `size of one stream-${span}`,
          value: one.bytes / 1e6,
          unit: 'MB',
          beside: null,
          target: { most: 0.7 },
        },
        { name: `export ${STREAMS} stream-${span}s`, value: all.ms, unit: 'ms', beside: null, target: null },
        {
          name: `most memory for ${STREAMS} stream-${span}s`,
          value: all.peakMB,
          unit: 'MB',
          beside: { name: 'one block of one stream', value: idle.peakMB },
          target: null,
        },
      ],
      notes: [
        `the command from its start to its end, checking what it wrote; ${blocks} blocks, one run each`,
        `${STREAMS} stream-${span}s are ${(all.bytes / 1e6).toFixed(1)} MB`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Run = { readonly ms: number; readonly bytes: number; readonly peakMB: number };

/** Runs `bailee export` over the window, or over its first minute. */
async function exporting(
  folder: string,
  data: string,
  { from, to, policy }: Week,
  select: readonly string[],
  isShort: boolean,
): Promise<Run> {
  const [out, policyFile] = [join(folder, 'out.zip'), join(folder, 'policy.json')];
  writeFileSync(policyFile, policy);
  const [begin, end] = [from, isShort ? from + 60_000 : to].map((ms) => new Date(ms).toISOString());
  const window = ['--from', begin ?? '', '--to', end ?? '', '--policy', policyFile];
  const main = join(import.meta.dirname, '../src/main.ts');
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [main, 'export', '--data', data, ...select, ...window, '--out', out],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, peakMB(child.pid))), 20);
  const [code] = await once(child, 'exit');
  clearInterval(look);
  const ms = performance.now() - begun;
  if (code !== 0) throw new Error(`bailee export ended with ${String(code)}`);
  return { ms, bytes: statSync(out).size, peakMB: most };
}
