import type { EventFormat } from '../../devices/uhf-mqtt/events.ts';
import { impinj } from '../../devices/uhf-mqtt/impinj.ts';
import { planTags } from '../../devices/uhf-mqtt/plan.ts';
import { simulateReaders } from '../../devices/uhf-mqtt/simulator.ts';
import { zebra } from '../../devices/uhf-mqtt/zebra.ts';
import { ConfigError } from '../../domain/errors.ts';
import { UsageError } from '../failure.ts';
import { endpointOf, type FarEnd, type FarEndOrder, type OpenFarEnd } from './port.ts';

/** Tags at each read point on a quiet day. */
const QUIET_TAGS = 3;

export const farImpinjIot: OpenFarEnd = (order) => open(order, impinj);

export const farZebraIot: OpenFarEnd = (order) => open(order, zebra);

function open({ raw, streams, place }: FarEndOrder, format: EventFormat): FarEnd {
  const plan = planTags(raw);
  if (!plan.ok) throw new ConfigError(plan.problems);
  const { url } = plan.value.settings;
  if (place === undefined && url.tls) {
    throw new UsageError('simulated readers need a broker without TLS: --at ENTRY=HOST:PORT');
  }
  const { host, port } = place === undefined ? url : endpointOf(place);
  const simulator = simulateReaders(plan.value, format, host, port);
  for (const { dev, ch, kind } of streams) if (kind === 1) simulator.set(dev, ch, QUIET_TAGS);
  return { simulator, at: `${host}:${port}`, left: [] };
}
