import type { TalkingModel } from '../talker/simulator.ts';
import type { Packet, Target } from './codec.ts';
import { encodePacket } from './encode.ts';
import type { RadarPlan } from './plan.ts';

const FRAME_MS = 100;
const MOST = 20;

/**
 * A radar at the far end of its line. What may be set: `targets` and `presence` (so many people at 2 m),
 * `nearest` (one straight ahead, mm), `in-<area>` (one in the middle of it, or nobody).
 */
export function radarModel(plan: RadarPlan): TalkingModel {
  let targets: readonly Target[] = [];
  let frame = 0;
  return {
    id: plan.talker.id,
    frameMs: FRAME_MS,
    faults: ['out-of-range', 'bad-length'],
    set: (channel, v) => {
      const area = plan.areas.find(({ name }) => channel === `in-${name}`);
      if (channel === 'presence' || channel === 'targets') {
        if (v < 0 || v > MOST) throw new RangeError(`the radar follows at most ${MOST} people, not ${v}`);
        targets = Array.from({ length: v }, (_, i) => person(i + 1, i - 1, 2));
      } else if (channel === 'nearest') targets = [person(1, 0, v / 1000)];
      else if (area !== undefined) targets = v === 0 ? [] : [person(1, middle(area.x), middle(area.y))];
      else throw new RangeError(`a radar measures ${channel} by its targets; set their places`);
    },
    frame: (fault) => {
      frame++;
      if (fault === 'out-of-range') return encodePacket(packetOf(frame, [person(1, 0, 400)]));
      const bytes = encodePacket(packetOf(frame, fault === 'bad-length' ? [person(1, 0, 2)] : targets));
      // The length of its first part.
      return fault === 'bad-length' ? bytes.with(45, 0xff) : bytes;
    },
  };
}

function packetOf(frame: number, targets: readonly Target[]): Packet {
  return {
    version: 0x0305_0004,
    platform: 0x000a_6843,
    frame,
    cycles: 123_456_789,
    objects: 0,
    subframe: 0,
    points: null,
    targets: targets.length === 0 ? null : targets,
    pointTargets: null,
  };
}

function person(id: number, x: number, y: number): Target {
  return {
    id,
    position: [x, y, 1.7],
    velocity: [0, 0, 0],
    acceleration: [0, 0, 0],
    covariance: Array.from({ length: 16 }, () => 0),
    gain: 0,
    confidence: 0.9,
  };
}

/** In metres. */
function middle([from, to]: readonly [number, number]): number {
  return (from + to) / 2000;
}
