import { basename, dirname, resolve } from 'node:path';
import { plainRoute, type CallRoute } from '../domain/calling.ts';
import type { Checked } from '../domain/errors.ts';
import type { Checkers, Configuration, ConfiguredConnection, Profile, Site, Zone } from './configuration.ts';
import { DeviceEntries } from './devices.ts';
import { idsOf, readEntries } from './entries.ts';
import { readLedger, readListen } from './endpoints.ts';
import { readEpcis } from './epcis.ts';
import { readGoods } from './goods.ts';
import { readInterlocks } from './interlocks.ts';
import { readKeys } from './keys.ts';
import { readNotify } from './notify.ts';
import { Problems, unknownKey, valueAt } from './problems.ts';
import { Profiles } from './profiles.ts';
import { readRuleChanges, readRules } from './rules.ts';
import * as schema from './schema.ts';
import { SecretStore, type Credentials } from './secret.ts';
import { ON_DISK, type Path, type Source, type SourceFiles } from './source.ts';
import { readUsers } from './users.ts';
import { readWitnesses } from './witnesses.ts';

/** What of the world loading may look at besides the configuration's own folder. */
export type World = {
  /** Folder of the profiles that are shipped; those beside the configuration come first. */
  readonly shippedProfiles: string;
  readonly credentials: Credentials;
  /** Where the files are read; else on the disk. */
  readonly files?: SourceFiles;
};

/**
 * Reads and checks a whole configuration before anything opens, and gives every problem at once.
 * Nothing is written, no device, port or database is touched.
 */
export async function loadConfiguration<C extends ConfiguredConnection, R extends { readonly id: string }>(
  file: string,
  checkers: Checkers<C, R>,
  world: World,
): Promise<Checked<Configuration<C, R>>> {
  const disk = world.files ?? ON_DISK;
  const main = disk.read(resolve(file));
  if (!main.ok) return main;
  const source = main.value;
  const directory = dirname(source.file);
  const problems = new Problems();
  if (!checkKeys(source, problems, schema.TOP_KEYS)) return { ok: false, problems: problems.list };

  const secrets = new SecretStore(directory, world.credentials);
  const profiles = new Profiles([resolve(directory, 'profiles'), world.shippedProfiles], problems, disk);
  const section = (name: string): unknown => valueAt(source.value, [name]);
  const gateway = problems.read(source, ['gateway'], section('gateway') ?? {}, schema.gateway);
  const data = problems.read(source, ['data'], section('data'), schema.path);
  const evidence = problems.read(source, ['evidence'], section('evidence') ?? {}, schema.evidence);
  const listen = readListen(source, problems, secrets, directory);
  const zones = readZones(source, problems);
  const devices = await new DeviceEntries(source, problems, profiles, secrets, checkers).check(
    new Set(idsOf(source, ['zones'])),
  );
  const notify = readNotify(source, problems, secrets, devices);
  const users = readUsers(source, problems, secrets);
  const ledger = readLedger(source, problems, secrets);
  const witnesses = readWitnesses(source, problems, checkers.verifierKey);
  const keys = readKeys(source, problems, secrets, directory);
  const interlocks = readInterlocks(source, problems, devices);
  const goods = readGoods(source, problems, {
    channels: notify.channels,
    devices,
    secrets,
    hasRegistry: valueAt(source.value, ['ledger', 'registry']) !== undefined,
  });
  const epcis = readEpcis(source, problems, secrets, {
    zones: idsOf(source, ['zones']),
    streams: devices.streams.map((s) => s.id),
    devices: [...new Set(devices.streams.map((s) => s.dev))],
  });
  const profile = readProfile(source, problems, notify.routes);
  const site = { ...namedIn(source, zones, notify), ...devices, profile, interlocks };
  const confirmRulesMs = readRuleChanges(source, problems);
  const rules = readRules(source, problems, { directory, disk }, (raw) => checkers.rules(raw, site));

  if (problems.count > 0 || !gateway || data === undefined || !evidence || !listen) {
    return { ok: false, problems: problems.list };
  }
  const used = devices.connections.flatMap((c) => c.profiles);
  const value: Configuration<C, R> = {
    file: source.file,
    gateway: {
      id: gateway.id,
      domain: gateway.domain,
      name: gateway.name ?? { en: gateway.id, zh: gateway.id },
    },
    data: resolve(directory, data),
    listen,
    evidence: {
      blockMs: evidence.block,
      maxLeaves: evidence['max-leaves'],
      commitMs: evidence.commit,
      clock: clockOf(evidence.clock),
      keepReadingsMs: evidence['keep-readings'] ?? null,
      pictures: {
        mostBytes: evidence['pictures-mb'] * 1_000_000,
        keepMs: evidence['keep-pictures'] ?? null,
      },
    },
    zones,
    connections: devices.connections,
    rules: rules.rules,
    confirmRulesMs,
    ...notify,
    profile,
    interlocks,
    users,
    goods,
    epcis,
    ledger,
    keys,
    witnesses,
    files: {
      configuration: [{ name: basename(source.file), bytes: source.bytes }, ...profiles.files(used)],
      rules: rules.files,
    },
  };
  return { ok: true, value };
}

/** What rules may name: what is right, and beside it what only bears its id. */
function namedIn(
  source: Source,
  zones: readonly Zone[],
  { channels, routes }: Pick<Site, 'channels' | 'routes'>,
): Pick<Site, 'zones' | 'channels' | 'routes'> {
  const others = (path: Path, known: readonly { readonly id: string }[]): string[] =>
    idsOf(source, path).filter((id) => !known.some((one) => one.id === id));
  return {
    zones: [...zones, ...wrongZones(source, others(['zones'], zones))],
    channels: [...channels, ...others(['notify', 'channels'], channels).map((id) => ({ id }))],
    routes: [
      ...routes,
      ...others(['notify', 'routes'], routes).map((id) => ({
        ...plainRoute(id, 'duty', []),
        smsAtOnce: Infinity,
      })),
    ],
  };
}

/** Without a stated source the clock's error is unknown, and a verifier will say so. */
function clockOf(
  stated: { readonly source: (typeof schema.CLOCK_SOURCES)[number]; readonly error: number } | undefined,
): { src: 0 | 1 | 2 | 3 | 4; err: number | null } {
  if (stated === undefined) return { src: 0, err: null };
  const src = { none: 0, rtc: 1, ntp: 2, nts: 3, gnss: 4 } as const;
  return { src: src[stated.source], err: stated.error };
}

/** Whether the file is a map; keys that are not known are told. */
export function checkKeys(source: Source, problems: Problems, known: readonly string[]): boolean {
  const { value } = source;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.at(source, [], 'must be a map of sections; see the example in the folder config');
    return false;
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) problems.at(source, [key], unknownKey(key, known), 'key');
  }
  return true;
}

function readZones(source: Source, problems: Problems): Zone[] {
  return readEntries(source, problems, ['zones'], 'zone', (path, raw) => {
    const zone = problems.read(source, path, raw, schema.zone);
    if (zone === undefined) return undefined;
    const { id, title = { en: id, zh: id }, labels, at } = zone;
    return { id, title, labels, ...(at === undefined ? {} : { at: { longitude: at[0], latitude: at[1] } }) };
  });
}

/** Zones that are wrong, with the labels they have: a rule's guard may look at those. */
function wrongZones(source: Source, ids: readonly string[]): Zone[] {
  const raw = valueAt(source.value, ['zones']);
  return (Array.isArray(raw) ? raw : []).flatMap((entry: unknown): Zone[] => {
    const id = valueAt(entry, ['id']);
    if (typeof id !== 'string' || !ids.includes(id)) return [];
    const labels = valueAt(entry, ['labels']);
    const names = typeof labels === 'object' && labels !== null ? Object.keys(labels) : [];
    return [{ id, title: { en: id, zh: id }, labels: Object.fromEntries(names.map((name) => [name, ''])) }];
  });
}

/**
 * GSP (good supply practice for medicines, annex 3 §6) asks for an SMS to at least three people. A
 * configuration without such a route cannot meet it; that each rule uses one, the rules' check sees.
 */
function readProfile(source: Source, problems: Problems, routes: readonly CallRoute[]): Profile {
  const raw = valueAt(source.value, ['profile']) ?? 'none';
  const profile = problems.read(source, ['profile'], raw, schema.profile);
  if (profile !== 'gsp' || routes.some((r) => r.smsAtOnce >= GSP_SMS)) return profile ?? 'none';
  const most = Math.max(0, ...routes.map((r) => r.smsAtOnce));
  problems.at(
    source,
    ['profile'],
    `is gsp, which asks that at least ${GSP_SMS} people are told by SMS at once; the best route here reaches ${most}: give a role ${GSP_SMS} people at every hour, and a route whose first step has "after: 0s" and an SMS channel`,
  );
  return profile;
}

/** People told by SMS, at least (GSP annex 3 §6). */
const GSP_SMS = 3;
