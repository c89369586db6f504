import uPlot from 'uplot';
import type { Interval } from '../../evidence/intervals.ts';
import type { RangeQuestion } from '../../evidence/question.ts';
import { clockText, dayText } from './format.ts';
import type { StreamPicture } from './picture.ts';

export type PlotParts = {
  readonly stream: StreamPicture;
  readonly question: RangeQuestion;
  readonly uncertain: readonly Interval[];
  /** Of the asked time, what is drawn. */
  readonly shown: Interval;
};

const HEIGHT = 240;

/** The last instant of a calendar, ms. */
const LAST = 8.64e15;

/**
 * What of the asked time is drawn: no more than as much again on both sides of what the file holds,
 * since anything may be asked; null where that leaves nothing.
 */
export function shownTime({ from, to }: Interval, held: Interval): Interval | null {
  const span = held.to - held.from;
  const shown = { from: Math.max(from, held.from - span), to: Math.min(to, held.to + span, LAST) };
  return shown.from < shown.to ? shown : null;
}

/** Seconds, usable values, and values that cover no time; a line never crosses time without a reading. */
export function columnsOf({ stream }: PlotParts): uPlot.AlignedData {
  const { exp } = stream.name;
  const value = (v: number): number => (exp < 0 ? v / 10 ** -exp : v * 10 ** exp);
  const breaks = stream.unread.map(({ from, to }) => ({ t: (from + to) / 2, v: null }));
  const line = [
    ...stream.line.map((p) => ({ ...p, isApart: false })),
    ...breaks.map((b) => ({ ...b, isApart: false })),
  ];
  const apart = stream.apart.map((p) => ({ ...p, isApart: true }));
  const all = [...line, ...apart].toSorted((a, b) => a.t - b.t);
  return [
    all.map((p) => p.t / 1000),
    // Undefined is no point at all, null is a break in the line.
    all.map((p) => (p.isApart ? undefined : p.v === null ? null : value(p.v))),
    all.map((p) => (p.isApart && p.v !== null ? value(p.v) : undefined)),
  ];
}

/** @param read is told what stands under the pointer: ms since 1970 and the value */
export function makePlot(
  target: HTMLElement,
  parts: PlotParts,
  read: (at: { readonly t: number; readonly v: number } | null) => void,
): uPlot {
  const color = (name: string): string => getComputedStyle(target).getPropertyValue(name);
  const { shown } = parts;
  const [lowest, highest] = valueRange(parts);
  const axis = { stroke: () => color('--soft'), grid: { stroke: () => color('--line'), width: 1 } };
  const options: uPlot.Options = {
    width: target.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    padding: [10, 44, 0, 0],
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { range: [shown.from / 1000, shown.to / 1000] }, y: { range: [lowest, highest] } },
    axes: [
      {
        ...axis,
        space: 90,
        values: (_, ticks, _i, _s, step) => ticks.map((s) => tickText(s * 1000, step)),
      },
      { ...axis, size: 56 },
    ],
    series: [
      {},
      { stroke: () => color('--curve'), width: 1.5, points: { show: parts.stream.line.length < 60 } },
      { stroke: () => color('--late'), width: 0, paths: () => null, points: { show: true, size: 6 } },
    ],
    hooks: {
      drawClear: [(plot) => shade(plot, parts, color)],
      setCursor: [(plot) => read(under(plot))],
    },
  };
  return new uPlot(options, columnsOf(parts), target);
}

export function resize(plot: uPlot, width: number): void {
  plot.setSize({ width, height: HEIGHT });
}

function under(plot: uPlot): { readonly t: number; readonly v: number } | null {
  const { idx } = plot.cursor;
  if (idx === null || idx === undefined) return null;
  const [t, v] = [plot.data[0][idx], plot.data[1]?.[idx] ?? plot.data[2]?.[idx]];
  return t === undefined || v === null || v === undefined ? null : { t: t * 1000, v };
}

/** As fine as the ticks are apart. */
function tickText(ms: number, stepSeconds: number): string {
  const date = new Date(ms);
  const day = dayText(date).slice(5);
  if (stepSeconds >= 86_400) return day;
  return stepSeconds >= 60 ? `${day} ${clockText(date).slice(0, 5)}` : clockText(date);
}

/** All values and both limits, with some room; a flat line stands in the middle. */
function valueRange({ stream, question }: PlotParts): [number, number] {
  const limits = [question.min, question.max].filter((v) => Math.abs(v) !== Number.MAX_SAFE_INTEGER);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const take = (v: number): void => {
    low = Math.min(low, v);
    high = Math.max(high, v);
  };
  limits.forEach(take);
  for (const { v } of stream.line) take(v);
  for (const { v } of stream.apart) take(v);
  for (const { min, max } of stream.bands) [min, max].forEach(take);
  if (low > high) [low, high] = [0, 1];
  const unit = 10 ** stream.name.exp;
  const room = Math.max((high - low) * 0.08, 1);
  return [(low - room) * unit, (high + room) * unit];
}

/** Behind the curve: the asked limits, what is out of them, what nobody read, whose clock is in doubt. */
function shade(plot: uPlot, parts: PlotParts, color: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const { stream, question, uncertain } = parts;
  const unit = 10 ** stream.name.exp;
  const x = (ms: number): number =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(ms / 1000, 'x', true)));
  const y = (v: number): number =>
    Math.min(bbox.top + bbox.height, Math.max(bbox.top, plot.valToPos(v * unit, 'y', true)));
  const box = (from: number, to: number, top: number, bottom: number, fill: string): void => {
    ctx.fillStyle = fill;
    // However short it is, it shows.
    ctx.fillRect(x(from), top, Math.max(2, x(to) - x(from)), bottom - top);
  };
  const [top, bottom] = [bbox.top, bbox.top + bbox.height];
  ctx.save();
  box(question.from, question.to, y(question.max), y(question.min), color('--within'));
  for (const { from, to } of stream.unread) box(from, to, top, bottom, color('--silent'));
  for (const { from, to } of uncertain) box(from, to, top, bottom, color('--uncertain'));
  for (const { from, to } of stream.out) box(from, to, top, bottom, color('--out'));
  for (const { from, to, min, max } of stream.bands)
    box(
      from,
      to,
      y(max) - 1,
      y(min) + 1,
      min < question.min || max > question.max ? color('--bad') : color('--curve'),
    );
  ctx.strokeStyle = color('--limit');
  ctx.setLineDash([6, 4]);
  for (const limit of [question.min, question.max]) {
    if (Math.abs(limit) === Number.MAX_SAFE_INTEGER) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y(limit));
    ctx.lineTo(bbox.left + bbox.width, y(limit));
    ctx.stroke();
  }
  ctx.restore();
}
