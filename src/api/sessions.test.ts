import { describe, expect, it } from 'vitest';
import { RateLimit } from './rate.ts';
import { Sessions } from './sessions.ts';

const credential = { actor: 1, roles: ['operator'], name: 'operator', sha256: new Uint8Array(32) } as const;
const MINUTE = 60_000;

describe('sessions', () => {
  it('end after 15 idle minutes and after 12 hours whatever happens', () => {
    let now = 0;
    const sessions = new Sessions(() => now);
    const { id } = sessions.open(credential);
    now = 15 * MINUTE;
    expect(sessions.find(id)).not.toBeNull();
    now += 15 * MINUTE + 1;
    expect(sessions.find(id)).toBeNull();

    const used = sessions.open(credential);
    const end = now + 12 * 60 * MINUTE;
    for (; now <= end; now += 10 * MINUTE) expect(sessions.find(used.id)).not.toBeNull();
    expect(sessions.find(used.id)).toBeNull();
  });

  it('are at most 64: the oldest makes room', () => {
    const sessions = new Sessions(() => 0);
    const ids = Array.from({ length: 65 }, () => sessions.open(credential).id);
    expect(ids.map((id) => sessions.find(id) !== null)).toEqual([false, ...Array<boolean>(64).fill(true)]);
  });
});

describe('the rate limit', () => {
  it('lets 20 through at once, then one every 50 ms, each key for itself', () => {
    let now = 0;
    const rate = new RateLimit(20, () => now);
    const burst = Array.from({ length: 21 }, () => rate.take('a'));
    expect(burst).toEqual([...Array<number>(20).fill(0), 50]);
    expect(rate.take('b')).toBe(0);
    now = 50;
    expect([rate.take('a'), rate.take('a')]).toEqual([0, 50]);
    now = 60_000;
    expect(Array.from({ length: 21 }, () => rate.take('a')).filter((ms) => ms === 0)).toHaveLength(20);
  });
});
