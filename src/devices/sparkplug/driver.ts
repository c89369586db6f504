import { openSubscription } from '../mqtt/subscription.ts';
import type { Driver } from '../port.ts';
import { planSparkplug } from './plan.ts';
import { SparkplugSource } from './source.ts';
import { filterOf } from './topic.ts';

/** Sparkplug B edge nodes, heard at their broker. */
export const sparkplug: Driver = {
  name: 'sparkplug',
  title: 'Sparkplug B edge nodes over MQTT',
  configure(raw, profiles) {
    const planned = planSparkplug(raw, profiles);
    if (!planned.ok) return planned;
    const plan = planned.value;
    const filters = [...new Set(plan.devices.map((d) => filterOf(d.group, d.node)))];
    return {
      ok: true,
      value: {
        id: plan.settings.id,
        streams: plan.streams,
        actuators: new Map(),
        profiles: plan.profiles,
        open: (env) =>
          openSubscription(
            plan.settings,
            { filters, listen: (sink, publish) => new SparkplugSource(plan, sink, publish, env.now) },
            env,
          ),
      },
    };
  },
};
