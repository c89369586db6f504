import type { OpenStream, StreamSpec } from '../../domain/stream.ts';
import { isAct, RecordType } from '../../domain/record.ts';
import { readQuantity } from '../quantity.ts';
import { remembers } from '../remembers.ts';
import type { Condition } from '../rule.ts';
import { Signal } from '../signal.ts';
import { sizeAt } from '../threshold.ts';
import { readDuration, readShare } from '../values.ts';
import { numberIn, shiftAt } from '../watch.ts';
import type { Kind } from './kind.ts';

/** Places in the cells: the baseline; a value that may become it, and since when. */
const BASELINE = 0;
const CANDIDATE = 1;
const SINCE = 2;

/** What a person does when goods were moved with a reason: the next steady weight is the baseline. */
const REBASE = 'rebase';

/** How much a weight may differ from a baseline, by the baseline; scaled. */
type Allowed = (baseline: number) => number;

/**
 * A steady weight that is off its baseline by more than `change: 0.5 %` of it, and by more than
 * `least: 5 kg`; back within half of that clears. The baseline is the first weight that stands `settle: 1m`. While
 * an order is in force at the place nothing is said of it, and the weight after it is the baseline.
 */
export const weight: Kind = {
  about: 'stream',
  keys: ['change', 'least', 'settle'],
  raiseAfter: true,
  seesLate: false,
  looksAround: false,
  check(level, streams) {
    const settleMs = readDuration(level, 'settle', 0);
    const share = readShare(level, 'change', 1);
    const least = readQuantity(level, 'least', level.raw('least'), streams);
    if (settleMs === null || share === null || least === null) return null;
    if (least.digits <= 0) return level.fail('least', 'must be more than nothing');
    return (stream) =>
      weightOf(stream, settleMs, (baseline) => {
        return Math.max(Math.abs(baseline) * share, sizeAt(least, stream.exp));
      });
  },
};

function weightOf(stream: OpenStream, settleMs: number, allowed: Allowed): Condition {
  const isRebase = isRebaseOf(stream);
  return remembers(
    {
      inputs: [stream],
      records: [RecordType.act],
      acts: [REBASE],
      meaning: 'weight',
      fresh: () => [null, null, null],
      take: (cells, happening) => {
        if (happening.is === 'start') return Signal.notYet;
        if (happening.is === 'record') {
          const { body } = happening.record;
          if (!isAct(body) || !isRebase(body)) return null;
          cells.fill(null);
          return Signal.notYet;
        }
        if (happening.is !== 'reading') return null;
        const { v, t, goods } = happening;
        if (v === null) return Signal.unknown;
        if (goods !== null && goods.ordersAt(stream.place, t).length > 0) {
          // Goods are moved on an order: what lies there when it is over is right.
          cells.fill(null);
          return Signal.clear;
        }
        const baseline = numberIn(cells, BASELINE);
        if (baseline !== null) {
          const off = Math.abs(v - baseline);
          if (off > allowed(baseline)) return Signal.raise;
          return off <= allowed(baseline) / 2 ? Signal.clear : Signal.hold;
        }
        const candidate = numberIn(cells, CANDIDATE);
        if (candidate === null || Math.abs(v - candidate) > allowed(candidate) / 2) {
          cells[CANDIDATE] = v;
          cells[SINCE] = t;
        }
        if (t - (numberIn(cells, SINCE) ?? t) < settleMs) return Signal.notYet;
        cells[BASELINE] = v;
        cells[CANDIDATE] = null;
        cells[SINCE] = null;
        return Signal.clear;
      },
      shift: (cells, a) => shiftAt(cells, a, SINCE),
    },
    stream.maxGapMs,
  );
}

function isRebaseOf({ id }: StreamSpec): (body: readonly unknown[]) => boolean {
  return ([, , verb, object, , , , result]) => verb === REBASE && object === id && result === 0;
}
