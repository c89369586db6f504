import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from './policy.ts';
import type { Verdict } from './verdict.ts';
import { HOUR, bundleOf, filesOf, range, use, zipOf } from '../../test/evidence/bundles.ts';
import { MINUTE, type SmallLog, T, fourHours } from '../../test/evidence/small-log.ts';
import { changed, story } from '../../test/evidence/stories.ts';
import { headFile } from './bundle-files.ts';
import { encode } from './cbor.ts';
import { toHex, utf8 } from './encodings.ts';
import type { RangeQuestion } from './question.ts';
import { strength } from './verdict.ts';
import { verify } from './verify.ts';

/** Four hours with a rule set, whose files the bundle holds. */
function withDocuments(): SmallLog {
  const rule = utf8('max: 8 °C\n');
  const list = encode([['cold.yaml', use.sha256(rule)]]);
  const state = encode([0]);
  const log = fourHours((l, t) => {
    if (t === T + 70 * MINUTE)
      l.record(0, t, 7, [use.sha256(list), use.sha256(encode([])), use.sha256(state)]);
  });
  for (const bytes of [rule, list, state]) log.stored.set(toHex(use.sha256(bytes)), bytes);
  return log;
}

const stories: readonly (readonly [string, SmallLog, Partial<RangeQuestion>])[] = [
  ['yes', withDocuments(), {}],
  ['no', story({ minute: (l, t) => l.reading(1, t, t === T + 90 * MINUTE ? 900 : 400) }), {}],
  ['no, for a gap', story({ minute: (l, t) => t < T + 90 * MINUTE && l.reading(1, t, 400) }), {}],
  ['yes, with a gap that is borne', fourHours(), { maxGapMs: 30_000, allowGapMs: HOUR }],
];

const isOptional = (name: string): boolean => /^(heads|rules|files|ledger)\/|\/full\.cbor$/.test(name);

/** Null is without bound. */
function worse(a: number | null, b: number | null): boolean {
  return a === null || (b !== null && a >= b);
}

/** Order on what is told of one stream: nothing that counts may look better. */
function looksBetter(after: Verdict, before: Verdict): boolean {
  return (
    strength(after) > strength(before) ||
    (strength(after) === 2 && after.answer !== before.answer) ||
    !worse(after.time.worstDelayMs, before.time.worstDelayMs) ||
    !worse(after.time.worstLeadMs, before.time.worstLeadMs) ||
    after.streams.some((s, i) => s.complete && before.streams[i]?.complete !== true) ||
    after.streams.some((s, i) => s.level < (before.streams[i]?.level ?? 'C')) ||
    // Segments tell gaps with another covering time than the question's.
    after.streams.some((s, i) => s.mode === before.streams[i]?.mode && s.gapMs < before.streams[i].gapMs) ||
    before.limits.some((limit) => !after.limits.includes(limit))
  );
}

describe('optional files taken out', () => {
  it.each(stories)('of a bundle that says %s never make it say more', (_, log, change) => {
    const question = range(change);
    const bundle = bundleOf(log, question, { mode: 'full', events: true });
    const files = filesOf(bundle);
    const optional = [...files.keys()].filter((name) => isOptional(name));
    const policies = [log.policy(), changed(log, { acceptSummary: true }), log.policy(0)];
    const honest = policies.map((policy) => verify(bundle, policy, question, use));
    expect(honest.map((v) => v.failure)).toEqual([null, null, null]);
    fc.assert(
      fc.property(fc.subarray(optional), (taken) => {
        const rest = zipOf(new Map([...files].filter(([name]) => !taken.includes(name))));
        for (const [i, policy] of policies.entries()) {
          const before = honest[i];
          if (before === undefined) throw new Error('no verdict');
          const after = verify(rest, policy, question, use);
          expect([taken, after.failure]).toEqual([taken, null]);
          expect([taken, after, looksBetter(after, before)]).toEqual([taken, after, false]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('heads left out', () => {
  // From block 9 on the clock is an hour ahead of the witnesses.
  const late = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [n + 9, { after: 5000 - HOUR }]));
  const ahead = story({ seal: { ...late, 8: { stepMs: HOUR } } });
  const question = range({ from: T + 2.75 * HOUR, to: T + 3 * HOUR });
  const files = filesOf(bundleOf(ahead, question));
  const verdicts = (policy: Policy): readonly Verdict[] => {
    const all = [...files.keys()].filter((n) => n.startsWith('heads/')).map((n) => Number(n.slice(6)));
    const without = (from: number, to: number): Uint8Array =>
      zipOf(new Map([...files].filter(([n]) => !all.some((s) => n === headFile(s) && s >= from && s < to))));
    const spans = all.flatMap((from) => all.filter((to) => to >= from).map((to) => without(from, to)));
    return spans.map((bundle) => verify(bundle, policy, question, use));
  };
  const answers = (policy: Policy): ReadonlySet<string> => new Set(verdicts(policy).map((v) => v.answer));

  it('cannot hide a clock that is ahead by more than the policy bears as lead', () => {
    expect(verify(zipOf(files), ahead.policy(), question, use)).toMatchObject({
      answer: 'undecided',
      because: expect.arrayContaining(['GAPS_TOO_LONG', 'CLOCK_UNSURE']) as string[],
    });
    expect(answers(ahead.policy())).toEqual(new Set(['undecided']));
    // What a policy says it does not bound is not bound.
    expect(answers(changed(ahead, { maxLeadMs: null }))).toEqual(new Set(['undecided', 'yes']));
    expect(answers(changed(ahead, { maxLeadMs: 2 * HOUR }))).toEqual(new Set(['undecided', 'yes']));
  });

  it('tells how far ahead it can be at most, in every bundle that is answered yes', () => {
    const policy = changed(ahead, { maxLeadMs: 2 * HOUR });
    const leads = verdicts(policy).flatMap((v) => (v.answer === 'yes' ? [v.time.worstLeadMs ?? 0] : []));
    expect(Math.min(...leads)).toBeGreaterThanOrEqual(HOUR);
  });
});

it('the first block of a log has no time before it, and no yes under a policy that asks for one', () => {
  const log = fourHours();
  const first = range({ from: T, to: T + 10 * MINUTE, maxGapMs: 20 * MINUTE });
  const of = (policy: Policy): Verdict => verify(bundleOf(log, first), policy, first, use);
  expect(of(log.policy())).toMatchObject({ answer: 'undecided', because: ['LEAD_TOO_LONG'] });
  expect(of(changed(log, { maxLeadMs: null })).answer).toBe('yes');
});
