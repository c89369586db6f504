import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.ts';
import { Standing } from './standing.ts';

const reasons = (notes: readonly { readonly reason: string }[]): string[] => notes.map((n) => n.reason);

describe('how a slave stands', () => {
  const timeout = { code: 'TIMEOUT' } as const;

  it('is told once per change, and a lost frame is no news', () => {
    const standing = new Standing('probe-1');
    expect(standing.after(null, false)).toEqual([{ device: 'probe-1', healthy: true, reason: 'ok' }]);
    expect(standing.after({ code: 'CHECKSUM' }, false)).toEqual([]);
    expect(standing.after(null, false)).toEqual([]);
    expect([1, 2, 3, 4].map((n) => reasons(standing.after(timeout, n >= 3)))).toEqual([
      [],
      [],
      ['timeout, asked less often'],
      [],
    ]);
    expect(reasons(standing.after(null, false))).toEqual(['ok']);
  });

  it('is told at once when the port is gone or the device refuses', () => {
    const standing = new Standing('probe-1');
    expect(reasons(standing.after({ code: 'PORT_LOST' }, false))).toEqual(['port-lost']);
    expect(reasons(standing.after({ code: 'EXCEPTION_REPLY', exception: 2 }, false))).toEqual([
      'exception 2',
    ]);
  });

  it('is not well while a correction is set, nor right after one was taken away', () => {
    const standing = new Standing('probe-1');
    standing.attest([0, -5]);
    expect(standing.after(null, false)).toEqual([
      { device: 'probe-1', healthy: false, reason: 'correction 0,-5' },
    ]);
    standing.attest([0, 0]);
    expect(reasons(standing.after(null, false))).toEqual(['correction 0,0 was 0,-5']);
    standing.attest([0, 0]);
    expect(reasons(standing.after(null, false))).toEqual(['ok']);
  });
});

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
