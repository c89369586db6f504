import { statSync } from 'node:fs';
import { join } from 'node:path';
import { addonObjection } from '../../anchoring/pkcs11/addon.ts';
import type {
  Checkers,
  Configuration,
  ConfigFile,
  Site as ConfiguredSite,
  WitnessConfiguration,
} from '../../config/configuration.ts';
import { loadConfiguration } from '../../config/load.ts';
import type { Credentials } from '../../config/secret.ts';
import type { SourceFiles } from '../../config/source.ts';
import { loadWitnessConfiguration } from '../../config/witness.ts';
import type { Connection } from '../../devices/port.ts';
import { DRIVER_NAMES, driverOf } from '../../devices/registry.ts';
import { OWN_ALARMS } from '../../alarms/own-alarms.ts';
import { Priority } from '../../domain/alarm.ts';
import { plainRoute, type CallRoute } from '../../domain/calling.ts';
import type { StoredFile } from '../../domain/commit.ts';
import type { Checked } from '../../domain/errors.ts';
import { encode } from '../../evidence/cbor.ts';
import { parseNoteKey } from '../../evidence/note-key.ts';
import { conflictStreams } from '../../intake/conflict-watch.ts';
import type { Place } from '../../intake/tag-conflicts.ts';
import { checkRules } from '../../rules/check.ts';
import type { Guarded } from '../../rules/interlocks.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Site, Zones } from '../../rules/site.ts';
import { sha256 } from './primitives.ts';

/** A checked configuration with what its drivers and rules made of it; nothing is open yet. */
export type SiteConfiguration = Configuration<Connection, Rule>;

const OWN_NOTICE_EXPIRY_MS = 24 * 3_600_000;

const CHECKERS: Checkers<Connection, Rule> = {
  driverNames: DRIVER_NAMES,
  driver: conflictingDriverOf,
  verifierKey,
  rules: (raw, site) => checkRules(raw, ruleSite(site)),
};

/** Whether a text is a verifier key of a log or of a witness, else why not. */
function verifierKey(vkey: string, whose: 'log' | 'witness'): string | null {
  const parsed = parseNoteKey(sha256, vkey);
  if (!parsed.ok) return parsed.why;
  const { kind } = parsed.key;
  if (kind === (whose === 'log' ? 'ed25519' : 'cosignature')) return null;
  return whose === 'log'
    ? `is a key of type ${kind}; a log has one of type ed25519`
    : `is a key of type ${kind}; a witness has one of type cosignature`;
}

/** Reads and checks a witness' configuration whole; opens and writes nothing. */
export function loadWitness(file: string, credentials: Credentials): Checked<WitnessConfiguration> {
  return loadWitnessConfiguration(file, verifierKey, credentials);
}

/** Reads and checks a configuration whole, off the disk or as it was kept; opens and writes nothing. */
export async function loadSite(
  file: string,
  credentials: Credentials,
  files?: SourceFiles,
): Promise<Checked<SiteConfiguration>> {
  const world = {
    shippedProfiles: shipped('profiles'),
    credentials,
    ...(files === undefined ? {} : { files }),
  };
  const site = await loadConfiguration(file, CHECKERS, world);
  const missing = site.ok && site.value.keys.token !== null ? addonObjection() : null;
  return missing === null ? site : { ok: false, problems: [{ ...missing, file }] };
}

/** A folder of the configuration that ships: beside the bundle, or in the sources. */
export function shipped(folder: 'profiles' | 'rules'): string {
  for (const base of [join(import.meta.dirname, 'config'), join(import.meta.dirname, '../../../config')]) {
    if (exists(join(base, folder))) return join(base, folder);
  }
  throw new Error(`the folder config/${folder} that ships with bailee is missing`);
}

/** What a rule may name: zones with their labels, channels, and routes as the channels they reach. */
function ruleSite(site: ConfiguredSite): Site {
  return {
    streams: site.streams,
    zones: zonesOf(site.zones),
    routes: new Map([
      ...site.channels.map((c) => [c.id, plainRoute(c.id, 'duty', [c.id])] as const),
      ...site.routes.map((r) => [r.id, r] as const),
    ]),
    profile: site.profile,
    climate: site.interlocks.climate,
    complete: site.complete,
    isPending: (device) => site.isPending(device),
    actuators: site.actuators,
  };
}

/** A driver whose read points have the gateway's own streams beside them. */
async function conflictingDriverOf(name: string): ReturnType<typeof driverOf> {
  const driver = await driverOf(name);
  if (driver === undefined) return undefined;
  return {
    ...driver,
    configure: (raw, files) => {
      const checked = driver.configure(raw, files);
      if (!checked.ok) return checked;
      const { streams } = checked.value;
      return { ok: true, value: { ...checked.value, streams: [...streams, ...conflictStreams(streams)] } };
    },
  };
}

/** Positions of zones that state theirs. */
export function placesOf(zones: ConfiguredSite['zones']): ReadonlyMap<string, Place> {
  return new Map(zones.flatMap(({ id, at }) => (at === undefined ? [] : [[id, at] as const])));
}

/** What a site says beside its rules and streams. */
export function guardedOf(
  site: Pick<SiteConfiguration, 'connections' | 'profile' | 'interlocks' | 'channels' | 'routes'>,
): Guarded {
  const actuators = new Map(site.connections.flatMap((c) => [...c.actuators]));
  return { actuators, profile: site.profile, ...site.interlocks, ownActions: ownActionsOf(site) };
}

/**
 * The alarms of the alarm machine itself go along the route that is marked for them, to people: no siren
 * sounds and no light shines for a figure.
 */
function ownActionsOf({
  channels,
  routes,
}: Pick<SiteConfiguration, 'channels' | 'routes'>): NonNullable<Guarded['ownActions']> {
  const marked = routes.find((one) => one.tellsOwnAlarms === true);
  const devices = new Set(channels.flatMap(({ kind, id }) => (kind === 'device' ? [id] : [])));
  const steps = (marked?.steps ?? [])
    .map((step) => ({ ...step, channels: step.channels.filter((id) => !devices.has(id)) }))
    .filter((step) => step.channels.length > 0);
  if (marked === undefined || steps.length === 0) return new Map();
  const route: CallRoute = { ...marked, steps };
  const action = { kind: 'notify', route, from: Priority.low, expiryMs: OWN_NOTICE_EXPIRY_MS } as const;
  return new Map([...OWN_ALARMS.values()].map(({ rule }) => [rule, [action]]));
}

export function zonesOf(zones: ConfiguredSite['zones']): Zones {
  return new Map(zones.map((z) => [z.id, z.labels]));
}

/** H of the CBOR of the list of [name, H(file)] (evidence section 5), and the files to keep. */
export function hashFiles(files: readonly ConfigFile[]): { hash: Uint8Array; stored: StoredFile[] } {
  const stored = files.map(({ bytes }) => ({ sha256: sha256(bytes), bytes }));
  const list = encode(files.map((file, i) => [file.name, stored[i]?.sha256 ?? null]));
  const hash = sha256(list);
  return { hash, stored: [{ sha256: hash, bytes: list }, ...stored] };
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
