import type { VerifierKeyChecker, WitnessesSettings, WitnessSettings } from './configuration.ts';
import { isLoopback } from './endpoints.ts';
import { valueAt, type Problems } from './problems.ts';
import * as schema from './schema.ts';
import type { Path, Source } from './source.ts';

/** Reads `witnesses:` and `quorum:`; null where there are none, or something is wrong with them. */
export function readWitnesses(
  source: Source,
  problems: Problems,
  verifierKey: VerifierKeyChecker,
): WitnessesSettings | null {
  const raw = valueAt(source.value, ['witnesses']);
  const asked = valueAt(source.value, ['quorum']);
  if (raw === undefined) {
    if (asked !== undefined)
      problems.at(source, ['quorum'], 'counts owners of witnesses, and there are none');
    return null;
  }
  if (!Array.isArray(raw) || raw.length < 1 || raw.length > schema.MOST_WITNESSES) {
    problems.at(source, ['witnesses'], `must be a list of 1 to ${schema.MOST_WITNESSES} witnesses`);
    return null;
  }
  const firsts = new Map<string, number>();
  const list = raw.flatMap((entry: unknown, i): WitnessSettings[] => {
    const path = ['witnesses', i];
    const read = problems.read(source, path, entry, schema.witness);
    checkKey(source, problems, [...path, 'vkey'], verifierKey, firsts);
    checkUrl(source, problems, path, entry);
    return read === undefined ? [] : [{ url: read.url, vkey: read.vkey, owner: read.owner }];
  });
  const quorum = problems.read(source, ['quorum'], asked, schema.quorum);
  if (quorum === undefined || list.length < raw.length) return null;
  const owners = new Set(list.map((w) => w.owner)).size;
  if (quorum > owners) {
    const has = `${owners} distinct ${owners === 1 ? 'owner' : 'owners'}`;
    problems.at(source, ['quorum'], `must not be above the number of owners: the witnesses have ${has}`);
  }
  return { quorum, list };
}

/** A key counts once, whoever is said to own it. */
function checkKey(
  source: Source,
  problems: Problems,
  path: Path,
  verifierKey: VerifierKeyChecker,
  firsts: Map<string, number>,
): void {
  const vkey = valueAt(source.value, path);
  if (typeof vkey !== 'string' || problems.has(source, path)) return;
  const objection = verifierKey(vkey, 'witness');
  if (objection !== null) problems.at(source, path, objection);
  const key = vkey.split('+').slice(2).join('+');
  const first = firsts.get(key);
  if (first !== undefined) {
    problems.at(source, path, `is a second witness with this key; the first stands on line ${first}`);
  } else firsts.set(key, source.place(path, 'value').line);
}

/** What a witness refuses is not signed: on a foreign network anyone could say it in the clear. */
function checkUrl(source: Source, problems: Problems, path: Path, entry: unknown): void {
  const url = valueAt(entry, ['url']);
  const at = [...path, 'url'];
  if (typeof url !== 'string' || !/^http:/i.test(url) || problems.has(source, at)) return;
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (valueAt(entry, ['lan']) === true || isLoopback(host)) return;
  problems.at(source, at, 'must be https; plain http is for this machine or a local network, with lan: true');
}
