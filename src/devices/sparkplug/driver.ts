import type { Sink } from '../../domain/device.ts';
import { openSubscription, type Publish } from '../mqtt/subscription.ts';
import type { Driver } from '../port.ts';
import { planSparkplug } from './plan.ts';
import { SparkplugSource } from './source.ts';
import { filterOf, stateOf, stateTopic } from './topic.ts';

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
        open: (env) => {
          const { host } = plan;
          // The same in the will and in each birth of ours.
          const since = env.now();
          const farewell =
            host === null ? {} : { farewell: { topic: stateTopic(host), payload: stateOf(false, since) } };
          const listen = (sink: Sink, publish: Publish): SparkplugSource =>
            new SparkplugSource(plan, sink, publish, env.now, since);
          return openSubscription(plan.settings, { filters, listen, ...farewell }, env);
        },
      },
    };
  },
};
