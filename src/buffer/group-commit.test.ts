import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GroupCommit } from './group-commit.ts';

function recorded(maxWeight = 200) {
  const flushed: number[][] = [];
  const errors: unknown[] = [];
  const group = new GroupCommit<number>({
    flush: (items) => flushed.push([...items]),
    onError: (error) => errors.push(error),
    maxWeight,
  });
  return { group, flushed, errors };
}

describe('group commit', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits 100 ms from the first item, not from the last', () => {
    const { group, flushed } = recorded();
    group.add(1);
    vi.advanceTimersByTime(60);
    group.add(2);
    vi.advanceTimersByTime(39);
    expect(flushed).toEqual([]);
    expect(group.pending).toBe(2);
    vi.advanceTimersByTime(1);
    expect(flushed).toEqual([[1, 2]]);
    expect(group.pending).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(flushed).toHaveLength(1);
  });

  it('waits no longer once there are 200 items', () => {
    const { group, flushed } = recorded();
    for (let i = 0; i < 401; i += 1) group.add(i);
    expect(flushed.map((f) => f.length)).toEqual([200, 200]);
    expect(group.pending).toBe(1);
  });

  it('counts what an item holds, not the items', () => {
    const flushed: number[][] = [];
    const group = new GroupCommit<number>({
      flush: (items) => flushed.push([...items]),
      onError: (error) => {
        throw error;
      },
      weightOf: (item) => item,
      maxWeight: 200,
    });
    for (const item of [150, 49, 1000, 199, 1, 7]) group.add(item);
    expect(flushed).toEqual([
      [150, 49, 1000],
      [199, 1],
    ]);
    expect(group.pending).toBe(1);
  });

  it('waits no longer than one of them may', () => {
    const { group, flushed } = recorded();
    group.add(1);
    vi.advanceTimersByTime(10);
    group.add(2, 25);
    group.add(3, 60);
    vi.advanceTimersByTime(24);
    expect(flushed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(flushed).toEqual([[1, 2, 3]]);
    group.add(4, 60);
    vi.advanceTimersByTime(30);
    group.add(5);
    vi.advanceTimersByTime(30);
    expect(flushed).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('takes an urgent item in the next macrotask, with all before it and the burst around it', () => {
    const { group, flushed } = recorded();
    group.add(1);
    group.add(2, 0);
    group.add(3, 0);
    group.add(4);
    expect(flushed).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(flushed).toEqual([[1, 2, 3, 4]]);
    vi.advanceTimersByTime(1000);
    expect(flushed).toHaveLength(1);
  });

  it('stores at drain what waits, then takes nothing', () => {
    const { group, flushed } = recorded();
    group.add(1);
    group.drain();
    expect(flushed).toEqual([[1]]);
    expect(group.add(2, 0)).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(flushed).toEqual([[1]]);
  });

  it('keeps what a flush adds for the next flush', () => {
    const flushed: number[][] = [];
    const group = new GroupCommit<number>({
      flush: (items) => {
        flushed.push([...items]);
        for (const item of items) if (item < 10) group.add(item + 10);
      },
      onError: (error) => {
        throw error;
      },
      maxWeight: 2,
    });
    group.add(1);
    group.add(2);
    expect(flushed).toEqual([[1, 2]]);
    expect(group.pending).toBe(2);
    group.drain();
    expect(flushed).toEqual([
      [1, 2],
      [11, 12],
    ]);
  });

  it('tells a failure once and takes nothing after it', () => {
    const errors: unknown[] = [];
    let calls = 0;
    const group = new GroupCommit<number>({
      flush: () => {
        calls += 1;
        throw new Error('disk gone');
      },
      onError: (error) => errors.push(error),
      maxWeight: 2,
    });
    expect(group.add(1)).toBe(true);
    expect(group.add(2, 0)).toBe(true);
    expect(group.add(3, 0)).toBe(false);
    vi.advanceTimersByTime(1000);
    group.drain();
    expect(calls).toBe(1);
    expect(errors).toEqual([new Error('disk gone')]);
  });

  it('loses nothing, doubles nothing and keeps the order, whatever the rhythm', () => {
    const step = fc.oneof(
      fc.record({ add: fc.boolean() }),
      fc.record({ wait: fc.integer({ min: 0, max: 150 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (steps, maxWeight) => {
        const { group, flushed } = recorded(maxWeight);
        let count = 0;
        for (const s of steps) {
          if ('wait' in s) vi.advanceTimersByTime(s.wait);
          else {
            group.add(count, s.add ? 0 : undefined);
            count += 1;
          }
        }
        group.drain();
        expect(flushed.flat()).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(flushed.every((f) => f.length <= maxWeight)).toBe(true);
      }),
    );
  });
});
