import type { Driver } from '../port.ts';
import { openOnvif } from './open.ts';
import { SNAPSHOT } from './pictures.ts';
import { planOnvif } from './settings.ts';

/** A network camera: what it sees as events, and pictures on demand. */
export const onvif: Driver = {
  name: 'onvif',
  title: 'ONVIF cameras: events by pull point, pictures',
  configure(raw) {
    const planned = planOnvif(raw);
    if (!planned.ok) return planned;
    const plan = planned.value;
    return {
      ok: true,
      value: {
        id: plan.settings.id,
        streams: plan.streams,
        actuators: new Map([[plan.settings.id, [SNAPSHOT]]]),
        profiles: [],
        open: (env) => openOnvif(plan, env),
      },
    };
  },
};
