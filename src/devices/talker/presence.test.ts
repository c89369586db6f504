import { describe, expect, it } from 'vitest';
import { Presence } from './presence.ts';

describe('presence', () => {
  it('begins after its dwell without a break and ends after its hold', () => {
    const presence = new Presence(200, 300);
    const seen = [true, true, false, true, true, true, false, false, true, false, false, false];
    expect(seen.map((inside, i) => presence.step(inside, i * 100))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});
