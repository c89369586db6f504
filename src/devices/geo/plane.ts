/** Longitude and latitude, ten-millionths of a degree (about 1 cm): integers, so that sides are exact. */
export type Point = readonly [x: number, y: number];

/** Metres of one ten-millionth of a degree along a meridian of the mean sphere (6,371,008.8 m). */
const METRES = (6_371_008.8 * Math.PI) / 180 / 1e7;

/**
 * Whether `p` lies inside the rings or on their edge, by counting crossings (even-odd: a second ring
 * is a hole). Every ring is closed: its last point is its first.
 */
export function isInside(rings: readonly (readonly Point[])[], p: Point): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [a, b] = [ring[i - 1], ring[i]];
      if (a === undefined || b === undefined) continue;
      const side = sideOf(a, b, p);
      if (side === 0 && isBetween(a, b, p)) return true;
      if (a[1] > p[1] !== b[1] > p[1] && side > 0 === b[1] > a[1]) inside = !inside;
    }
  }
  return inside;
}

/** Metres from `p` to the nearest point of the line; good to 1 % within 100 km of it. */
export function metresTo(line: readonly Point[], p: Point): number {
  const shrink = Math.cos((p[1] / 1e7) * (Math.PI / 180));
  let least = Infinity;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]];
    if (a === undefined || b === undefined) continue;
    const [ax, ay] = [(a[0] - p[0]) * shrink, a[1] - p[1]];
    const [dx, dy] = [(b[0] - a[0]) * shrink, b[1] - a[1]];
    const length = dx * dx + dy * dy;
    const part = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length));
    least = Math.min(least, Math.hypot(ax + part * dx, ay + part * dy));
  }
  return least * METRES;
}

/** Positive when `p` is left of a → b, negative right of it, 0 exactly on its line. */
function sideOf(a: Point, b: Point, p: Point): number {
  const left = (b[0] - a[0]) * (p[1] - a[1]);
  const right = (b[1] - a[1]) * (p[0] - a[0]);
  const side = left - right;
  // Products beyond 2^53 are rounded; where that could matter the integers are multiplied exactly.
  if (Math.abs(side) > (Math.abs(left) + Math.abs(right)) * 2 * Number.EPSILON) return side;
  return Number(BigInt(b[0] - a[0]) * BigInt(p[1] - a[1]) - BigInt(b[1] - a[1]) * BigInt(p[0] - a[0]));
}

function isBetween(a: Point, b: Point, p: Point): boolean {
  return (
    p[0] >= Math.min(a[0], b[0]) &&
    p[0] <= Math.max(a[0], b[0]) &&
    p[1] >= Math.min(a[1], b[1]) &&
    p[1] <= Math.max(a[1], b[1])
  );
}
