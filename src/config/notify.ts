import type { Channel, Route } from './configuration.ts';
import { idsOf, readEntries } from './entries.ts';
import { notOneOf, valueAt, type Problems } from './problems.ts';
import * as schema from './schema.ts';
import type { SecretStore } from './secret.ts';
import type { Path, Source } from './source.ts';

type Actuators = { readonly complete: boolean; readonly actuators: ReadonlyMap<string, readonly string[]> };

/** Reads `notify:` and checks that what it names exists: channels of routes, devices and verbs. */
export function readNotify(
  source: Source,
  problems: Problems,
  secrets: SecretStore,
  devices: Actuators,
): { readonly channels: readonly Channel[]; readonly routes: readonly Route[] } {
  problems.read(source, ['notify'], valueAt(source.value, ['notify']) ?? {}, schema.notify);
  const context = { secrets, devices };
  const channels = readEntries(source, problems, ['notify', 'channels'], 'channel', (path, raw) => {
    const kind = problems.read(source, path, raw, schema.channelKind)?.kind;
    return kind === undefined ? undefined : READERS[kind](source, problems, context, path, raw);
  });
  const ids = idsOf(source, ['notify', 'channels']);
  const routes = readEntries(source, problems, ['notify', 'routes'], 'route', (path, raw) => {
    const route = problems.read(source, path, raw, schema.route);
    for (const [i, id] of route?.channels.entries() ?? []) {
      if (!ids.includes(id)) problems.at(source, [...path, 'channels', i], notOneOf('channel', id, ids));
    }
    return route;
  });
  return { channels, routes };
}

type Reader = (
  source: Source,
  problems: Problems,
  context: { readonly secrets: SecretStore; readonly devices: Actuators },
  path: Path,
  raw: unknown,
) => Channel | undefined;

const readDeviceChannel: Reader = (source, problems, { devices }, path, raw) => {
  const c = problems.read(source, path, raw, schema.deviceChannel);
  if (c === undefined) return undefined;
  checkDevice(source, problems, devices, path, c);
  return { ...c, off: c.off ?? null };
};

const readSmtpChannel: Reader = (source, problems, { secrets }, path, raw) => {
  const c = problems.read(source, path, raw, schema.smtpChannel);
  if (c === undefined) return undefined;
  const { user, password, ...rest } = c;
  if ((user === undefined) !== (password === undefined)) {
    problems.at(source, path, 'has a user or a password alone; give both or neither');
  }
  problems.secret(source, [...path, 'password'], password, secrets);
  return { ...rest, login: user === undefined || password === undefined ? null : { user, password } };
};

const readWebhookChannel: Reader = (source, problems, { secrets }, path, raw) => {
  const c = problems.read(source, path, raw, schema.webhookChannel);
  if (c === undefined) return undefined;
  if (c.url.startsWith('http:') && !c.lan) {
    problems.at(source, [...path, 'url'], 'must be https; plain http is for a local network, with lan: true');
  }
  problems.secret(source, [...path, 'secret'], c.secret, secrets);
  return c;
};

const READERS = { device: readDeviceChannel, smtp: readSmtpChannel, webhook: readWebhookChannel } as const;

function checkDevice(
  source: Source,
  problems: Problems,
  { complete, actuators }: Actuators,
  path: Path,
  channel: { readonly device: string; readonly on: string; readonly off?: string | undefined },
): void {
  const verbs = actuators.get(channel.device);
  if (verbs === undefined) {
    // With an entry of devices refused, the device may well be the one that is missing.
    const known = [...actuators.keys()];
    if (complete) {
      problems.at(source, [...path, 'device'], notOneOf('device that takes commands', channel.device, known));
    }
    return;
  }
  for (const key of ['on', 'off'] as const) {
    const verb = channel[key];
    if (verb === undefined || verbs.includes(verb)) continue;
    problems.at(source, [...path, key], notOneOf(`command of ${channel.device}`, verb, verbs));
  }
}
