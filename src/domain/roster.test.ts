import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isTimeZone,
  minuteName,
  minuteOfWeek,
  onDuty,
  uncovered,
  WEEK,
  type Role,
  type Shift,
} from './roster.ts';

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const day: Shift = { id: 'day', days: EVERY_DAY, from: 6 * 60, to: 22 * 60 };
const night: Shift = { id: 'night', days: EVERY_DAY, from: 22 * 60, to: 6 * 60 };

const duty: Role = {
  id: 'duty',
  always: [],
  byShift: [
    { shift: day, people: ['wang', 'li'] },
    { shift: night, people: ['zhao'] },
  ],
};
const roster = (timeZone: string, role: Role = duty) => ({ timeZone, roles: new Map([[role.id, role]]) });

describe('who is on duty', () => {
  it('goes by the time of the site, not by that of the machine', () => {
    const at = Date.parse('2026-11-24T14:30:00Z');
    expect(onDuty(roster('Asia/Shanghai'), 'duty', at)).toEqual(['zhao']);
    expect(onDuty(roster('Europe/Berlin'), 'duty', at)).toEqual(['wang', 'li']);
    expect(onDuty(roster('Europe/Berlin'), 'nobody', at)).toEqual([]);
  });

  it.each([
    // 2026-03-29, 02:00 becomes 03:00; 2026-10-25, 03:00 becomes 02:00.
    ['summer time begins', '2026-03-28T21:00:00Z', 7],
    ['a plain night', '2026-06-10T20:00:00Z', 8],
    ['summer time ends', '2026-10-24T20:00:00Z', 9],
  ])('keeps to the wall clock: %s', (_, start, hours) => {
    const from = Date.parse(start);
    const minutes = Array.from({ length: 14 * 60 }, (__, i) => from - 120 * 60_000 + i * 60_000);
    const at = minutes.filter((t) => onDuty(roster('Europe/Berlin'), 'duty', t).includes('zhao'));
    expect(at[0]).toBe(from);
    expect(at.length).toBe(hours * 60);
  });

  it('names the first minute of the week nobody has', () => {
    const week = { ...day, days: [0, 1, 2, 3, 4] };
    const hole: Role = {
      ...duty,
      byShift: [
        { shift: week, people: ['wang'] },
        { shift: night, people: ['zhao'] },
      ],
    };
    expect(uncovered(duty)).toBeNull();
    expect(minuteName(uncovered(hole) ?? -1)).toBe('Sat 06:00');
    expect(uncovered({ ...hole, always: ['boss'] })).toBeNull();
  });

  it('is found at any minute as a plain search finds it', () => {
    const shift = fc.record({
      id: fc.constant('s'),
      days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
      from: fc.integer({ min: 0, max: 1439 }),
      to: fc.integer({ min: 1, max: 1440 }),
    });
    fc.assert(
      fc.property(shift, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1439 }), (s, d, m) => {
        const role: Role = { id: 'r', always: [], byShift: [{ shift: s, people: ['a'] }] };
        // 2026-11-23 is a Monday, and UTC has no summer time.
        const t = Date.UTC(2026, 10, 23 + d, 0, m);
        const expected = s.days.some((begin) =>
          [0, 1].some((late) => {
            const minutes = (d - begin - late * 7 + (d < begin ? 7 : 0) + late * 7) * 1440 + m;
            const length = s.to <= s.from ? s.to + 1440 - s.from : s.to - s.from;
            return minutes - s.from >= 0 && minutes - s.from < length;
          }),
        );
        const wrapped = s.days.includes(6) && s.to <= s.from && d === 0 && m < s.to;
        expect(onDuty(roster('UTC', role), 'r', t).length === 1).toBe(expected || wrapped);
        expect(minuteOfWeek(t, 'UTC')).toBe((d * 1440 + m) % WEEK);
      }),
    );
  });

  it('knows the names of zones', () => {
    expect([isTimeZone('Asia/Shanghai'), isTimeZone('Asia/Shanghia')]).toEqual([true, false]);
  });
});
