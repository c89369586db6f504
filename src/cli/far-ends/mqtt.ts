import { dirname } from 'node:path';
import { SecretStore } from '../../config/secret.ts';
import { planMqtt } from '../../devices/mqtt/plan.ts';
import { MODELS } from '../../devices/mqtt/simulated-payloads.ts';
import { simulateMqtt, type SimulatedDevice } from '../../devices/mqtt/simulator.ts';
import { ConfigError } from '../../domain/errors.ts';
import { UsageError } from '../failure.ts';
import { firstValues } from './first-values.ts';
import { endpointOf, type OpenFarEnd } from './port.ts';

export const farMqtt: OpenFarEnd = ({ raw, streams, profiles, place, file, credentials }) => {
  const plan = planMqtt(raw, profiles);
  if (!plan.ok) throw new ConfigError(plan.problems);
  const { url, listen, devices, accounts } = plan.value.settings;
  const broker = place === undefined ? (url ?? listen ?? endpointOf('127.0.0.1:1883')) : endpointOf(place);
  if (('tls' in broker && broker.tls) || broker.port === 0) {
    throw new UsageError('simulated devices need a broker without TLS and its port: --at ENTRY=HOST:PORT');
  }
  const secrets = new SecretStore(dirname(file), credentials);
  const known = devices.filter((d) => Object.hasOwn(MODELS, d.profile));
  const simulated = known.map((d): SimulatedDevice => {
    const account = accounts.find((a) => a.user === d.account);
    return {
      id: d.id,
      profile: d.profile,
      topic: d.topic.replaceAll('+', d.id),
      everyMs: d.every,
      values: firstValues(streams.filter((s) => s.dev === d.id)),
      ...(d.address === undefined ? {} : { address: d.address }),
      ...(account && { user: account.user, password: secrets.read(account.password).reveal() }),
    };
  });
  const left = devices.filter((d) => !known.includes(d)).map((d) => `${d.id} (${d.profile})`);
  const at = `${broker.host}:${broker.port}`;
  return { simulator: simulateMqtt(broker.host, broker.port, simulated), at, left };
};
