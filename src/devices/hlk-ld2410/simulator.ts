import type { TalkingModel } from '../talker/simulator.ts';
import { ENGINEERING_ON, encodeFrame } from './codec.ts';
import type { RadarPlan } from './plan.ts';
import { GATE_NUMBERS } from './plan.ts';

const FRAME_MS = 100;
/** Of the commands that turn engineering mode on: allow, switch, end. */
const COMMANDS = [0xff, 0x62, 0xfe];

/**
 * A radar at the far end of its line. It begins in basic mode, and goes into engineering mode when it
 * is told to, as the real one does. `presence` puts somebody still at 2 m.
 */
export function radarModel(plan: RadarPlan): TalkingModel {
  const values = new Map<string, number>();
  let isEngineering = false;
  let heard = new Uint8Array();
  const v = (channel: string): number => values.get(channel) ?? 0;
  return {
    id: plan.talker.id,
    frameMs: FRAME_MS,
    faults: ['out-of-range', 'bad-tail', 'restarted'],
    set: (channel, value) => {
      values.set(channel, value);
      if (channel !== 'presence') return;
      values.set('stationary', value);
      values.set('stationary-distance', 200);
      values.set('distance', 200);
    },
    hear: (bytes) => {
      heard = Uint8Array.from([...heard, ...bytes]).slice(-ENGINEERING_ON.length);
      if (Buffer.compare(heard, ENGINEERING_ON) !== 0) return new Uint8Array();
      isEngineering = true;
      const answers = COMMANDS.map((command) => encodeFrame({ answer: { command, ok: true } }));
      return Uint8Array.from(Buffer.concat(answers));
    },
    frame: (fault) => {
      // After a loss of power it is in basic mode again.
      if (fault === 'restarted') isEngineering = false;
      const frame = encodeFrame({
        report: {
          state: STATES[(v('moving') === 0 ? 0 : 1) + (v('stationary') === 0 ? 0 : 2)] ?? 0,
          movingCm: v('moving-distance'),
          movingEnergy: v('moving-energy'),
          stationaryCm: v('stationary-distance'),
          stationaryEnergy: v('stationary-energy'),
          detectionCm: fault === 'out-of-range' ? 9999 : v('distance'),
          engineering: isEngineering
            ? {
                farthestMoving: 8,
                farthestStationary: 8,
                moving: GATE_NUMBERS.map((n) => v(`moving-gate-${n}`)),
                stationary: GATE_NUMBERS.map((n) => v(`stationary-gate-${n}`)),
                light: v('light'),
                out: v('out'),
              }
            : null,
        },
      });
      return fault === 'bad-tail' ? frame.with(frame.length - 1, 0x55) : frame;
    },
  };
}

const STATES = [0, 1, 2, 3] as const;
