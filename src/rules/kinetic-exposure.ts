import { RecordType } from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import type { Decimal } from '../domain/units.ts';
import { cover, COVERAGE_CELLS, freshCoverage, shiftCoverage } from './coverage.ts';
import { decayOf, meanKinetic } from '../domain/mean-kinetic.ts';
import { remembers } from './remembers.ts';
import { isRestart, RESTART } from './restart.ts';
import type { Condition } from './rule.ts';
import { Signal } from './signal.ts';
import { add, negate, thresholdOf } from './threshold.ts';
import { numberIn, type Cell } from './watch.ts';

/** The window moves in so many steps. */
const BUCKETS = 240;
/** So much of the window must be covered by readings, else its mean is not known. */
const COVERED = 0.9;

/** Cells behind those of the coverage: when counting began, when the first bucket begins; then [decay, ms] of each. */
const BEGAN = COVERAGE_CELLS;
const FIRST = COVERAGE_CELLS + 1;
const SUMS = COVERAGE_CELLS + 2;

/** Mean kinetic temperature over a rolling window above a limit; °C. */
export function kineticExposure(
  stream: OpenStream,
  above: Decimal,
  deadband: Decimal,
  overMs: number,
): Condition {
  const { exp, maxGapMs } = stream;
  const bucketMs = Math.ceil(overMs / BUCKETS);
  const limit = thresholdOf(above, exp)?.floor ?? Infinity;
  const backAt = add(above, negate(deadband));
  const back = backAt === null ? limit : (thresholdOf(backAt, exp)?.floor ?? limit);
  const put = (cells: Cell[], from: number, to: number, v: number): void => {
    for (let at = from; at < to;) {
      const first = numberIn(cells, FIRST) ?? from;
      const bucket = Math.floor((at - first) / bucketMs);
      const end = Math.min(to, first + (bucket + 1) * bucketMs);
      if (bucket >= BUCKETS) {
        forget(cells, bucket - BUCKETS + 1, first, bucketMs);
        continue;
      }
      if (bucket >= 0) {
        const i = SUMS + 2 * bucket;
        cells[i] = (numberIn(cells, i) ?? 0) + decayOf(inCelsius(v, exp), end - at);
        cells[i + 1] = (numberIn(cells, i + 1) ?? 0) + end - at;
      }
      at = end;
    }
  };
  const judge = (cells: readonly Cell[], t: number): Signal => {
    let [decay, ms] = [0, 0];
    for (let i = SUMS; i < cells.length; i += 2) {
      decay += numberIn(cells, i) ?? 0;
      ms += numberIn(cells, i + 1) ?? 0;
    }
    if (ms < COVERED * overMs) {
      return t - (numberIn(cells, BEGAN) ?? t) < overMs ? Signal.notYet : Signal.unknown;
    }
    // Rounded to the stream's digits before it is compared (evidence section 5).
    const mean = Math.round(scaled(meanKinetic(decay, ms), exp));
    if (mean > limit) return Signal.raise;
    return mean <= back ? Signal.clear : Signal.hold;
  };
  return remembers({
    inputs: [stream],
    hears: 'all',
    records: [RecordType.act],
    acts: [RESTART],
    meaning: `mean kinetic ${overMs}`,
    fresh: () => [...freshCoverage(), null, null, ...Array.from({ length: 2 * BUCKETS }, () => 0)],
    take: (cells, happening) => {
      const { is, t } = happening;
      if (is === 'record') {
        if (!isRestart(happening.record, stream)) return null;
        cells.splice(0, cells.length, ...freshCoverage(), null, null);
        for (let i = 0; i < 2 * BUCKETS; i++) cells.push(0);
        return Signal.notYet;
      }
      if (is === 'start') return Signal.notYet;
      if ((is !== 'reading' && is !== 'late') || happening.v === null) return null;
      const at = is === 'late' ? happening.at : t;
      cells[BEGAN] ??= at;
      cells[FIRST] ??= at;
      cover(cells, at, happening.v, is === 'reading', maxGapMs, (from, to, v) => put(cells, from, to, v));
      return judge(cells, t);
    },
    shift: (cells, a) => {
      shiftCoverage(cells, a);
      for (const i of [BEGAN, FIRST]) {
        const at = numberIn(cells, i);
        if (at !== null) cells[i] = at + a;
      }
    },
  });
}

function forget(cells: Cell[], buckets: number, first: number, bucketMs: number): void {
  const gone = Math.min(buckets, BUCKETS);
  cells.splice(SUMS, 2 * gone);
  for (let i = 0; i < 2 * gone; i++) cells.push(0);
  cells[FIRST] = first + buckets * bucketMs;
}

function inCelsius(v: number, exp: number): number {
  return exp < 0 ? v / 10 ** -exp : v * 10 ** exp;
}

function scaled(celsius: number, exp: number): number {
  return exp < 0 ? celsius * 10 ** -exp : celsius / 10 ** exp;
}
