import { dirname, join } from 'node:path';
import type { Credentials } from '../config/secret.ts';
import { SecretStore } from '../config/secret.ts';
import { Problems, valueAt } from '../config/problems.ts';
import { Profiles } from '../config/profiles.ts';
import { readSource } from '../config/source.ts';
import { readListen } from '../devices/mqtt/endpoint.ts';
import { planMqtt } from '../devices/mqtt/plan.ts';
import { MODELS } from '../devices/mqtt/simulated-payloads.ts';
import { simulateMqtt, type SimulatedDevice } from '../devices/mqtt/simulator.ts';
import { planTcp } from '../devices/modbus/plan.ts';
import { simulateRtu, simulateTcp } from '../devices/modbus/simulator.ts';
import type { ProfileSource, Simulator } from '../devices/port.ts';
import { driverOf } from '../devices/registry.ts';
import { ConfigError } from '../domain/errors.ts';
import type { StreamSpec } from '../domain/stream.ts';
import { scale } from '../domain/units.ts';
import { shipped } from '../gateway/site.ts';
import { UsageError } from './failure.ts';

/** One entry of `devices:` with the far end of its wire open. */
export type SimulatedEntry = {
  readonly id: string;
  readonly simulator: Simulator;
  readonly streams: readonly StreamSpec[];
  /** Where the far end is, for people. */
  readonly at: string;
  /** Devices that cannot be simulated, with the profile that has no payloads. */
  readonly left: readonly string[];
};

export type Wanted = {
  readonly file: string;
  readonly driver: string;
  /** Far ends by entry: a port, or host:port. */
  readonly places: ReadonlyMap<string, string>;
  readonly credentials: Credentials;
};

type Entry = { readonly id: string; readonly raw: unknown; readonly streams: readonly StreamSpec[] };

/** Opens the far ends of all entries of one driver. @throws UsageError, ConfigError */
export async function openFarEnds(wanted: Wanted, stack: AsyncDisposableStack): Promise<SimulatedEntry[]> {
  const { file, driver, places } = wanted;
  const source = readSource(file);
  if (!source.ok) throw new ConfigError(source.problems);
  const found = new Profiles([join(dirname(file), 'profiles'), shipped('profiles')], new Problems());
  const profiles: ProfileSource = (name) => found.value(name);
  const entries = entriesOf(source.value.value, driver, profiles, file);
  if (entries.length === 0) throw new UsageError(`${file} has no entry with driver: ${driver}`);
  for (const id of places.keys()) {
    if (!entries.some((e) => e.id === id)) throw new UsageError(`${file} has no ${driver} entry ${id}`);
  }
  const opened: SimulatedEntry[] = [];
  for (const entry of entries) {
    const end = await OPENERS[driver]?.(entry, profiles, places.get(entry.id), wanted);
    if (end === undefined) throw new UsageError(`driver ${driver} has no simulator`);
    stack.use(end.simulator);
    opened.push({ ...end, id: entry.id, streams: entry.streams });
  }
  return opened;
}

function entriesOf(root: unknown, driver: string, profiles: ProfileSource, file: string): Entry[] {
  const devices = valueAt(root, ['devices']);
  const list: readonly unknown[] = Array.isArray(devices) ? devices : [];
  return list.flatMap((raw, i): Entry[] => {
    if (valueAt(raw, ['driver']) !== driver) return [];
    const checked = driverOf(driver)?.configure(raw, profiles);
    if (checked === undefined) return [];
    if (!checked.ok) {
      throw new ConfigError(checked.problems.map((p) => ({ file, ...p, path: ['devices', i, ...p.path] })));
    }
    const { id, streams } = checked.value;
    return [{ id, raw, streams }];
  });
}

type FarEnd = Pick<SimulatedEntry, 'simulator' | 'at' | 'left'>;
type Opener = (
  entry: Entry,
  profiles: ProfileSource,
  place: string | undefined,
  wanted: Wanted,
) => FarEnd | Promise<FarEnd>;

const OPENERS: Readonly<Record<string, Opener>> = {
  'modbus-rtu': ({ id, raw, streams }, profiles, place) => {
    if (place === undefined) {
      throw new UsageError(
        `the far end of ${id} is needed, e.g. --at ${id}=/dev/pts/7 of a pair that socat made: socat pty,raw,echo=0 pty,raw,echo=0`,
      );
    }
    const simulator = simulateRtu(raw, profiles, place);
    begin(simulator, streams);
    return { simulator, at: place, left: [] };
  },
  'modbus-tcp': async ({ raw, streams }, profiles, place) => {
    const plan = planTcp(raw, profiles);
    if (!plan.ok) throw new ConfigError(plan.problems);
    const { host, port } = place === undefined ? plan.value.line : endpointOf(place);
    const simulator = await simulateTcp(raw, profiles, { host, port });
    begin(simulator, streams);
    return { simulator, at: `${host}:${simulator.port}`, left: [] };
  },
  mqtt: ({ raw, streams }, profiles, place, { file, credentials }) => {
    const plan = planMqtt(raw, profiles);
    if (!plan.ok) throw new ConfigError(plan.problems);
    const { url, listen, devices, accounts } = plan.value.settings;
    const broker = place === undefined ? (url ?? listen ?? endpointOf('127.0.0.1:1883')) : endpointOf(place);
    if (broker.tls || broker.port === 0) {
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
  },
};

function endpointOf(text: string): { host: string; port: number; tls: boolean } {
  const endpoint = readListen(text);
  if (endpoint === null) throw new UsageError(`"${text}" is not HOST:PORT`);
  return endpoint;
}

function begin(simulator: Simulator, streams: readonly StreamSpec[]): void {
  for (const stream of streams) {
    const v = firstValue(stream);
    if (v !== 0) simulator.set(stream.dev, stream.ch, v);
  }
}

function firstValues(streams: readonly StreamSpec[]): Record<string, number> {
  return Object.fromEntries(streams.map((stream) => [stream.ch, firstValue(stream)]));
}

const QUIET: Readonly<Record<string, number>> = {
  'temperature Cel': 5,
  'humidity %': 50,
  'battery %': 100,
  'battery V': 3,
};

/** A cold room on a quiet day: 5 °C, 50 %, full batteries, everything else at rest. */
function firstValue({ quantity, unit, exp }: StreamSpec): number {
  const digits = QUIET[`${quantity} ${unit}`];
  return digits === undefined ? 0 : (scale({ digits, exp: 0 }, exp) ?? 0);
}
