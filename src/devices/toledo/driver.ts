import type { Driver } from '../port.ts';
import { connectionOf } from '../talker/connection.ts';
import { saidBy } from '../weighing/weighing.ts';
import type { Weighing } from '../weighing/weighing.ts';
import { toledoFormat } from './codec.ts';
import type { ToledoFrame } from './codec.ts';
import { planToledo } from './plan.ts';

/** Scales with the Toledo continuous output. */
export const toledo: Driver = {
  name: 'toledo',
  title: 'Scale with Toledo continuous output (Mettler-Toledo and clones)',
  configure: (raw) => {
    const checked = planToledo(raw);
    if (!checked.ok) return checked;
    const plan = checked.value;
    return {
      ok: true,
      value: connectionOf({
        ...plan.talker,
        format: toledoFormat(plan.options),
        understand: () => (frame: ToledoFrame) => saidBy(weighingOf(frame), plan),
      }),
    };
  },
};

/** UCUM by the unit code of the third status word. */
const OTHER_UNITS = ['', 'g', 't', '[oz_av]', '[oz_tr]', '[pwt_tr]', '[ston_av]', 'a unit of its own'];

function weighingOf(frame: ToledoFrame): Weighing {
  const { exp, weight, isKilogram, otherUnit, expanded } = frame;
  // Ten times finer for a moment: where its point stands the makers do not agree on.
  const shown = expanded ? null : weight;
  return {
    weight: shown === null ? null : { digits: shown, exp },
    tare: { digits: frame.tare, exp },
    unit: otherUnit === 0 ? (isKilogram ? 'kg' : '[lb_av]') : (OTHER_UNITS[otherUnit] ?? null),
    isNet: frame.isNet,
    inMotion: frame.inMotion,
    outOfRange: frame.outOfRange,
    unzeroed: frame.unzeroed,
  };
}
