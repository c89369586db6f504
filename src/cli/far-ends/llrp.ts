import { planLlrp } from '../../devices/llrp/plan.ts';
import { simulateLlrp } from '../../devices/llrp/simulator.ts';
import { ConfigError } from '../../domain/errors.ts';
import { endpointOf, type OpenFarEnd } from './port.ts';

export const farLlrp: OpenFarEnd = async ({ raw, place }) => {
  const plan = planLlrp(raw);
  if (!plan.ok) throw new ConfigError(plan.problems);
  const { host, port } = place === undefined ? plan.value.line : endpointOf(place);
  const simulator = await simulateLlrp(raw, { host, port });
  return { simulator, at: `${host}:${simulator.port}`, left: [] };
};
