import { planLlrp } from '../../devices/llrp/plan.ts';
import { simulateLlrp } from '../../devices/llrp/simulator.ts';
import { ConfigError } from '../../domain/errors.ts';
import { UsageError } from '../failure.ts';
import { endpointOf, type OpenFarEnd } from './port.ts';

export const farLlrp: OpenFarEnd = async ({ id, raw, place }) => {
  const plan = planLlrp(raw);
  if (!plan.ok) throw new ConfigError(plan.problems);
  if (plan.value.tls !== null && place === undefined) {
    throw new UsageError(
      `the simulated reader has no certificate: say with --at ${id}=HOST:PORT where it listens in clear, behind e.g. socat openssl-listen:5085,cert=reader.pem,verify=0,fork tcp:HOST:PORT`,
    );
  }
  const { host, port } = place === undefined ? plan.value.line : endpointOf(place);
  const simulator = await simulateLlrp(raw, { host, port });
  return { simulator, at: `${host}:${simulator.port}`, left: [] };
};
