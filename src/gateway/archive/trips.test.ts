import { describe, expect, it } from 'vitest';
import { tripsOf, type Series } from './trips.ts';

const at = (...values: readonly (readonly [t: number, v: number | null])[]): Series =>
  values.map(([t, v]) => ({ t, v }));

describe('trips of a vehicle', () => {
  const areas = new Map([
    ['quay', at([0, 1], [10, 1], [20, 0], [90, 0])],
    ['store', at([0, 0], [20, 0], [50, null], [60, 1], [70, 1], [80, 0])],
  ]);
  const latitude = at([10, 31], [20, 31], [40, 31.5], [60, 32], [80, 32], [90, 32]);
  const longitude = at([10, 121], [20, 121], [40, 121], [60, 121], [80, 121], [90, 121]);
  const measured = new Map([
    ['probe-1/temperature', at([10, 20], [20, 4], [40, 9], [50, null], [60, 5], [70, 1])],
  ]);

  it('go from area to area, with way and extremes of that time alone; the last is open', () => {
    const trips = tripsOf({ areas, latitude, longitude, measured });
    expect(trips).toEqual([
      {
        from: 'quay',
        departedAt: 20,
        to: 'store',
        arrivedAt: 60,
        // One degree of latitude.
        metres: 111_195,
        measured: [{ stream: 'probe-1/temperature', min: 4, max: 9 }],
      },
      {
        from: 'store',
        departedAt: 80,
        to: null,
        arrivedAt: null,
        metres: 0,
        measured: [{ stream: 'probe-1/temperature', min: null, max: null }],
      },
    ]);
  });

  it('are none for a vehicle that was only ever seen outside, and none by what is unknown', () => {
    const none = { latitude: [], longitude: [], measured: new Map<string, Series>() };
    expect(tripsOf({ areas: new Map([['quay', at([0, 0], [10, 0])]]), ...none })).toEqual([]);
    expect(tripsOf({ areas: new Map([['quay', at([0, 1], [10, null], [20, 1])]]), ...none })).toEqual([]);
  });
});
