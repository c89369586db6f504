import type { Sink } from '../../domain/device.ts';
import { DeviceError } from '../../domain/errors.ts';
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
        actuators: new Map(
          plan.devices.flatMap(({ id, commands }) =>
            commands.size === 0 ? [] : [[id, [...commands.keys()]]],
          ),
        ),
        profiles: plan.profiles,
        open: (env) => {
          const { host } = plan;
          // The same in the will and in each birth of ours.
          const since = env.now();
          const farewell =
            host === null ? {} : { farewell: { topic: stateTopic(host), payload: stateOf(false, since) } };
          let source: SparkplugSource | null = null;
          const listen = (sink: Sink, publish: Publish): SparkplugSource =>
            (source = new SparkplugSource(plan, sink, publish, env.now, since));
          return {
            ...openSubscription(plan.settings, { filters, listen, ...farewell }, env),
            command: (device, order, signal) =>
              source?.command(device, order, signal) ??
              Promise.reject(new DeviceError('PORT_LOST', `${plan.settings.id} is not connected`)),
          };
        },
      },
    };
  },
};
