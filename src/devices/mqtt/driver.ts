import type { Driver } from '../port.ts';
import { openMqtt } from './open.ts';
import { planMqtt } from './plan.ts';

/** MQTT: a client of somebody's broker, or our own broker; payload maps are data. */
export const mqtt: Driver = {
  name: 'mqtt',
  title: 'MQTT 3.1.1 and 5, client or embedded broker',
  configure(raw, profiles) {
    const planned = planMqtt(raw, profiles);
    if (!planned.ok) return planned;
    const plan = planned.value;
    return {
      ok: true,
      value: {
        id: plan.settings.id,
        streams: plan.streams,
        actuators: new Map([...plan.commands].map(([device, verbs]) => [device, [...verbs.keys()]])),
        profiles: plan.profiles,
        open: (env) => openMqtt(plan, env),
      },
    };
  },
};
