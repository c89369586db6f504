import type { ConfiguredConnection } from './configuration.ts';
import type { Devices } from './devices.ts';
import { idsOf, readEntries } from './entries.ts';
import { duration, identifier, list, secretReference, section, text, whole } from './fields.ts';
import type { BarrierSettings, PortalSettings } from './goods-settings.ts';
import { notOneOf, type Problems } from './problems.ts';
import type { SecretStore } from './secret.ts';
import type { Source } from './source.ts';

const antennas = list(whole(0, 65_535), 1, 32);
const entry = section({
  id: identifier,
  'read-point': text(/^[^/]{1,64}\/[^/]{1,64}$/, 'the id of a read point, DEVICE/CHANNEL'),
  inside: antennas,
  outside: antennas,
  within: duration(1, 600_000).default(10_000),
  zone: identifier,
  barrier: section({
    device: text(/^.{1,64}$/, 'the id of a device that takes commands'),
    open: text(/^.{1,32}$/, 'the verb that opens it'),
    close: text(/^.{1,32}$/, 'the verb that closes it'),
  }).optional(),
  'account-key': secretReference.optional(),
  'open-for': duration(10_000, 3_600_000).default(900_000),
});

export type Around = {
  readonly devices: Pick<Devices<ConfiguredConnection>, 'isPending' | 'actuators' | 'streams' | 'complete'>;
  readonly secrets: SecretStore;
  /** Whether the ledger names a registry of receipts and orders. */
  readonly hasRegistry: boolean;
};

/** Reads `goods.portals:` and checks that what each names exists, and that it can do what it is for. */
export function readPortals(source: Source, problems: Problems, around: Around): PortalSettings[] {
  const zones = idsOf(source, ['zones']);
  const taken = new Map<string, number>();
  return readEntries(source, problems, ['goods', 'portals'], 'portal', (path, raw) => {
    const read = problems.read(source, path, raw, entry);
    if (read === undefined) return undefined;
    const { id, inside, outside, zone, within, barrier = null } = read;
    const point = read['read-point'];
    const accountKey = read['account-key'] ?? null;
    const fail = (key: string, why: string): void => problems.at(source, [...path, key], why);

    const both = inside.find((antenna) => outside.includes(antenna));
    if (both !== undefined) fail('outside', `has antenna ${both} of inside: that shows no direction`);
    if (!zones.includes(zone)) fail('zone', notOneOf('zone', zone, zones));
    checkPoint(point, around, (why) => fail('read-point', why));
    const before = taken.get(point);
    if (before !== undefined) fail('read-point', `is that of portal ${before + 1} already`);
    else taken.set(point, taken.size);

    problems.secret(source, [...path, 'account-key'], around.secrets);
    if (accountKey !== null && !around.hasRegistry) {
      fail('account-key', 'needs ledger.registry, the contract whose orders this gate obeys');
    }
    if (barrier !== null && accountKey === null) {
      fail('barrier', 'is opened by nothing without account-key, the account that orders name as their gate');
    }
    if (barrier !== null)
      checkBarrier(barrier, around, (key, why) => problems.at(source, [...path, 'barrier', key], why));
    const gate = accountKey === null ? null : { accountKey, barrier, openForMs: read['open-for'] };
    return { id, point, inside, outside, withinMs: within, zone, gate };
  });
}

function checkPoint(point: string, { devices }: Around, fail: (why: string) => void): void {
  const stream = devices.streams.find((s) => s.id === point);
  if (stream !== undefined) {
    if (stream.kind !== 2) fail(`is no read point: ${point} measures ${stream.quantity}`);
    return;
  }
  if (!devices.complete && devices.isPending(point.split('/')[0] ?? '')) return;
  const points = devices.streams.filter((s) => s.kind === 2).map((s): string => s.id);
  fail(notOneOf('read point', point, points));
}

function checkBarrier(
  { device, open, close }: BarrierSettings,
  { devices }: Around,
  fail: (key: string, why: string) => void,
): void {
  const verbs = devices.actuators.get(device);
  if (verbs === undefined) {
    if (devices.complete || !devices.isPending(device)) {
      fail('device', notOneOf('device that takes commands', device, [...devices.actuators.keys()]));
    }
    return;
  }
  for (const [key, verb] of [
    ['open', open],
    ['close', close],
  ] as const) {
    if (!verbs.includes(verb)) fail(key, `"${verb}" is no verb of ${device}; it takes ${verbs.join(', ')}`);
  }
}
