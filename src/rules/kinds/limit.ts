import type { StreamSpec } from '../../domain/stream.ts';
import type { Decimal } from '../../domain/units.ts';
import type { Fields } from '../fields.ts';
import { readQuantity } from '../quantity.ts';
import type { Condition, Level, Limit } from '../rule.ts';
import { Signal } from '../signal.ts';
import { add, compare, negate, thresholdOf } from '../threshold.ts';
import type { Kind } from './kind.ts';

/** A band in exact decimals; null is no bound on that side. */
type Band = { readonly low: Decimal | null; readonly high: Decimal | null; readonly inside: boolean };

/** `above`, `below`, both, `outside: [low, high]` or `inside: [low, high]`, with a deadband. */
export const limit: Kind = {
  about: 'stream',
  keys: ['above', 'below', 'outside', 'inside', 'deadband'],
  raiseAfter: true,
  seesLate: true,
  looksAround: false,
  check(level, streams) {
    const band = readBand(level, streams);
    const deadband = readDeadband(level, streams);
    if (band === null || deadband === null) return null;
    return within(level, band, deadband, streams);
  },
};

function readBand(level: Fields, streams: readonly StreamSpec[]): Band | null {
  const used = ['outside', 'inside', 'above', 'below'].filter((key) => level.has(key));
  const [first, second] = used;
  if (first === undefined) return level.missing('above', 'a limit: above, below, outside or inside');
  if (first === 'outside' || first === 'inside') {
    const pair = readPair(level, first, streams);
    if (second !== undefined) return level.fail(second, `cannot stand beside ${first}; keep one of them`);
    return pair;
  }
  const high = level.has('above') ? readQuantity(level, 'above', level.raw('above'), streams) : null;
  const low = level.has('below') ? readQuantity(level, 'below', level.raw('below'), streams) : null;
  if ((level.has('above') && high === null) || (level.has('below') && low === null)) return null;
  if (high !== null && low !== null && compare(low, high) > 0) {
    return level.fail(
      'below',
      `is greater than above (${String(level.raw('above'))}): every value would raise`,
    );
  }
  return { low, high, inside: false };
}

function readPair(level: Fields, key: 'outside' | 'inside', streams: readonly StreamSpec[]): Band | null {
  const raw = level.raw(key);
  if (!Array.isArray(raw) || raw.length !== 2) return level.fail(key, 'must be a pair [low, high]');
  const low = readQuantity(level, key, raw[0], streams);
  const high = readQuantity(level, key, raw[1], streams);
  if (low === null || high === null) return null;
  if (compare(low, high) >= 0) return level.fail(key, 'must have the lower limit first');
  return { low, high, inside: key === 'inside' };
}

function readDeadband(level: Fields, streams: readonly StreamSpec[]): Decimal | null {
  if (!level.has('deadband')) {
    return level.missing('deadband', 'how far back inside a value must be to clear, such as 0.5');
  }
  const deadband = readQuantity(level, 'deadband', level.raw('deadband'), streams);
  if (deadband === null || deadband.digits >= 0) return deadband;
  return level.fail('deadband', 'must not be negative');
}

function within(
  level: Fields,
  band: Band,
  deadband: Decimal,
  streams: readonly StreamSpec[],
): Level['bind'] | null {
  const { low, high, inside } = band;
  const back = inside ? negate(deadband) : deadband;
  const lowClear = low === null ? null : add(low, back);
  const highClear = high === null ? null : add(high, negate(back));
  if ((low !== null && lowClear === null) || (high !== null && highClear === null)) {
    return level.fail('deadband', 'has too many digits beside the limit to be compared exactly');
  }
  if (lowClear !== null && highClear !== null && compare(lowClear, highClear) > 0) {
    return level.fail('deadband', 'is as wide as the band: the alarm could never clear');
  }
  const edges = [lowClear, highClear].filter((d) => d !== null);
  const over = streams.find((s) => edges.some((d) => thresholdOf(d, s.exp) === null));
  if (over !== undefined) {
    return level.fail('deadband', `leads beyond what stream ${over.id} can hold (exponent ${over.exp})`);
  }
  // One list for all streams: a site has thousands of conditions.
  const limits = limitsOf(band);
  return (stream) => conditionOf(stream, band, limits, lowClear, highClear);
}

function conditionOf(
  stream: StreamSpec,
  band: Band,
  limits: readonly Limit[],
  lowClear: Decimal | null,
  highClear: Decimal | null,
): Condition {
  // Integers only: v < low is v < ceil(low), v > high is v > floor(high); clearing includes its edge.
  const low = edge(band.low, stream.exp, -Infinity);
  const high = edge(band.high, stream.exp, Infinity);
  const lowBack = edge(lowClear, stream.exp, -Infinity);
  const highBack = edge(highClear, stream.exp, Infinity);
  const test = band.inside
    ? (v: number): Signal => {
        if (v >= low.ceil && v <= high.floor) return Signal.raise;
        return v < lowBack.ceil || v > highBack.floor ? Signal.clear : Signal.hold;
      }
    : (v: number): Signal => {
        if (v > high.floor || v < low.ceil) return Signal.raise;
        return v <= highBack.floor && v >= lowBack.ceil ? Signal.clear : Signal.hold;
      };
  return { limits, test, coverMs: stream.maxGapMs, silenceMs: null, watch: null };
}

function limitsOf({ low, high, inside }: Band): Limit[] {
  if (inside) return [];
  return [
    ...(high === null ? [] : [{ side: 'above', value: high } as const]),
    ...(low === null ? [] : [{ side: 'below', value: low } as const]),
  ];
}

function edge(d: Decimal | null, exp: number, open: number): { floor: number; ceil: number } {
  if (d === null) return { floor: open, ceil: open };
  const threshold = thresholdOf(d, exp);
  if (threshold === null)
    throw new RangeError(`${d.digits}e${d.exp} has no exact threshold at exponent ${exp}`);
  return threshold;
}
