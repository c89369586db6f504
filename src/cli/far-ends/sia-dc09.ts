import { dirname } from 'node:path';
import { SecretStore } from '../../config/secret.ts';
import { keyOf } from '../../devices/sia-dc09/cipher.ts';
import { planDc09 } from '../../devices/sia-dc09/settings.ts';
import { simulateDc09, type SimulatedPanel } from '../../devices/sia-dc09/simulator.ts';
import { ConfigError } from '../../domain/errors.ts';
import { UsageError } from '../failure.ts';
import { endpointOf, type OpenFarEnd } from './port.ts';

/** Panels that call the receiver where it listens, from this machine. */
export const farSiaDc09: OpenFarEnd = ({ raw, place, file, credentials }) => {
  const plan = planDc09(raw);
  if (!plan.ok) throw new ConfigError(plan.problems);
  const { listen, transport, panels } = plan.value.settings;
  const { host, port } =
    place === undefined ? { ...listen, host: reachable(listen.host) } : endpointOf(place);
  if (port === 0)
    throw new UsageError('simulated panels need the port of the receiver: --at ENTRY=HOST:PORT');
  const secrets = new SecretStore(dirname(file), credentials);
  const simulated = panels.map((panel): SimulatedPanel => {
    const key = panel.secret === undefined ? null : keyOf(secrets.read(panel.secret).reveal());
    if (panel.secret !== undefined && key === null) {
      throw new UsageError(`the secret of ${panel.id} must be 32, 48 or 64 hex digits`);
    }
    const { id, account, every, inputs } = panel;
    return { id, account, key, everyMs: every, inputs };
  });
  return { simulator: simulateDc09({ host, port, transport }, simulated), at: `${host}:${port}`, left: [] };
};

/** Where a receiver that listens on every address is reached from this machine. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
