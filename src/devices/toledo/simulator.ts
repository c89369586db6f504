import type { TalkingModel } from '../talker/simulator.ts';
import { encodeToledo } from './codec.ts';
import type { ToledoPlan } from './plan.ts';

const FRAME_MS = 100;
const UNIT_CODES: Readonly<Record<string, number>> = { g: 1, t: 2 };

/** An indicator at the far end of its line; `motion` 1 makes its load swing. */
export function toledoModel(plan: ToledoPlan): TalkingModel {
  const values = new Map<string, number>();
  const v = (channel: string): number => values.get(channel) ?? 0;
  return {
    id: plan.talker.id,
    frameMs: FRAME_MS,
    faults: ['bad-checksum', 'out-of-range', 'not-zeroed', 'other-unit'],
    set: (channel, value) => {
      if (Math.abs(value) > 999_999) throw new RangeError(`an indicator shows six digits, not ${value}`);
      values.set(channel, value);
    },
    frame: (fault) => {
      const isKilogram = plan.unit === 'kg';
      const frame = encodeToledo(
        {
          weight: fault === 'out-of-range' ? null : v('weight'),
          tare: Math.abs(v('tare')),
          exp: plan.exp,
          increment: 1,
          isNet: v('net') !== 0,
          inMotion: v('motion') !== 0,
          outOfRange: fault === 'out-of-range',
          unzeroed: fault === 'not-zeroed',
          isKilogram: fault === 'other-unit' ? !isKilogram : isKilogram,
          otherUnit: fault === 'other-unit' ? 0 : (UNIT_CODES[plan.unit] ?? 0),
          printRequested: false,
          expanded: false,
        },
        plan.options,
      );
      if (fault !== 'bad-checksum') return frame;
      const last = frame.length - 1;
      return frame.with(last, (frame[last] ?? 0) ^ 1);
    },
  };
}
