import { dirname } from 'node:path';
import { SecretStore } from '../../config/secret.ts';
import { DISCOVERY_PORT } from '../../devices/onvif/discovery.ts';
import { planOnvif } from '../../devices/onvif/settings.ts';
import { simulateOnvif } from '../../devices/onvif/simulator.ts';
import { ConfigError } from '../../domain/errors.ts';
import { UsageError } from '../failure.ts';
import { endpointOf, type OpenFarEnd } from './port.ts';

/** A camera where its entry says it is, or elsewhere, that also answers who looks for cameras. */
export const farOnvif: OpenFarEnd = async ({ raw, place, file, credentials }) => {
  const plan = planOnvif(raw);
  if (!plan.ok) throw new ConfigError(plan.problems);
  const { url, user, password: reference } = plan.value.settings;
  if (url.protocol === 'https:') throw new UsageError('the simulated camera speaks http only');
  const { host, port } =
    place === undefined
      ? { host: url.hostname, port: Number(url.port === '' ? 80 : url.port) }
      : endpointOf(place);
  const password = new SecretStore(dirname(file), credentials).read(reference).reveal();
  const login = { user, password };
  const simulator = await simulateOnvif(plan.value, { host, port, discovery: DISCOVERY_PORT, login });
  return { simulator, at: `${host}:${simulator.port}`, left: [] };
};
