import { describe, expect, it } from 'vitest';
import { Repeats } from './repeats.ts';

function take(repeats: Repeats, device: string, from: number, to: number): number {
  let repeated = 0;
  for (let n = from; n < to; n++) if (repeats.isRepeat(device, String(n), null)) repeated++;
  return repeated;
}

describe('repeats', () => {
  it('knows the last messages of a device however much others say in between', () => {
    const repeats = new Repeats();
    take(repeats, 'slow', 0, 2000);
    for (let i = 0; i < 7; i++) take(repeats, `loud-${i}`, 0, 8000);
    expect(take(repeats, 'slow', 0, 2000)).toBe(2000);
  });

  it('is bounded for one device and for all of them', () => {
    const repeats = new Repeats(100, 1000);
    take(repeats, 'a', 0, 300);
    expect(take(repeats, 'a', 200, 300)).toBe(100);
    expect(repeats.isRepeat('a', '0', null)).toBe(false);
    for (let i = 0; i < 50; i++) take(repeats, `b-${i}`, 0, 90);
    expect(repeats.isRepeat('a', '250', null)).toBe(false);
  });

  it('takes a counter that starts anew for what it is', () => {
    const repeats = new Repeats(100);
    take(repeats, 'a', 0, 1000);
    expect(take(repeats, 'a', 0, 100)).toBe(0);
  });

  it('knows what the journal showed of the time before a restart, of that device only', () => {
    const repeats = new Repeats();
    repeats.seed('a', 'noon');
    expect(repeats.isRepeat('a', '1 noon', 'noon')).toBe(true);
    expect(repeats.isRepeat('b', '1 noon', 'noon')).toBe(false);
  });
});
