import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suggestion } from '../domain/nearest.ts';
import type { ConfigFile } from './configuration.ts';
import type { Problems } from './problems.ts';
import { ON_DISK, type Path, type Source, type SourceFiles } from './source.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MAP = '.geojson';

/** Profiles by name: from the folder beside the configuration, else from those that are shipped. */
export class Profiles {
  readonly #folders: readonly string[];
  readonly #problems: Problems;
  readonly #files: SourceFiles;
  readonly #read = new Map<string, Source | null>();

  constructor(folders: readonly string[], problems: Problems, files: SourceFiles = ON_DISK) {
    this.#folders = folders;
    this.#problems = problems;
    this.#files = files;
  }

  /** The value of a profile; undefined when there is none or it cannot be read. */
  value(name: string): unknown {
    return this.source(name)?.value;
  }

  source(name: string): Source | null {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const source = this.#load(name);
    this.#read.set(name, source);
    return source;
  }

  /** Says at `path`, where the profile is named, that it does not exist; nothing when it does. */
  reportMissing(source: Source, path: Path, name: string): void {
    if (NAME.test(name) && this.#path(name) !== null) return;
    const names = this.#folders.flatMap(profileNames).sort();
    this.#problems.at(source, path, `is not a profile that exists${suggestion(name, names)}`);
  }

  /** The files of these profiles, once each, by name. */
  files(names: Iterable<string>): ConfigFile[] {
    return [...new Set(names)].sort().flatMap((name) => {
      const source = this.source(name);
      return source === null ? [] : [{ name: `profiles/${fileOf(name)}`, bytes: source.bytes }];
    });
  }

  #path(name: string): string | null {
    const paths = this.#folders.map((folder) => join(folder, fileOf(name)));
    return paths.find((path) => this.#files.has(path)) ?? null;
  }

  #load(name: string): Source | null {
    const path = NAME.test(name) ? this.#path(name) : null;
    if (path === null) return null;
    const source = this.#files.read(path);
    if (source.ok) return source.value;
    for (const problem of source.problems) this.#problems.add(problem);
    return null;
  }
}

/** A map of zones keeps the name it has everywhere (GeoJSON is JSON, and JSON is YAML). */
function fileOf(name: string): string {
  return name.endsWith(MAP) ? name : `${name}.yaml`;
}

function profileNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((file) => {
    if (file.endsWith(MAP)) return [file];
    return file.endsWith('.yaml') ? [file.slice(0, -5)] : [];
  });
}
