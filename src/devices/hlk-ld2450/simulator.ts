import type { TalkingModel } from '../talker/simulator.ts';
import { encodeTargets } from './codec.ts';
import type { Target, Targets } from './codec.ts';
import type { RadarPlan } from './plan.ts';

const FRAME_MS = 100;
const GATE_MM = 360;
/** Sent where no target can be. */
const NONSENSE: Targets = [{ xMm: 30_000, yMm: -500, speedCms: 0, resolutionMm: GATE_MM }, null, null];
const PLACES: readonly Target[] = [-1000, 0, 1000].map((xMm) => target(xMm, 2000));

/**
 * A radar at the far end of its line. What may be set: `presence`, `targets` (so many at 2 m),
 * `nearest` (one straight ahead), `in-<area>` (one in the middle of it, or nobody), and `x-1` …
 * `speed-3` of targets, each of which is there while its y is above 0.
 */
export function radarModel(plan: RadarPlan): TalkingModel {
  let targets: Targets = [null, null, null];
  const put = (...there: readonly Target[]): void => {
    targets = [there[0] ?? null, there[1] ?? null, there[2] ?? null];
  };
  return {
    id: plan.talker.id,
    frameMs: FRAME_MS,
    faults: ['out-of-range', 'bad-tail'],
    set: (channel, v) => {
      const [, axis, place] = /^(x|y|speed)-([123])$/.exec(channel) ?? [];
      const area = plan.areas.find(({ name }) => channel === `in-${name}`);
      if (channel === 'presence' || channel === 'targets') put(...PLACES.slice(0, v));
      else if (channel === 'nearest') put(target(0, v));
      else if (area !== undefined) put(...(v === 0 ? [] : [target(middle(area.x), middle(area.y))]));
      else if (axis !== undefined) targets = moved(targets, Number(place) - 1, axis, v);
      else throw new RangeError(`a radar measures ${channel} by its targets; set their places`);
    },
    frame: (fault) => {
      if (fault === 'out-of-range') return encodeTargets(NONSENSE);
      const frame = encodeTargets(targets);
      return fault === 'bad-tail' ? frame.with(frame.length - 1, 0x55) : frame;
    },
  };
}

function target(xMm: number, yMm: number): Target {
  return { xMm, yMm, speedCms: 0, resolutionMm: GATE_MM };
}

function moved(targets: Targets, place: number, axis: string, v: number): Targets {
  const after = (n: 0 | 1 | 2): Target | null => {
    const before = targets[n];
    if (n !== place) return before;
    const { xMm, yMm, speedCms } = before ?? target(0, 0);
    const now = {
      xMm: axis === 'x' ? v : xMm,
      yMm: axis === 'y' ? v : yMm,
      speedCms: axis === 'speed' ? v : speedCms,
      resolutionMm: GATE_MM,
    };
    return axis === 'y' && v <= 0 ? null : now;
  };
  return [after(0), after(1), after(2)];
}

function middle([from, to]: readonly [number, number]): number {
  return Math.round((from + to) / 2);
}
