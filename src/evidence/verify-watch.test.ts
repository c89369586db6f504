import { describe, expect, it } from 'vitest';
import { bundleOf, range, use, withFile, withItems } from '../../test/evidence/bundles.ts';
import { fourHours } from '../../test/evidence/small-log.ts';
import { changed } from '../../test/evidence/stories.ts';
import type { Policy } from './policy.ts';
import type { Verdict } from './verdict.ts';
import type { StepName } from './verify-steps.ts';
import { STEP_OF, STEPS } from './verify-steps.ts';
import { verify } from './verify.ts';

const log = fourHours();
const policy = log.policy();
const bundle = bundleOf(log, range({ slots: [1, 2] }));

function watched(bytes: Uint8Array, policies: Policy): { verdict: Verdict; steps: StepName[] } {
  const steps: StepName[] = [];
  const verdict = verify(bytes, policies, null, use, { step: (step) => steps.push(step) });
  return { verdict, steps };
}

const segmentsLess = (bytes: Uint8Array): Uint8Array =>
  withItems(bytes, 'streams/1/segments.cbor', (items) => items.slice(1));

describe('who watches a verification', () => {
  it('is told every step, every leaf, what is proven, and hears the verdict of one that nobody watches', () => {
    let [told, leaves, slots] = [0, 0, 0];
    const steps: StepName[] = [];
    const verdict = verify(bundle, policy, null, use, {
      step: (step, n) => {
        steps.push(step);
        told = n ?? told;
      },
      leaf: () => (leaves += 1),
      proven: (proven) => (slots = proven.streams.size),
    });
    expect(steps).toEqual(STEPS);
    expect(told).toBeGreaterThan(100);
    expect([leaves, slots]).toEqual([told, 2]);
    expect(verdict).toEqual(verify(bundle, policy, null, use));
  });

  it.each([
    ['no ZIP file', () => new Uint8Array(100), policy],
    ['a log that the policy does not know', () => bundle, new Map()],
    ['too few owners', () => bundle, changed(log, { k: 3 })],
    ['a block left out', (b: Uint8Array) => withItems(b, 'log.cbor', (i) => i.slice(0, -1)), policy],
    ['a segment left out', segmentsLess, policy],
    [
      'no descriptor',
      (b: Uint8Array) => withFile(b, 'streams/1/descriptors.cbor', (f) => f.slice(0, 0)),
      policy,
    ],
    ['leaves left out', (b: Uint8Array) => withItems(b, 'streams/2/full.cbor', (i) => i.slice(1)), policy],
  ] as const)('is told last of the step that failed: %s', (_, make, policies) => {
    const { verdict, steps } = watched(make(bundle), policies);
    const code = verdict.failure?.code;
    expect(code).toBeDefined();
    expect(steps.at(-1)).toBe(code && STEP_OF[code]);
    expect(steps).toEqual(STEPS.slice(0, steps.length));
  });
});
