import type { Refusal } from '../../domain/device.ts';
import { Quality } from '../../domain/reading.ts';
import type { Reading } from '../../domain/reading.ts';
import { scale } from '../../domain/units.ts';
import type { Decimal } from '../../domain/units.ts';
import type { Said } from '../talker/connection.ts';
import type { ScalePlan } from './plan.ts';

/** What an indicator shows at one moment, whatever its protocol. */
export type Weighing = {
  /** null when it shows none: over or under its range. */
  readonly weight: Decimal | null;
  /** UCUM; null when the frame does not say. */
  readonly unit: string | null;
  /** null where the protocol has none, here and below. */
  readonly tare: Decimal | null;
  readonly isNet: boolean | null;
  readonly inMotion: boolean;
  readonly outOfRange: boolean;
  /** It was switched on and not set to zero since. */
  readonly unzeroed: boolean;
};

/**
 * The readings of a weighing. A weight in motion is told and marked: its quality (bit 1) makes it no
 * weight that a rule, a proof or a booking could use. Never a repaired value: another unit, or more
 * decimals than the stream has, is refused.
 */
export function saidBy(weighing: Weighing, plan: ScalePlan): Said {
  const { id } = plan.talker;
  const wrong = misfit(weighing, plan);
  const weight = weighing.weight === null || wrong !== null ? null : scale(weighing.weight, plan.exp);
  const isBeyond = weight !== null && Math.abs(weight) > plan.capacity;
  const readings: Reading[] = [
    { stream: `${id}/weight`, v: weight, q: qualityOf(weighing, isBeyond) },
    { stream: `${id}/motion`, v: weighing.inMotion ? 1 : 0, q: Quality.good },
  ];
  if (plan.hasTare) {
    const tare = weighing.tare === null || wrong !== null ? null : scale(weighing.tare, plan.exp);
    readings.push({ stream: `${id}/tare`, v: tare, q: Quality.good });
    readings.push({ stream: `${id}/net`, v: weighing.isNet === true ? 1 : 0, q: Quality.good });
  }
  if (wrong !== null) {
    const refusal: Refusal = { device: id, stream: `${id}/weight`, code: 'MALFORMED', detail: wrong };
    return { readings, refusals: [refusal], complaint: 'malformed' };
  }
  return weighing.unzeroed ? { readings, complaint: 'not-zeroed' } : { readings };
}

function qualityOf({ inMotion, outOfRange, unzeroed }: Weighing, isBeyond: boolean): number {
  return (
    (inMotion ? Quality.stale : 0) |
    (outOfRange || isBeyond ? Quality.outsideRange : 0) |
    (unzeroed ? Quality.deviceAlarm : 0)
  );
}

function misfit({ weight, tare, unit }: Weighing, plan: ScalePlan): string | null {
  if (unit !== null && unit !== plan.unit) return `a weight in ${unit}, the entry says ${plan.unit}`;
  for (const value of [weight, tare]) {
    if (value !== null && scale(value, plan.exp) === null) {
      return `${value.digits}e${value.exp} does not fit ${-plan.exp} decimals`;
    }
  }
  return null;
}
