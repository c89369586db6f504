import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { check, closed, deviceId, duration } from './schema.ts';

const schema = closed({
  id: deviceId,
  timeout: duration(10, 60_000).default(300),
  parity: z.enum(['none', 'even', 'odd']),
  slaves: z.array(closed({ unit: z.int().min(1).max(247), every: duration(100, 86_400_000) })).min(1),
});

describe('checking a configuration node', () => {
  it('gives the value with units read', () => {
    expect(check(schema, { id: 'a', parity: 'none', slaves: [{ unit: 1, every: '10s' }] })).toEqual({
      ok: true,
      value: { id: 'a', timeout: 300, parity: 'none', slaves: [{ unit: 1, every: 10_000 }] },
    });
  });

  it('gives all problems at once, each with its path, the value found and what would be right', () => {
    const raw = {
      id: 'line 1',
      timout: '1s',
      parity: 'mark',
      slaves: [
        { unit: 300, every: '10' },
        { unti: 2, every: '1ms' },
      ],
    };
    expect(check(schema, raw)).toEqual({
      ok: false,
      problems: [
        { path: ['id'], message: 'must be letters, digits, ".", "_" or "-", at most 64', found: 'line 1' },
        { path: ['parity'], message: 'must be one of none, even, odd', found: 'mark' },
        { path: ['slaves', 0, 'unit'], message: 'must be at most 247', found: '300' },
        {
          path: ['slaves', 0, 'every'],
          message: 'must be a time with its unit from 100ms to 1d, e.g. 100ms, 10s or 5m',
          found: '10',
        },
        { path: ['slaves', 1, 'unit'], message: 'is missing; it must be a number' },
        {
          path: ['slaves', 1, 'every'],
          message: 'must be a time with its unit from 100ms to 1d, e.g. 100ms, 10s or 5m',
          found: '1ms',
        },
        { path: ['slaves', 1, 'unti'], message: 'is not a known key; did you mean "unit"?' },
        { path: ['timout'], message: 'is not a known key; did you mean "timeout"?' },
      ],
    });
  });

  it.each([
    [10, '10'],
    [['10s'], '["10s"]'],
    [null, 'null'],
    ['soon', 'soon'],
    ['2h', '2h'],
    [undefined, undefined],
  ])('says how a time is written where %j stands', (every, found) => {
    const right = 'must be a time with its unit from 1s to 1h, e.g. 100ms, 10s or 5m';
    const problem = found === undefined ? { message: `is missing; it ${right}` } : { message: right, found };
    expect(check(closed({ every: duration(1000, 3_600_000) }), { every })).toEqual({
      ok: false,
      problems: [{ path: ['every'], ...problem }],
    });
    expect(check(closed({ every: duration(1000, 3_600_000).optional() }), {})).toEqual({
      ok: true,
      value: {},
    });
  });

  it('says of other missing values what they must be', () => {
    const three = closed({ id: deviceId, n: z.int(), kind: z.literal('a') });
    const checked = check(three, {});
    expect(checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')} ${p.message}`)).toEqual([
      'id is missing; it must be text',
      'n is missing; it must be a number',
      'kind is missing; it must be a',
    ]);
  });

  it('says what is wrong with a node that is no mapping at all', () => {
    expect(check(schema, 'x')).toEqual({
      ok: false,
      problems: [{ path: [], message: 'must be a mapping of keys to values', found: 'x' }],
    });
  });

  it('tells of a union the branch that came nearest', () => {
    const either = closed({ at: z.union([z.int(), closed({ hour: z.int() })]) });
    expect(check(either, { at: { hour: 'x' } })).toEqual({
      ok: false,
      problems: [{ path: ['at', 'hour'], message: 'must be a number', found: 'x' }],
    });
  });
});
