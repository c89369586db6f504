import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePolicy } from '../src/evidence/policy.ts';
import { verify } from '../src/evidence/verify.ts';
import { sha256 } from '../src/gateway/site/primitives.ts';
import { hashAll, recorded } from './bare-loop.ts';
import { peakMB } from './child.ts';
import type { PartResult } from './figures.ts';
import { medianMs } from './repeated.ts';
import { writeStreams } from './week-of-streams.ts';

const STREAMS = 50;
const BLOCKS_PER_DAY = 144;
const MAIN = join(import.meta.dirname, '../src/main.ts');

/** `bailee verify` of a bundle of 50 streams, every 10 s for a week (a day with --quick). */
export async function benchVerify50(quick: boolean): Promise<PartResult> {
  const blocks = BLOCKS_PER_DAY * (quick ? 1 : 7);
  const span = quick ? 'day' : 'week';
  const folder = mkdtempSync(join(tmpdir(), 'bailee-verify-'));
  try {
    const data = join(folder, 'data');
    const week = writeStreams(data, STREAMS, blocks);
    const policy = join(folder, 'policy.json');
    writeFileSync(policy, week.policy);
    const asked = ['--data', data, '--policy', policy, '--from', at(week.from), '--to', at(week.to)];
    const [one, all] = [join(folder, 'one.zip'), join(folder, 'all.zip')];
    await bailee(['export', ...asked, '--stream', 'probe-1/temperature', '--out', one]);
    await bailee(['export', ...asked, '--zone', 'cold-1', '--out', all]);
    const least = await bailee(['verify', one, '--policy', policy, '--json']);
    const most = await bailee(['verify', all, '--policy', policy, '--json']);
    const bare = STREAMS * bareMs(readFileSync(one), week.policy);
    return {
      part: 'verify-50',
      figures: [
        {
          name: `verify ${STREAMS} stream-${span}s`,
          value: most.ms,
          unit: 'ms',
          beside: { name: `${STREAMS} bare loops over one's hashes`, value: bare },
          target: { ratio: 1.6 },
        },
        {
          name: `most memory for ${STREAMS} stream-${span}s`,
          value: most.peakMB,
          unit: 'MB',
          beside: { name: 'one of them', value: least.peakMB },
          target: { most: 256 },
        },
      ],
      notes: ['the command from its start to its end, one run each'],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}

function bareMs(bundle: Uint8Array, file: string): number {
  const parsed = parsePolicy(Buffer.from(file), sha256);
  if (!parsed.ok) throw new Error(parsed.why);
  const used = recorded((primitives) => void verify(bundle, parsed.policy, null, primitives));
  return medianMs(5, () => hashAll(used));
}

async function bailee(args: readonly string[]): Promise<{ readonly ms: number; readonly peakMB: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, peakMB(child.pid))), 20);
  const [code] = await once(child, 'exit');
  clearInterval(look);
  // 1 is an answer that is not yes.
  if (code !== 0 && code !== 1) throw new Error(`bailee ${args[0]} ended with ${String(code)}`);
  return { ms: performance.now() - begun, peakMB: peak };
}
