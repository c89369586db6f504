import { describe, expect, it } from 'vitest';
import { untimely } from './source-time.ts';

const day = Date.UTC(2026, 1, 3);

describe('what a device says its time is', () => {
  it('takes five minutes ahead and a year behind, nothing further', () => {
    expect(untimely(day + 300_000, day)).toBeNull();
    expect(untimely(day + 300_001, day)).toMatch(/300 s in the future/);
    expect(untimely(day - 366 * 86_400_000, day)).toBeNull();
    expect(untimely(day - 366 * 86_400_000 - 1, day)).toMatch(/more than a year ago/);
  });

  it('is told also where it is no date', () => {
    expect(untimely(Number.MAX_SAFE_INTEGER, day)).toContain('9007199254740991 ms since 1970');
    expect(untimely(2 ** 64, day)).toContain('in the future');
  });
});
