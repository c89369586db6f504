import { describe, expect, it, vi } from 'vitest';
import type { VerifyEd25519 } from '../../src/evidence/primitives.ts';
import type { verify as Verify } from '../../src/evidence/verify.ts';
import { browserPrimitives } from '../../src/web/verifier/primitives.ts';

/**
 * Whatever the tests of the verifier put to it - the stories, attacks and lies of evidence section 17,
 * and bundles with every byte tampered with - is put to it with a browser's primitives, too, and the
 * two verdicts must be the same to the last field.
 */
let compared = 0;

/** The same few signatures stand in thousands of bundles: each is checked once. */
const checked = new Map<string, boolean>();
const verifyEd25519: VerifyEd25519 = (...parts) => {
  const key = parts.map((part) => Buffer.from(part).toString('base64')).join();
  const known = checked.get(key) ?? browserPrimitives.verifyEd25519(...parts);
  checked.set(key, known);
  return known;
};

vi.mock('../../src/evidence/verify.ts', async (original) => {
  const { verify } = await original<{ verify: typeof Verify }>();
  const both: typeof Verify = (bundle, policy, question, primitives, watch) => {
    const verdict = verify(bundle, policy, question, primitives, watch);
    const inBrowser = verify(bundle, policy, question, { ...browserPrimitives, verifyEd25519 });
    if (JSON.stringify(inBrowser) !== JSON.stringify(verdict)) expect(inBrowser).toEqual(verdict);
    compared += 1;
    return verdict;
  };
  return { verify: both };
});

describe('with the primitives of a browser', async () => {
  await import('../../src/evidence/verify.test.ts');
  await import('../../src/evidence/verify-attacks.test.ts');
  await import('../../src/evidence/verify-lies.test.ts');
  await import('../../src/evidence/verify-sm2.test.ts');
  await import('../../src/evidence/verify-watch.test.ts');
  await import('../../src/evidence/verify-tampering.test.ts');
  it('every verdict is the same', () => expect(compared).toBeGreaterThan(1000));
});
