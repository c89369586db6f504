/** Readings of one stream in their order, as history gives them; null where it was not usable. Times ms. */
export type Series = readonly { readonly t: number; readonly v: number | null }[];

export type TripSeries = {
  /** By name of the area: 1 while the vehicle is in it. */
  readonly areas: ReadonlyMap<string, Series>;
  /** Degrees. */
  readonly latitude: Series;
  readonly longitude: Series;
  /** By stream, in its own unit. */
  readonly measured: ReadonlyMap<string, Series>;
};

/** A vehicle's way from one area to the next. */
export type Trip = {
  readonly from: string;
  readonly departedAt: number;
  /** null while it is on its way: an open trip. */
  readonly to: string | null;
  readonly arrivedAt: number | null;
  /** Along the positions that were told: never more than it drove. */
  readonly metres: number;
  readonly measured: readonly {
    readonly stream: string;
    readonly min: number | null;
    readonly max: number | null;
  }[];
};

/**
 * Trips from readings of areas alone: one begins with the first reading after which the vehicle is in no area, and ends
 * with the first that has it in one again. Where an area is unknown nothing is concluded from it.
 */
export function tripsOf(series: TripSeries): readonly Trip[] {
  const readings = [...series.areas]
    .flatMap(([area, all]) => all.map(({ t, v }) => ({ area, t, v })))
    .sort((x, y) => x.t - y.t || (y.v ?? 0) - (x.v ?? 0));
  const inside = new Set<string>();
  const trips: Trip[] = [];
  let left: { readonly area: string; readonly t: number } | null = null;
  for (const { area, t, v } of readings) {
    if (v === null) continue;
    if (v === 0) {
      if (inside.delete(area) && inside.size === 0) left = { area, t };
      continue;
    }
    inside.add(area);
    if (left !== null) trips.push(tripOf(left, { area, t }, series));
    left = null;
  }
  return left === null ? trips : [...trips, tripOf(left, null, series)];
}

function tripOf(
  left: { readonly area: string; readonly t: number },
  came: { readonly area: string; readonly t: number } | null,
  { latitude, longitude, measured }: TripSeries,
): Trip {
  const until = came?.t ?? Infinity;
  const within = (all: Series): { t: number; v: number }[] =>
    all.flatMap(({ t, v }) => (v !== null && t >= left.t && t <= until ? [{ t, v }] : []));
  const longitudes = new Map(within(longitude).map(({ t, v }) => [t, v]));
  const points = within(latitude).flatMap(({ t, v }) => {
    const other = longitudes.get(t);
    return other === undefined ? [] : [{ lat: v, lon: other }];
  });
  const steps = points.slice(1).map((point, i) => metresBetween(points[i] ?? point, point));
  return {
    from: left.area,
    departedAt: left.t,
    to: came?.area ?? null,
    arrivedAt: came?.t ?? null,
    metres: Math.round(steps.reduce((all, step) => all + step, 0)),
    measured: [...measured].map(([stream, all]) => ({ stream, ...extremes(within(all).map(({ v }) => v)) })),
  };
}

function extremes(values: readonly number[]): { readonly min: number | null; readonly max: number | null } {
  const [first] = values;
  if (first === undefined) return { min: null, max: null };
  return values.reduce((found, v) => ({ min: Math.min(found.min, v), max: Math.max(found.max, v) }), {
    min: first,
    max: first,
  });
}

type Place = { readonly lat: number; readonly lon: number };

const EARTH_M = 6_371_009;

/** On a sphere of the mean radius (haversine): right to 0.6 %. */
function metresBetween(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const half = (x: number): number => Math.sin((x * rad) / 2) ** 2;
  const h = half(b.lat - a.lat) + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * half(b.lon - a.lon);
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}
