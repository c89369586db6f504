import type { JSX } from 'preact';

export type Point = { readonly t: number; readonly v: number | null };

const WIDTH = 600;
const HEIGHT = 120;
/** Readings further apart than this many times the usual distance have a gap between them. */
const TIMES_USUAL = 3;

/** A line through what was read. Where nothing was, there is no line. */
export function Curve(props: {
  points: readonly Point[];
  from: number;
  to: number;
  low: number | null;
  high: number | null;
}): JSX.Element {
  const { points, from, to, low, high } = props;
  const values = [
    ...points.flatMap(({ v }) => (v === null ? [] : [v])),
    ...[low, high].filter((v) => v !== null),
  ];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((most - least) * 0.1, 0.5);
  const x = (t: number): number => ((t - from) / (to - from)) * WIDTH;
  const y = (v: number): number => HEIGHT - ((v - least + room) / (most - least + 2 * room)) * HEIGHT;
  const limits = [low, high].filter((v) => v !== null);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} class="curve" aria-hidden="true" preserveAspectRatio="none">
      {values.length > 0 &&
        limits.map((v) => <line key={v} class="limit" x1={0} x2={WIDTH} y1={y(v)} y2={y(v)} />)}
      {pieces(points).map((piece) => (
        <polyline
          key={piece[0]?.t}
          points={piece.map(({ t, v }) => `${x(t).toFixed(1)},${y(v).toFixed(1)}`).join(' ')}
        />
      ))}
    </svg>
  );
}

type Known = { readonly t: number; readonly v: number };

/** Runs of readings with no gap between them. */
export function pieces(points: readonly Point[]): readonly (readonly Known[])[] {
  const steps = points.slice(1).map(({ t }, i) => t - (points[i]?.t ?? t));
  const usual = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  const found: Known[][] = [];
  let last: Known | null = null;
  for (const { t, v } of points) {
    if (v === null) last = null;
    else {
      const known = { t, v };
      if (last === null || t - last.t > TIMES_USUAL * usual) found.push([]);
      found.at(-1)?.push(known);
      last = known;
    }
  }
  return found;
}
