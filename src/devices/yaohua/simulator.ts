import type { TalkingModel } from '../talker/simulator.ts';
import type { YaohuaPlan } from './plan.ts';

const FRAME_MS = 100;

/** An indicator at the far end of its line; `motion` 1 makes its load swing by a step. */
export function yaohuaModel(plan: YaohuaPlan): TalkingModel {
  const { exp, layout } = plan;
  let weight = 0;
  let swings = false;
  let swing = 0;
  return {
    id: plan.talker.id,
    frameMs: FRAME_MS,
    faults: ['bad-checksum', 'out-of-range'],
    set: (channel, v) => {
      if (channel === 'motion') {
        swings = v !== 0;
        return;
      }
      layout.encode({ digits: v, exp });
      weight = v;
    },
    frame: (fault) => {
      if (fault === 'out-of-range') return layout.encode({ digits: 999_999, exp });
      swing = swings ? 1 - swing : 0;
      const frame = layout.encode({ digits: weight > 0 ? weight - swing : weight + swing, exp });
      if (fault !== 'bad-checksum') return frame;
      // The last byte of the checksum, or of the number where there is none.
      const at = frame.length - 2;
      return frame.with(at, (frame[at] ?? 0) ^ 0x40);
    },
  };
}
