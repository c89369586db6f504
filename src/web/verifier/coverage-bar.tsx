import type { JSX } from 'preact';
import type { Interval } from '../../evidence/intervals.ts';
import { stretches } from './format.ts';

const COLUMNS = 1000;

/** The asked time as one bar. What is short still shows: every stretch takes a column at least. */
export function CoverageBar(props: {
  window: Interval;
  silent: readonly Interval[];
  uncertain: readonly Interval[];
  out: readonly Interval[];
  late: readonly Interval[];
  label: string;
}): JSX.Element {
  const { window } = props;
  const path = (intervals: readonly Interval[], y: number, height: number): string =>
    stretches(intervals, window, COLUMNS)
      .map(({ from, to }) => `M${from} ${y}h${to - from}v${height}H${from}z`)
      .join('');
  return (
    <svg
      class="coverage"
      viewBox={`0 0 ${COLUMNS} 24`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      <rect class="covered" x="0" y="0" width={COLUMNS} height="24" />
      <path class="silent" d={path(props.silent, 0, 24)} />
      <path class="uncertain" d={path(props.uncertain, 0, 24)} />
      <path class="late" d={path(props.late, 16, 8)} />
      <path class="out" d={path(props.out, 0, 12)} />
    </svg>
  );
}
