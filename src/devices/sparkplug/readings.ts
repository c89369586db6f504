import type { DeviceErrorCode } from '../../domain/errors.ts';
import { Quality, type Reading } from '../../domain/reading.ts';
import { readValue } from '../mqtt/value-field.ts';
import { UNCERTAIN_AHEAD_MS, untimely } from '../source-time.ts';
import type { Named } from './edge-node.ts';
import { saidBy } from './metric-value.ts';
import type { MetricField } from './plan.ts';

type Read =
  | { readonly ok: true; readonly reading: Reading }
  | { readonly ok: false; readonly code: DeviceErrorCode; readonly why: string };

/** The quality of a metric that is good, and of one that was not measured lately (Sparkplug 3.0, 6.4.11). */
const GOOD = 192;
const STALE = 500;

/** A metric as a reading of its stream. @param t evidence time, ms */
export function readMetric(
  { metric, datatype }: Named,
  field: MetricField,
  { timestamp, isBirth }: { readonly timestamp: bigint | null; readonly isBirth: boolean },
  t: number,
): Read {
  const { stream, rule, least, most, maxGapMs } = field;
  const said = saidBy(metric, datatype);
  if (!said.ok) return { ok: false, code: 'MALFORMED', why: said.why };
  const value = readValue(said.value, rule);
  if (!value.ok) return { ok: false, code: 'MALFORMED', why: value.reason };
  const written = metric.timestamp ?? timestamp;
  const at = written === null ? null : Number(written);
  const isNow = isBirth && !metric.isHistorical;
  // A birth tells what is so now, however long ago it last changed.
  const isOld = at !== null && at < t - maxGapMs;
  const wrong = at === null || (isOld && isNow) ? null : untimely(at, t);
  if (wrong !== null) return { ok: false, code: 'REFUSED', why: `has a time that ${wrong}` };
  const isBad = metric.quality !== null && metric.quality !== GOOD && metric.quality !== STALE;
  const v = isBad ? null : value.v;
  let q: number = isBad ? Quality.deviceAlarm : Quality.good;
  if (metric.quality === STALE) q |= Quality.stale;
  if (v !== null && (v < least || v > most)) q |= Quality.outsideRange;
  if (metric.isHistorical || (isOld && !isNow)) q |= Quality.backfilled;
  if (at !== null && at > t + UNCERTAIN_AHEAD_MS) q |= Quality.deviceTimeUncertain;
  const hasTime = at !== null && !(isOld && isNow);
  return { ok: true, reading: hasTime ? { stream, v, q, sourceAt: at } : { stream, v, q } };
}
