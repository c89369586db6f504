import type { Driver } from '../port.ts';
import { openDc09 } from './open.ts';
import { planDc09 } from './settings.ts';

/** A receiver of alarm panels: fence hosts, intruder and fire panels that report over IP. */
export const siaDc09: Driver = {
  name: 'sia-dc09',
  title: 'ANSI/SIA DC-09 receiver (Contact ID and SIA), TCP or UDP',
  configure(raw) {
    const planned = planDc09(raw);
    if (!planned.ok) return planned;
    const plan = planned.value;
    return {
      ok: true,
      value: {
        id: plan.settings.id,
        streams: plan.streams,
        actuators: new Map(),
        profiles: [],
        open: (env) => openDc09(plan, env),
      },
    };
  },
};
