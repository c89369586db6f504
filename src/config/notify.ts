import type { CallRoute } from '../domain/calling.ts';
import { suggestion } from '../domain/nearest.ts';
import { fieldsIn, NOTICE_FIELDS } from '../domain/notice-fields.ts';
import type { Channel, ConfiguredConnection, Person } from './configuration.ts';
import type { Devices } from './devices.ts';
import { readEntries } from './entries.ts';
import { notOneOf, valueAt, type Problems } from './problems.ts';
import * as schema from './channel-schema.ts';
import type { SecretStore } from './secret.ts';
import { readRoster } from './roster.ts';
import { readOwnRoute, readRoutes } from './routes.ts';
import type { Path, Source } from './source.ts';

type Actuators = Pick<Devices<ConfiguredConnection>, 'isPending' | 'actuators'>;

/** Reads `notify:` and checks that what it names exists: channels of routes, devices and verbs. */
export function readNotify(
  source: Source,
  problems: Problems,
  secrets: SecretStore,
  devices: Actuators,
): {
  readonly channels: readonly Channel[];
  readonly people: readonly Person[];
  readonly routes: readonly CallRoute[];
} {
  problems.read(source, ['notify'], valueAt(source.value, ['notify']) ?? {}, schema.notify);
  const channels = readEntries(source, problems, ['notify', 'channels'], 'channel', (path, raw) => {
    const kind = valueAt(raw, ['kind']);
    const read = Object.entries(READERS).find(([name]) => name === kind)?.[1];
    for (const key of [...SECRETS, ...SECRETS_OF_SOME]) problems.secret(source, [...path, key], secrets);
    if (kind === undefined || kind === 'device') checkDevice(source, problems, devices, path, raw);
    if (read !== undefined) return read(source, problems, path, raw);
    problems.read(source, path, raw, schema.anyChannel);
    return undefined;
  });
  const { people, roster } = readRoster(source, problems, secrets);
  const routes = readRoutes(source, problems, { channels, people, roster });
  const own = readOwnRoute(source, problems, routes);
  const marked = routes.map((route) => (route === own ? { ...route, tellsOwnAlarms: true as const } : route));
  return { channels, people, routes: marked };
}

/** Keys of channels that hold the reference of a secret. */
const SECRETS = ['password', 'secret', 'authorization', 'token', 'key', 'pin'];
/** Those that hold one in some kinds of channel; an address or topic that is written out is looked at by its kind. */
const SECRETS_OF_SOME = ['url', 'topic'];

type Reader = (source: Source, problems: Problems, path: Path, raw: unknown) => Channel | undefined;

const readDeviceChannel: Reader = (source, problems, path, raw) => {
  const c = problems.read(source, path, raw, schema.deviceChannel);
  return c && { ...c, off: c.off ?? null };
};

const readSmtpChannel: Reader = (source, problems, path, raw) => {
  const c = problems.read(source, path, raw, schema.smtpChannel);
  checkLogin(source, problems, path, raw);
  return c && { ...withLogin(c), to: c.to ?? [] };
};

const readMqttChannel: Reader = (source, problems, path, raw) => {
  const c = problems.read(source, path, raw, schema.mqttChannel);
  checkLogin(source, problems, path, raw);
  checkTls(source, problems, path, raw);
  return c && withLogin(c);
};

const readRobotChannel: Reader = (source, problems, path, raw) => {
  const c = problems.read(source, path, raw, schema.robotChannel);
  return c && { ...c, secret: c.secret ?? null };
};

const readNtfyChannel: Reader = (source, problems, path, raw) => {
  checkTls(source, problems, path, raw);
  const c = problems.read(source, path, raw, schema.ntfyChannel);
  return c && { ...c, token: c.token ?? null };
};

const readModemChannel: Reader = (source, problems, path, raw) => {
  const c = problems.read(source, path, raw, schema.modemChannel);
  return c && { ...c, pin: c.pin ?? null };
};

const readWebPushChannel: Reader = (source, problems, path, raw) =>
  problems.read(source, path, raw, schema.webPushChannel);

function checkLogin(source: Source, problems: Problems, path: Path, raw: unknown): void {
  if ((valueAt(raw, ['user']) === undefined) === (valueAt(raw, ['password']) === undefined)) return;
  problems.at(source, path, 'has a user or a password alone; give both or neither');
}

type Login = { readonly user?: string | undefined; readonly password?: string | undefined };

function withLogin<T extends Login>(
  c: T,
): Omit<T, 'user' | 'password'> & { login: { user: string; password: string } | null } {
  const { user, password, ...rest } = c;
  return { ...rest, login: user === undefined || password === undefined ? null : { user, password } };
}

const readWebhookChannel: Reader = (source, problems, path, raw) => {
  checkTls(source, problems, path, raw);
  const c = problems.read(source, path, raw, schema.webhookChannel);
  for (const { path: at, field } of fieldsIn(c?.template ?? null)) {
    if (NOTICE_FIELDS.some((known) => known === field)) continue;
    const message = `{${field}} is no field of a notice${suggestion(field, NOTICE_FIELDS)}`;
    problems.at(source, [...path, 'template', ...at], message);
  }
  return c && { ...c, template: c.template ?? null };
};

const readSmsHttpChannel: Reader = (source, problems, path, raw) => {
  checkTls(source, problems, path, raw);
  const c = problems.read(source, path, raw, schema.smsHttpChannel);
  for (const needed of ['{text}', '{phone}']) {
    const written = valueAt(raw, ['body']);
    const other = needed === '{phone}' ? '{number}' : needed;
    if (typeof written !== 'string' || written.includes(needed) || written.includes(other)) continue;
    problems.at(source, [...path, 'body'], `must hold ${needed}, or nobody would be told`);
  }
  return c && { ...c, authorization: c.authorization ?? null };
};

/** Plain HTTP shows every text to whoever is on the way. */
function checkTls(source: Source, problems: Problems, path: Path, raw: unknown): void {
  const url = valueAt(raw, ['url']);
  const at = [...path, 'url'];
  if (
    typeof url === 'string' &&
    /^(http|mqtt):/i.test(url) &&
    valueAt(raw, ['lan']) !== true &&
    !problems.has(source, at)
  ) {
    problems.at(
      source,
      at,
      'must be https or mqtts; plain http or mqtt is for a local network, with lan: true',
    );
  }
}

const READERS = {
  device: readDeviceChannel,
  smtp: readSmtpChannel,
  webhook: readWebhookChannel,
  'sms-http': readSmsHttpChannel,
  'sms-modem': readModemChannel,
  wecom: readRobotChannel,
  dingtalk: readRobotChannel,
  feishu: readRobotChannel,
  ntfy: readNtfyChannel,
  mqtt: readMqttChannel,
  'web-push': readWebPushChannel,
} as const;

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
