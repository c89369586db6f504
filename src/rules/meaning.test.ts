import { describe, expect, it } from 'vitest';
import { meaningOf } from './meaning.ts';

describe('what cells mean', () => {
  it('is the names themselves while they are few, and never more than a snapshot takes', () => {
    expect(meaningOf('latest', ['a/b', 'c/d'])).toBe('latest a/b c/d');
    const many = Array.from({ length: 60 }, (_, i) => `probe-${i}/temperature`);
    expect(meaningOf('latest', many).length).toBeLessThan(60);
    expect(meaningOf('latest', many)).not.toBe(meaningOf('latest', many.toReversed()));
    expect(meaningOf('latest', many)).not.toBe(
      meaningOf('latest', [...many.slice(0, -1), 'probe-x/temperature']),
    );
  });
});
