import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

const CASES = Number(process.env['FUZZ_CASES'] ?? 100_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 32);

it(
  `26: ${CASES} changed bundles and leaves, seed ${SEED}: nothing throws, hangs or is believed`,
  { timeout: 600_000 },
  () => {
    const { found, failures, valid, decoded, slowestMs } = fuzz(SEED, CASES);
    expect(found).toEqual([]);
    expect(slowestMs).toBeLessThan(5000);
    // The changes reach every step, and some change nothing that counts.
    if (CASES < 50_000) return;
    const codes = [
      'BUNDLE_FORMAT',
      'NOTE_FORMAT',
      'LOG_SIGNATURE',
      'ROOT_MISMATCH',
      'SLOT_PATH',
      'LEAF_ROOT',
    ];
    expect(codes.filter((code) => !failures.has(code))).toEqual([]);
    expect(failures.size).toBeGreaterThan(12);
    expect(valid).toBeGreaterThan(100);
    expect(decoded).toBeGreaterThan(100);
  },
);
