import { suggestion } from '../domain/nearest.ts';
import type { Problem } from '../domain/errors.ts';
import type { StreamSpec } from '../domain/stream.ts';
import type { Checkers, ConfiguredConnection } from './configuration.ts';
import { notOneOf, placed, valueAt, type Problems } from './problems.ts';
import type { Profiles } from './profiles.ts';
import { INLINE, isReference, isSecretPath, type SecretStore } from './secret.ts';
import type { Path, Source } from './source.ts';

const MOST_STREAMS = 1000;

/** An entry; its connection is null when something in it is wrong. */
type Entry<C> = { readonly path: Path; readonly raw: unknown; readonly connection: C | null };

/** What the devices of a site offer. `complete` is false when an entry could not be checked. */
export type Devices<C> = {
  readonly complete: boolean;
  /** Whether an entry that could not be checked speaks of this name: then it may yet be offered. */
  isPending(name: string): boolean;
  readonly connections: readonly C[];
  readonly streams: readonly StreamSpec[];
  readonly actuators: ReadonlyMap<string, readonly string[]>;
};

/** Checks every entry of `devices:` by its driver, then what no driver can see: the others. */
export class DeviceEntries<C extends ConfiguredConnection> {
  readonly #source: Source;
  readonly #problems: Problems;
  readonly #profiles: Profiles;
  readonly #secrets: SecretStore;
  readonly #checkers: Pick<Checkers<C, { readonly id: string }>, 'driver' | 'driverNames'>;

  constructor(
    source: Source,
    problems: Problems,
    profiles: Profiles,
    secrets: SecretStore,
    checkers: Pick<Checkers<C, { readonly id: string }>, 'driver' | 'driverNames'>,
  ) {
    this.#source = source;
    this.#problems = problems;
    this.#profiles = profiles;
    this.#secrets = secrets;
    this.#checkers = checkers;
  }

  async check(zones: ReadonlySet<string>): Promise<Devices<C>> {
    const raw = valueAt(this.#source.value, ['devices']) ?? [];
    if (!Array.isArray(raw)) {
      this.#problems.at(this.#source, ['devices'], 'must be a list of devices');
      return { complete: false, isPending: () => true, connections: [], streams: [], actuators: new Map() };
    }
    const entries: Entry<C>[] = [];
    for (const [i, entry] of raw.entries()) entries.push(await this.#entry(['devices', i], entry, zones));
    const connections = entries.map((e) => e.connection).filter((c) => c !== null);
    const pending = entries.filter((e) => e.connection === null);
    const streams = connections.flatMap((c) => c.streams);
    if (streams.length > MOST_STREAMS) {
      this.#problems.at(
        this.#source,
        ['devices'],
        `has ${streams.length} streams in all; one gateway takes at most ${MOST_STREAMS}`,
      );
    }
    this.#onlyOnce(entries);
    return {
      complete: pending.length === 0,
      isPending: (name) => pending.some((e) => findText(e.raw, name) !== null),
      connections,
      streams,
      actuators: new Map(connections.flatMap((c) => [...c.actuators])),
    };
  }

  async #entry(path: Path, raw: unknown, zones: ReadonlySet<string>): Promise<Entry<C>> {
    const refused = { path, raw, connection: null };
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      this.#problems.at(this.#source, path, 'must be a map with a driver');
      return refused;
    }
    const name = valueAt(raw, ['driver']);
    const inline = this.#checkSecrets(path, raw);
    this.#checkZones(path, raw, zones);
    const driver = typeof name === 'string' ? await this.#checkers.driver(name) : undefined;
    if (driver === undefined) {
      const names = this.#checkers.driverNames;
      const message =
        name === undefined
          ? `is missing; it must be ${names.join(' or ')}`
          : `is not a driver${suggestion(typeof name === 'string' ? name : '', names)}`;
      this.#problems.at(this.#source, [...path, 'driver'], message);
      return refused;
    }
    const asked = new Set<string>();
    const checked = driver.configure(raw, (profile) => {
      asked.add(profile);
      return this.#profiles.value(profile);
    });
    for (const profile of asked) {
      const at = findText(raw, profile);
      if (at !== null) this.#profiles.reportMissing(this.#source, [...path, ...at], profile);
    }
    if (checked.ok) return inline ? refused : { path, raw, connection: checked.value };
    const own = checked.problems.flatMap((problem) => this.#ofDriver(path, problem));
    for (const problem of own) this.#problems.add(problem);
    return refused;
  }

  /** What a driver says of a place this room has spoken of already would only repeat it. */
  #ofDriver(path: Path, problem: Problem): Problem[] {
    const profile = problem.file === undefined ? null : this.#profiles.source(problem.file);
    const absolute = { ...problem, path: profile === null ? [...path, ...problem.path] : problem.path };
    const source = profile ?? this.#source;
    return this.#problems.has(source, absolute.path) ? [] : [placed(source, absolute)];
  }

  /** Finds secrets written where a reference belongs, and references that cannot be read. */
  #checkSecrets(path: Path, raw: unknown): boolean {
    let inline = false;
    for (const [inner, value] of scalarsOf(raw)) {
      const at = [...path, ...inner];
      const reference = typeof value === 'string' && isReference(value);
      if (isSecretPath(at) && !reference) {
        this.#problems.at(this.#source, at, INLINE);
        inline = true;
      } else if (reference) this.#problems.secret(this.#source, at, this.#secrets);
    }
    return inline;
  }

  /** Every driver has a device's place under `zone`, so that it is looked at whatever else is wrong. */
  #checkZones(path: Path, raw: unknown, zones: ReadonlySet<string>): void {
    for (const [inner, value] of scalarsOf(raw)) {
      if (inner.at(-1) !== 'zone' || typeof value !== 'string' || value === '' || zones.has(value)) continue;
      this.#problems.at(this.#source, [...path, ...inner], notOneOf('zone', value, [...zones]));
    }
  }

  /** A name belongs to one connection, one device and one stream. */
  #onlyOnce(entries: readonly Entry<C>[]): void {
    const owners = new Map<string, Path>();
    for (const { path, raw, connection } of entries) {
      for (const [kind, name] of connection === null ? writtenNames(raw) : namesOf(connection)) {
        const owner = owners.get(`${kind} ${name}`);
        if (owner === undefined) {
          owners.set(`${kind} ${name}`, path);
          continue;
        }
        // Within one entry its driver looks.
        if (owner === path) continue;
        const { line } = this.#source.place(owner, 'value');
        const at = findText(raw, name) ?? [];
        this.#problems.at(
          this.#source,
          [...path, ...at],
          `is a second ${kind} ${name}; the first stands in the entry of line ${line}`,
        );
      }
      const twice = (connection?.streams ?? [])
        .map((s) => s.id)
        .filter((id, i, all) => all.indexOf(id) !== i);
      for (const id of new Set(twice)) {
        this.#problems.at(this.#source, path, `has two streams with the id ${id}`);
      }
    }
  }
}

type Name = readonly [kind: 'connection' | 'device', name: string];

function namesOf({ id, streams, actuators }: ConfiguredConnection): Name[] {
  const devices = new Set([...streams.map((s) => s.dev), ...actuators.keys()]);
  return [['connection', id], ...[...devices].map((d): Name => ['device', d])];
}

/** Ids as they stand in an entry that is wrong: its own, and those of the maps in its lists. */
function writtenNames(raw: unknown): Name[] {
  return scalarsOf(raw).flatMap(([path, value]): Name[] => {
    if (path.at(-1) !== 'id' || typeof value !== 'string') return [];
    if (path.length === 1) return [['connection', value]];
    return path.length === 3 ? [['device', value]] : [];
  });
}

/** Where `text` stands as a value inside `raw`, outermost first; null when nowhere. */
function findText(raw: unknown, text: string): Path | null {
  return scalarsOf(raw).find(([, value]) => value === text)?.[0] ?? null;
}

function scalarsOf(raw: unknown, path: Path = []): [Path, unknown][] {
  if (typeof raw !== 'object' || raw === null) return [[path, raw]];
  return Object.entries(raw).flatMap(([key, value]) =>
    scalarsOf(value, [...path, Array.isArray(raw) ? Number(key) : key]),
  );
}
