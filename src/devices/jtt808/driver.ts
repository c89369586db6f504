import type { Driver } from '../port.ts';
import { openFleet } from '../vehicle/fleet.ts';
import { Call } from './call.ts';
import { planJtt808 } from './plan.ts';

/** Terminals of JT/T 808, which call us: position, and the temperatures of the trailer. */
export const jtt808: Driver = {
  name: 'jtt808',
  title: 'JT/T 808 vehicle terminals over TCP, 2013 and 2019',
  configure(raw, files) {
    const planned = planJtt808(raw, files);
    if (!planned.ok) return planned;
    const plan = planned.value;
    return {
      ok: true,
      value: {
        id: plan.id,
        streams: plan.streams,
        actuators: new Map(),
        profiles: plan.files,
        open: (env) => openFleet(plan, env, (fleet, peer) => new Call(fleet, peer)),
      },
    };
  },
};
