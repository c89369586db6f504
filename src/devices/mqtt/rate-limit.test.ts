import { expect, it } from 'vitest';
import { RateLimit } from './rate-limit.ts';

it('lets a burst through, then the rate, and remembers who was cut off', () => {
  let now = 0;
  const limit = new RateLimit(10, 5, () => now);
  const taken = (most: number) => Array.from({ length: most }, () => limit.take('a')).filter(Boolean).length;
  expect(limit.isSpent('a')).toBe(false);
  expect(taken(100)).toBe(50);
  expect(limit.take('b')).toBe(true);
  expect(limit.isSpent('a')).toBe(true);
  now += 1000;
  expect(taken(100)).toBe(10);
  now += 2400;
  expect(limit.isSpent('a')).toBe(true);
  now += 200;
  expect(limit.isSpent('a')).toBe(false);
  now += 3_600_000;
  expect(taken(100)).toBe(50);
});
