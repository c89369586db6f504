import { planSparkplug } from '../../devices/sparkplug/plan.ts';
import { simulateSparkplug } from '../../devices/sparkplug/simulator.ts';
import { ConfigError } from '../../domain/errors.ts';
import { UsageError } from '../failure.ts';
import { begin } from './first-values.ts';
import { endpointOf, type OpenFarEnd } from './port.ts';

export const farSparkplug: OpenFarEnd = ({ raw, streams, profiles, place }) => {
  const plan = planSparkplug(raw, profiles);
  if (!plan.ok) throw new ConfigError(plan.problems);
  const { url } = plan.value.settings;
  if (place === undefined && url.tls) {
    throw new UsageError('simulated edge nodes need a broker without TLS: --at ENTRY=HOST:PORT');
  }
  const { host, port } = place === undefined ? url : endpointOf(place);
  const simulator = simulateSparkplug(plan.value, host, port);
  begin(simulator, streams);
  return { simulator, at: `${host}:${port}`, left: [] };
};
