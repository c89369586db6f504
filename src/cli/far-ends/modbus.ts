import { ConfigError } from '../../domain/errors.ts';
import { planTcp } from '../../devices/modbus/plan.ts';
import { simulateRtu, simulateTcp } from '../../devices/modbus/simulator.ts';
import { begin } from './first-values.ts';
import { endpointOf, serialPlaceOf, type OpenFarEnd } from './port.ts';

export const farModbusRtu: OpenFarEnd = (order) => {
  const at = serialPlaceOf(order);
  const simulator = simulateRtu(order.raw, order.profiles, at);
  begin(simulator, order.streams);
  return { simulator, at, left: [] };
};

export const farModbusTcp: OpenFarEnd = async ({ raw, streams, profiles, place }) => {
  const plan = planTcp(raw, profiles);
  if (!plan.ok) throw new ConfigError(plan.problems);
  const { host, port } = place === undefined ? plan.value.line : endpointOf(place);
  const simulator = await simulateTcp(raw, profiles, { host, port });
  begin(simulator, streams);
  return { simulator, at: `${host}:${simulator.port}`, left: [] };
};
