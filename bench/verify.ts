import { MINUTE, ORIGIN, SmallLog, T } from '../test/evidence/small-log.ts';
import { writeBundle } from '../src/evidence/bundle.ts';
import type { Question } from '../src/evidence/question.ts';
import { MemorySink } from '../src/evidence/zip-writer.ts';
import { verify } from '../src/evidence/verify.ts';
import { deflate, nodePrimitives } from '../src/gateway/primitives.ts';
import type { PartResult } from './figures.ts';
import { hashLeaves } from './leaf.ts';
import { medianMs } from './repeated.ts';

const READINGS_PER_BLOCK = 60;
const BLOCKS_PER_DAY = 144;

/** One stream, every 10 s for a week (a day with --quick): blocks of ten minutes, two witnesses. */
export function benchVerify(quick: boolean): PartResult {
  const blocks = BLOCKS_PER_DAY * (quick ? 1 : 7);
  const runs = quick ? 3 : 5;
  const log = new SmallLog();
  for (let no = 0; no < blocks; no++) {
    const { t0 } = log.open;
    for (let i = 0; i < READINGS_PER_BLOCK; i++) log.reading(1, t0 + i * 10_000, 400 + (i % 50));
    log.seal(t0 + 10 * MINUTE);
  }
  const question: Question = {
    kind: 'range',
    from: T,
    to: T + blocks * 10 * MINUTE,
    slots: [1],
    unit: 'Cel',
    exp: -2,
    min: 200,
    max: 800,
    maxGapMs: 2 * MINUTE,
    allowOutMs: 0,
    allowGapMs: 0,
  };
  const policy = log.policy();
  const own = policy.get(ORIGIN);
  if (own === undefined) throw new Error(`no policy for ${ORIGIN}`);
  const request = {
    origin: ORIGIN,
    size: blocks,
    question,
    slots: question.slots,
    mode: 'full',
    pick: { kind: 'times', times: [] },
    events: false,
    policy: own,
  } as const;
  const sink = new MemorySink();
  writeBundle(log, request, sink, { ...nodePrimitives, deflate });
  const bundle = sink.take();
  const verdict = verify(bundle, policy, question, nodePrimitives);
  if (verdict.failure !== null) throw new Error(`${verdict.failure.code} at ${verdict.failure.where}`);
  const ms = medianMs(runs, () => void verify(bundle, policy, question, nodePrimitives));
  const leaves = blocks * READINGS_PER_BLOCK;
  const bare = medianMs(runs, () => hashLeaves(leaves));
  return {
    part: 'verify',
    figures: [
      {
        name: quick ? 'verify one stream-day' : 'verify one stream-week',
        value: ms,
        unit: 'ms',
        beside: { name: 'its three hashes a leaf alone', value: bare },
        target: null,
      },
    ],
    notes: [
      `median of ${runs} runs; ${leaves} readings in ${blocks} blocks, a bundle of ${bundle.length} bytes`,
    ],
  };
}
