import { describe, expect, it } from 'vitest';
import { readAreas } from './areas.ts';

const feature = (geometry: unknown, properties: unknown) => ({ type: 'Feature', properties, geometry });
const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features });

const yard = feature(
  {
    type: 'Polygon',
    coordinates: [
      [
        [121.4, 31],
        [121.5, 31],
        [121.5, 31.1],
        [121.4, 31],
      ],
    ],
  },
  { name: 'yard' },
);
const road = feature(
  {
    type: 'LineString',
    coordinates: [
      [121.4, 31],
      [121.5, 31],
    ],
  },
  { name: 'road', width: 300 },
);

/** All problems as `path: message`. */
function problems(raw: unknown): string[] {
  const checked = readAreas(raw);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

describe('a map of areas', () => {
  it('has zones and corridors', () => {
    const checked = readAreas(collection(yard, road));
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(checked.value.map((a) => [a.ch, a.quantity])).toEqual([
      ['inside-yard', 'inside'],
      ['on-route-road', 'on-route'],
    ]);
    const [zone, corridor] = checked.value;
    expect(zone?.holds([1_214_900_000, 310_100_000])).toBe(true);
    expect(zone?.holds([1_214_100_000, 310_900_000])).toBe(false);
    // 0.0026 degrees of latitude are 289 m, 0.0028 are 311 m.
    expect(corridor?.holds([1_214_500_000, 310_026_000])).toBe(true);
    expect(corridor?.holds([1_214_500_000, 310_028_000])).toBe(false);
  });

  it('takes a multi-polygon and a multi-line as one area each', () => {
    const two = feature(
      {
        type: 'MultiPolygon',
        coordinates: [yard, yard].map((y) => (y.geometry as { coordinates: unknown }).coordinates),
      },
      { name: 'yards' },
    );
    const lines = feature(
      { type: 'MultiLineString', coordinates: [(road.geometry as { coordinates: unknown }).coordinates] },
      { name: 'roads' },
    );
    expect(readAreas(collection(two, lines))).toMatchObject({
      ok: true,
      value: [{ ch: 'inside-yards' }, { ch: 'on-route-roads' }],
    });
  });

  it('says all that is wrong at once', () => {
    const open = feature(
      {
        type: 'Polygon',
        coordinates: [
          [
            [121, 31],
            [122, 31],
            [122, 32],
            [121, 32],
          ],
        ],
      },
      { name: 'Yard 1' },
    );
    const swapped = feature(
      {
        type: 'LineString',
        coordinates: [
          [31, 121],
          [31, 122],
        ],
      },
      { name: 'b' },
    );
    const around = feature(
      {
        type: 'LineString',
        coordinates: [
          [179, 1],
          [-179, 1],
        ],
      },
      { name: 'c' },
    );
    expect(problems(collection(open, swapped, around))).toEqual([
      'features.0.properties.name: must be a name of small letters, digits and dashes',
      'features.0.geometry.coordinates.0: must end where it begins',
      'features.1.geometry.coordinates.0: must be [longitude, latitude] in degrees, longitude first',
      'features.1.geometry.coordinates.1: must be [longitude, latitude] in degrees, longitude first',
      'features.2.geometry.coordinates: crosses 180° of longitude; cut it there (RFC 7946)',
    ]);
    expect(problems(collection(yard, { ...yard, properties: { name: 'yard', width: 20 } }))).toEqual([
      'features.1.properties.name: is the name of two features',
      'features.1.properties.width: belongs to a line: a polygon has its edge',
    ]);
    expect(problems({ type: 'Feature' })).toContain('type: must be FeatureCollection');
    expect(problems(collection(feature({ type: 'Point', coordinates: [1, 2] }, { name: 'p' })))).toHaveLength(
      1,
    );
  });

  it('has at most 20,000 points', () => {
    const long = feature(
      { type: 'LineString', coordinates: Array.from({ length: 20_001 }, (_, i) => [i / 1000, 1]) },
      { name: 'long' },
    );
    expect(problems(collection(long))).toEqual(['features: must have at most 20000 points']);
  });
});
