import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.ts';

describe('the breaker', () => {
  it('opens at the third time-out, then lets one try through at growing pauses, at most 15 s', () => {
    const breaker = new Breaker();
    breaker.timedOut(0);
    breaker.timedOut(100);
    expect(breaker.allows(200)).toBe(true);
    const pauses = [0, 0, 0, 0, 0, 0].map(() => {
      breaker.timedOut(200);
      let ms = 200;
      while (!breaker.allows(ms)) ms += 100;
      return ms - 200;
    });
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
    breaker.tryNow();
    expect([breaker.allows(200), breaker.open]).toEqual([true, true]);
    breaker.reset();
    expect([breaker.allows(200), breaker.open]).toEqual([true, false]);
  });
});
