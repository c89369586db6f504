import { openSubscription } from '../mqtt/subscription.ts';
import type { Driver } from '../port.ts';
import type { EventFormat } from './events.ts';
import { impinj } from './impinj.ts';
import { planTags } from './plan.ts';
import { TagSource } from './source.ts';
import { zebra } from './zebra.ts';

/** Readers with the Impinj IoT device interface, heard at their broker. */
export const impinjIot = driverOf(
  'impinj-iot',
  'UHF RFID readers with the Impinj IoT device interface',
  impinj,
);

/** Readers with the Zebra IoT Connector, heard at their broker. */
export const zebraIot = driverOf('zebra-iot', 'UHF RFID readers with the Zebra IoT Connector', zebra);

function driverOf(name: string, title: string, format: EventFormat): Driver {
  return {
    name,
    title,
    configure(raw) {
      const planned = planTags(raw);
      if (!planned.ok) return planned;
      const plan = planned.value;
      const topics = plan.readers.flatMap((r) => [...r.topics, ...(r.will === null ? [] : [r.will.topic])]);
      const filters = [...new Set(topics)];
      return {
        ok: true,
        value: {
          id: plan.settings.id,
          streams: plan.streams,
          actuators: new Map(),
          profiles: [],
          open: (env) =>
            openSubscription(
              plan.settings,
              { filters, listen: (sink) => new TagSource(plan, format, sink, env.now) },
              env,
            ),
        },
      };
    },
  };
}
