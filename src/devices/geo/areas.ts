import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import { check } from '../schema.ts';
import { isInside, metresTo, type Point } from './plane.ts';

/** A zone or corridor on the map, and the channel that says whether a vehicle is in it. */
export type Area = {
  /** `inside-<name>` of a zone, `on-route-<name>` of a corridor. */
  readonly ch: string;
  readonly quantity: 'inside' | 'on-route';
  /** Whether the position, ten-millionths of a degree, is inside or on the edge. */
  readonly holds: (p: Point) => boolean;
};

/** A corridor without `width` reaches so far to either side, m (control rule R29). */
const USUAL_WIDTH_M = 500;
const MOST_POINTS = 20_000;
const MOST_FEATURES = 32;

const position = z
  .array(z.number())
  .min(2)
  .max(3)
  .refine(
    ([x = 0, y = 0]) => Math.abs(x) <= 180 && Math.abs(y) <= 90,
    'must be [longitude, latitude] in degrees, longitude first',
  )
  .transform(([x = 0, y = 0]): Point => [Math.round(x * 1e7), Math.round(y * 1e7)]);

const line = z.array(position).min(2).refine(isShort, 'crosses 180° of longitude; cut it there (RFC 7946)');
const ring = z
  .array(position)
  .min(4)
  .refine((points) => String(points[0]) === String(points.at(-1)), 'must end where it begins')
  .refine(isShort, 'crosses 180° of longitude; cut it there (RFC 7946)');
const polygon = z.array(ring).min(1);

const zone = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('Polygon'), coordinates: polygon.transform((p) => [p]) }),
  z.looseObject({ type: z.literal('MultiPolygon'), coordinates: z.array(polygon).min(1) }),
]);
const corridor = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('LineString'), coordinates: line.transform((l) => [l]) }),
  z.looseObject({ type: z.literal('MultiLineString'), coordinates: z.array(line).min(1) }),
]);

const feature = z.looseObject({
  type: z.literal('Feature'),
  properties: z.looseObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be a name of small letters, digits and dashes'),
    width: z.number().min(5).max(100_000).optional(),
  }),
  geometry: z.discriminatedUnion('type', [zone, corridor]),
});

const collection = z.looseObject({
  type: z.literal('FeatureCollection'),
  features: z.array(feature).min(1).max(MOST_FEATURES),
});

/**
 * Reads a GeoJSON FeatureCollection (RFC 7946) whole: polygons are zones, lines are corridors of
 * `width` metres to either side. Every feature has a `name`; all problems come at once.
 */
export function readAreas(raw: unknown): Checked<readonly Area[]> {
  const checked = check(collection, raw);
  if (!checked.ok) return checked;
  const { features } = checked.value;
  const problems = features.flatMap((f, i): Problem[] => {
    const { name, width } = f.properties;
    const path = ['features', i, 'properties'];
    const twice = features.findIndex((other) => other.properties.name === name) < i;
    const isZone = f.geometry.type === 'Polygon' || f.geometry.type === 'MultiPolygon';
    return [
      ...(twice ? [{ path: [...path, 'name'], message: 'is the name of two features', found: name }] : []),
      ...(isZone && width !== undefined
        ? [{ path: [...path, 'width'], message: 'belongs to a line: a polygon has its edge' }]
        : []),
    ];
  });
  const points = features.reduce((sum, f) => sum + pointsOf(f.geometry.coordinates), 0);
  if (points > MOST_POINTS) {
    problems.push({
      path: ['features'],
      message: `must have at most ${MOST_POINTS} points`,
      found: String(points),
    });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: features.map(areaOf) };
}

function areaOf({ geometry, properties }: z.output<typeof feature>): Area {
  const { name, width = USUAL_WIDTH_M } = properties;
  if (geometry.type === 'Polygon' || geometry.type === 'MultiPolygon') {
    const holds = (p: Point): boolean => geometry.coordinates.some((rings) => isInside(rings, p));
    return { ch: `inside-${name}`, quantity: 'inside', holds };
  }
  const holds = (p: Point): boolean => geometry.coordinates.some((l) => metresTo(l, p) <= width);
  return { ch: `on-route-${name}`, quantity: 'on-route', holds };
}

function isShort(points: readonly Point[]): boolean {
  return points.every((p, i) => Math.abs(p[0] - (points[i - 1] ?? p)[0]) <= 1.8e9);
}

function pointsOf(nested: unknown): number {
  if (!Array.isArray(nested)) return 0;
  return typeof nested[0] === 'number' ? 1 : nested.reduce((sum: number, n) => sum + pointsOf(n), 0);
}
