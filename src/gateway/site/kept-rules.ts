import { dirname, join } from 'node:path';
import { openArchive } from '../../buffer/archive.ts';
import { epochsOf } from '../../buffer/epochs.ts';
import type { ConfigFile } from '../../config/configuration.ts';
import type { Credentials } from '../../config/secret.ts';
import { keptFiles } from '../../config/source.ts';
import { describeProblems } from '../../config/describe.ts';
import type { Value } from '../../domain/record.ts';
import { decode } from '../../evidence/cbor.ts';
import { fromHex } from '../../evidence/encodings.ts';
import type { NamedSet } from './rule-notes.ts';
import { loadSite, type SiteConfiguration } from './site.ts';

type Files = SiteConfiguration['files'];
type ByHash = (sha256: Uint8Array) => Uint8Array | null;

/** The files of a rule set that was in force in this data directory; null when one of them is not there. */
export function keptFilesOf(data: string, set: Pick<NamedSet, 'rules' | 'configuration'>): Files | null {
  for (const epoch of epochsOf(data).toReversed()) {
    using archive = openArchive(data, epoch);
    const file: ByHash = (sha256) => archive.file(sha256);
    const [configuration, rules] = [listed(file, set.configuration), listed(file, set.rules)];
    if (configuration !== null && rules !== null) return { configuration, rules };
  }
  return null;
}

/** Files that stand in a list of [name, hash] (evidence section 5). */
function listed(file: ByHash, hash: string): ConfigFile[] | null {
  const sha256 = fromHex(hash);
  const bytes = sha256 === null ? null : file(sha256);
  const list: Value = bytes === null ? null : decode(bytes);
  if (!Array.isArray(list)) return null;
  const files: ConfigFile[] = [];
  for (const item of list as readonly Value[]) {
    const [name, named] = Array.isArray(item) ? (item as readonly Value[]) : [];
    const content = named instanceof Uint8Array ? file(named) : null;
    if (typeof name !== 'string' || content === null) return null;
    files.push({ name, bytes: content });
  }
  return files;
}

/** A configuration whose rules, and what they go by, are those of another one; or why it cannot be. */
export type Restored =
  { readonly ok: true; readonly site: SiteConfiguration } | { readonly ok: false; readonly why: string };

/**
 * Brings back a rule set that was in force: rules, devices, zones, goods and whom they tell as they were.
 * Keys, ledger, witnesses, users, addresses and storage stay as they are configured now: going back
 * with those could leave a gateway that does not start.
 */
export async function restoreRules(
  configured: SiteConfiguration,
  set: NamedSet,
  credentials: Credentials,
): Promise<Restored> {
  const files = keptFilesOf(configured.data, set);
  const [main] = files?.configuration ?? [];
  if (files === null || main === undefined) return { ok: false, why: 'its files are not kept' };
  const folder = dirname(configured.file);
  const kept = new Map([...files.configuration, ...files.rules].map((f) => [join(folder, f.name), f.bytes]));
  const loaded = await loadSite(join(folder, main.name), credentials, keptFiles(kept));
  if (!loaded.ok) return { ok: false, why: describeProblems(loaded.problems.slice(0, 1), 'en') };
  const { zones, connections, rules, confirmRulesMs, channels, routes, people, profile, interlocks, goods } =
    loaded.value;
  const decides = { zones, connections, rules, confirmRulesMs, profile, interlocks, goods };
  return {
    ok: true,
    site: { ...configured, ...decides, channels, routes, people, files: loaded.value.files },
  };
}
