import { describe, expect, it } from 'vitest';
import { checked, rule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { findings, Records, Timeline } from '../../test/rules/timeline.ts';
import { bindRules } from './rule-set.ts';

const S = 1000;
const M = 60 * S;

/** R21: open for 3 min is medium, for 10 min high; closed for 30 s clears. */
const DOOR = rule({
  id: 'door',
  kind: 'state',
  on: { quantity: 'door', zone: 'cold-*' },
  is: 'open',
  priority: undefined,
  'raise-after': undefined,
  'clear-after': '30s',
  levels: [
    { priority: 'medium', 'raise-after': '3m' },
    { priority: 'high', 'raise-after': '10m' },
  ],
});

function run(
  readings: readonly (readonly [number, number | null])[],
  until: number,
  raw: unknown = DOOR,
): string[] {
  const line = new Timeline(bindRules(checked([raw]), STREAMS, SITE.zones));
  const records = new Records();
  const out = readings.flatMap(([t, v]) => line.take(records.reading(3, t, v)));
  return findings([...out, ...line.passTime(until)]);
}

describe('a state rule', () => {
  it('does not raise for a door closed in time', () => {
    expect(
      run(
        [
          [0, 0],
          [M, 1],
          [4 * M - 1, 0],
        ],
        60 * M,
      ),
    ).toEqual([]);
  });

  it('raises level by level for a door left open, and clears when it stays closed', () => {
    expect(
      run(
        [
          [0, 0],
          [M, 1],
          [6 * M, 1],
          [12 * M, 0],
        ],
        12 * M + 30 * S,
      ),
    ).toEqual(['240000 door opened 1 p3 @3.1', '660000 door peak 1 p2 @3.1', '750000 door closed 0 p2 @3.3']);
  });

  it('does not clear a door that was closed for less than clear-after', () => {
    expect(
      run(
        [
          [0, 1],
          [4 * M, 0],
          [4 * M + 20 * S, 1],
        ],
        5 * M,
      ),
    ).toEqual(['180000 door opened 1 p3 @3.0']);
  });

  it('raises for a door whose contact went silent while it was open', () => {
    expect(
      run(
        [
          [0, 1],
          [M, null],
        ],
        3 * M,
      ),
    ).toEqual(['60000 door unknown null p2 @3.1', '180000 door opened 1 p3 @3.0']);
  });

  it('takes a list of whole numbers', () => {
    const raw = { ...DOOR, is: [2, 3], levels: undefined, priority: 'low', 'raise-after': '0s' };
    expect(
      run(
        [
          [0, 1],
          [1, 2],
          [2, 3],
          [3, 0],
        ],
        60 * S,
        raw,
      ),
    ).toEqual(['1 door opened 2 p4 @3.1', '30003 door closed 0 p4 @3.3']);
  });
});
