import type { Channel, ConfiguredConnection, Route } from './configuration.ts';
import type { Devices } from './devices.ts';
import { idsOf, readEntries } from './entries.ts';
import { notOneOf, valueAt, type Problems } from './problems.ts';
import * as schema from './schema.ts';
import type { SecretStore } from './secret.ts';
import type { Path, Source } from './source.ts';

type Actuators = Pick<Devices<ConfiguredConnection>, 'isPending' | 'actuators'>;

/** Reads `notify:` and checks that what it names exists: channels of routes, devices and verbs. */
export function readNotify(
  source: Source,
  problems: Problems,
  secrets: SecretStore,
  devices: Actuators,
): { readonly channels: readonly Channel[]; readonly routes: readonly Route[] } {
  problems.read(source, ['notify'], valueAt(source.value, ['notify']) ?? {}, schema.notify);
  const channels = readEntries(source, problems, ['notify', 'channels'], 'channel', (path, raw) => {
    const kind = valueAt(raw, ['kind']);
    const read = Object.entries(READERS).find(([name]) => name === kind)?.[1];
    problems.secret(source, [...path, 'password'], secrets);
    problems.secret(source, [...path, 'secret'], secrets);
    if (kind === undefined || kind === 'device') checkDevice(source, problems, devices, path, raw);
    if (read !== undefined) return read(source, problems, path, raw);
    problems.read(source, path, raw, schema.anyChannel);
    return undefined;
  });
  const ids = idsOf(source, ['notify', 'channels']);
  const routes = readEntries(source, problems, ['notify', 'routes'], 'route', (path, raw) => {
    const route = problems.read(source, path, raw, schema.route);
    const named = valueAt(raw, ['channels']);
    for (const [i, id] of Array.isArray(named) ? named.entries() : []) {
      const at = [...path, 'channels', i];
      if (typeof id !== 'string' || ids.includes(id) || problems.has(source, at)) continue;
      problems.at(source, at, notOneOf('channel', id, ids));
    }
    return route;
  });
  return { channels, routes };
}

type Reader = (source: Source, problems: Problems, path: Path, raw: unknown) => Channel | undefined;

const readDeviceChannel: Reader = (source, problems, path, raw) => {
  const c = problems.read(source, path, raw, schema.deviceChannel);
  return c && { ...c, off: c.off ?? null };
};

const readSmtpChannel: Reader = (source, problems, path, raw) => {
  const c = problems.read(source, path, raw, schema.smtpChannel);
  if ((valueAt(raw, ['user']) === undefined) !== (valueAt(raw, ['password']) === undefined)) {
    problems.at(source, path, 'has a user or a password alone; give both or neither');
  }
  if (c === undefined) return undefined;
  const { user, password, ...rest } = c;
  return { ...rest, login: user === undefined || password === undefined ? null : { user, password } };
};

const readWebhookChannel: Reader = (source, problems, path, raw) => {
  const c = problems.read(source, path, raw, schema.webhookChannel);
  const url = valueAt(raw, ['url']);
  const at = [...path, 'url'];
  if (
    typeof url === 'string' &&
    /^http:/i.test(url) &&
    valueAt(raw, ['lan']) !== true &&
    !problems.has(source, at)
  ) {
    problems.at(source, at, 'must be https; plain http is for a local network, with lan: true');
  }
  return c;
};

const READERS = { device: readDeviceChannel, smtp: readSmtpChannel, webhook: readWebhookChannel } as const;

/** Looks at each name by itself, also in an entry where something else is wrong. */
function checkDevice(
  source: Source,
  problems: Problems,
  { isPending, actuators }: Actuators,
  path: Path,
  raw: unknown,
): void {
  const device = valueAt(raw, ['device']);
  if (typeof device !== 'string') return;
  const verbs = actuators.get(device);
  if (verbs === undefined) {
    if (isPending(device)) return;
    const known = [...actuators.keys()];
    problems.at(source, [...path, 'device'], notOneOf('device that takes commands', device, known));
    return;
  }
  for (const key of ['on', 'off'] as const) {
    const verb = valueAt(raw, [key]);
    if (typeof verb !== 'string' || verbs.includes(verb)) continue;
    problems.at(source, [...path, key], notOneOf(`command of ${device}`, verb, verbs));
  }
}
