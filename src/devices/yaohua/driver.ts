import type { Decimal } from '../../domain/units.ts';
import type { Driver } from '../port.ts';
import { connectionOf } from '../talker/connection.ts';
import type { Said } from '../talker/connection.ts';
import { saidBy } from '../weighing/weighing.ts';
import { planYaohua } from './plan.ts';
import type { YaohuaPlan } from './plan.ts';
import { Still } from './still.ts';

/** Scales with a 耀华 XK3190 or 柯力 D2008 indicator in continuous mode. */
export const yaohua: Driver = {
  name: 'yaohua',
  title: 'Scale with 耀华 XK3190 or 柯力 D2008 indicator, continuous output',
  configure: (raw) => {
    const checked = planYaohua(raw);
    if (!checked.ok) return checked;
    const plan = checked.value;
    return {
      ok: true,
      value: connectionOf({
        ...plan.talker,
        format: plan.layout.format,
        understand: () => understanding(plan),
      }),
    };
  },
};

function understanding(plan: YaohuaPlan): (shown: Decimal) => Said {
  const still = new Still(plan.stillAfter);
  return (shown) => {
    const inMotion = !still.step(shown);
    const own = { unit: null, tare: null, isNet: null, outOfRange: false, unzeroed: false };
    return saidBy({ weight: shown, inMotion, ...own }, plan);
  };
}
