import { MINUTE, ORIGIN, SmallLog, T } from '../test/evidence/small-log.ts';
import { writeBundle } from '../src/evidence/bundle.ts';
import type { Policy } from '../src/evidence/policy.ts';
import type { Question } from '../src/evidence/question.ts';
import { MemorySink } from '../src/evidence/zip-writer.ts';
import { verify } from '../src/evidence/verify.ts';
import { deflate, nodePrimitives } from '../src/gateway/site/primitives.ts';
import { hashAll, hashAllUnread, recorded, verifyAll } from './bare-loop.ts';
import type { PartResult } from './figures.ts';
import { medianMs } from './repeated.ts';

const READINGS_PER_BLOCK = 60;
const BLOCKS_PER_DAY = 144;
/** Of the issue: what a verification may take of a bare loop over the same bytes. */
const MOST = 1.6;

type Checked = { readonly bundle: Uint8Array; readonly policy: Policy; readonly question: Question };

/** One stream, every 10 s for a week (a day with --quick): blocks of ten minutes. */
export function benchVerify(quick: boolean): PartResult {
  const blocks = BLOCKS_PER_DAY * (quick ? 1 : 7);
  const runs = quick ? 5 : 9;
  const span = quick ? 'day' : 'week';
  const alone = timesOf(bundleOf(blocks, []), runs);
  const witnessed = timesOf(bundleOf(blocks, ['bank-a', 'bank-b']), runs);
  return {
    part: 'verify',
    figures: [
      {
        name: `verify one stream-${span}`,
        value: alone.ms,
        unit: 'ms',
        beside: { name: 'a bare loop over its hashes', value: alone.hashes },
        target: { ratio: MOST },
      },
      {
        name: `… its heads cosigned by two`,
        value: witnessed.ms,
        unit: 'ms',
        beside: { name: 'a bare loop over its hashes', value: witnessed.hashes },
        // A day shows every head, two signatures for sixty readings; of a week every second one is shown.
        target: quick ? null : { ratio: MOST },
      },
      {
        name: '… beside its signatures too',
        value: witnessed.ms,
        unit: 'ms',
        beside: { name: 'its hashes and signatures alone', value: witnessed.hashes + witnessed.signatures },
        target: null,
      },
      {
        name: `one stream-${span}, digests unread`,
        value: alone.ms,
        unit: 'ms',
        beside: { name: 'the least node hashes them in', value: alone.unread },
        target: null,
      },
    ],
    notes: [
      `median of ${runs} runs; ${blocks * READINGS_PER_BLOCK} readings in ${blocks} blocks`,
      `the bare loop: crypto.hash('sha256', bytes, 'buffer') over the very bytes, ${alone.hashCount} hashes`,
      `digests unread: as text that nobody reads`,
      `cosigned: ${witnessed.signatureCount} signatures, ${witnessed.signatures.toFixed(0)} ms; ${witnessed.impliedCount} of the log key follow from the checkpoint`,
    ],
  };
}

function timesOf({ bundle, policy, question }: Checked, runs: number) {
  const run = (): void => {
    const { failure } = verify(bundle, policy, question, nodePrimitives);
    if (failure !== null) throw new Error(`${failure.code} at ${failure.where}`);
  };
  const used = recorded((primitives) => void verify(bundle, policy, question, primitives));
  const { signatures } = verify(bundle, policy, question, nodePrimitives);
  return {
    ms: medianMs(runs, run),
    hashes: medianMs(runs, () => hashAll(used)),
    unread: medianMs(runs, () => hashAllUnread(used)),
    signatures: medianMs(runs, () => verifyAll(used)),
    hashCount: used.hashed.length,
    signatureCount: used.signed.length,
    impliedCount: signatures?.implied ?? 0,
  };
}

function bundleOf(blocks: number, owners: readonly string[]): Checked {
  const log = new SmallLog([{}], owners);
  for (let no = 0; no < blocks; no++) {
    const { t0 } = log.open;
    for (let i = 0; i < READINGS_PER_BLOCK; i++) log.reading(1, t0 + i * 10_000, 400 + ((7 * i + no) % 50));
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
    someEvents: null,
    policy: own,
  } as const;
  const sink = new MemorySink();
  writeBundle(log, request, sink, { ...nodePrimitives, deflate });
  return { bundle: sink.take(), policy, question };
}
