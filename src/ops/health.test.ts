import { describe, expect, it } from 'vitest';
import { commitCheck, Health, isAlive, type Finding, type HealthState } from './health.ts';

const say = (state: HealthState): (() => Finding) => {
  return () => ({ state, detail: { en: state, zh: state } });
};

describe('health', () => {
  it.each([
    [['ok', 'ok'], 'ok'],
    [['ok', 'degraded'], 'degraded'],
    [['degraded', 'unknown'], 'unknown'],
    [['unknown', 'failed', 'ok'], 'failed'],
    [[], 'unknown'],
  ] as const)('of %o is %s', (states, worst) => {
    const health = new Health();
    for (const [i, state] of states.entries()) health.add(`check-${i}`, say(state));
    expect(health.report().state).toBe(worst);
  });

  it('is unknown where a check cannot answer, and says why', () => {
    const health = new Health();
    health.add('ledger', () => {
      throw new Error('not asked yet');
    });
    expect(health.report()).toEqual({
      state: 'unknown',
      checks: {
        ledger: {
          state: 'unknown',
          detail: { en: 'could not be checked: not asked yet', zh: '无法检查：not asked yet' },
        },
      },
    });
  });

  it('has each check once', () => {
    const health = new Health();
    health.add('journal', say('ok'));
    expect(() => health.add('journal', say('ok'))).toThrow('already');
  });
});

describe('whether records are stored', () => {
  it.each([
    [null, 10, 'ok'],
    [2000, 10, 'ok'],
    [2001, 10, 'failed'],
    [60_000, null, 'failed'],
    [null, null, 'unknown'],
    [null, 3_600_000, 'ok'],
  ] as const)('oldest waiting %o ms, last commit %o ms ago: %s', (oldest, committed, state) => {
    expect(commitCheck(oldest, committed).state).toBe(state);
  });
});

describe('a sign of life', () => {
  it.each([
    [null, 0, true],
    [2000, 999, true],
    [2001, 0, false],
    [null, 1000, false],
  ])('with a batch waiting %o ms and the loop %i ms late: %s', (oldest, lag, alive) => {
    expect(isAlive(oldest, lag)).toBe(alive);
  });
});
