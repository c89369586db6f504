import { dirname, resolve } from 'node:path';
import type { Checked } from '../domain/errors.ts';
import type { VerifierKeyChecker, WitnessConfiguration } from './configuration.ts';
import { readListen } from './endpoints.ts';
import { checkKeys } from './load.ts';
import { Problems, valueAt } from './problems.ts';
import * as schema from './schema.ts';
import { SecretStore, type Credentials } from './secret.ts';
import { readSource, type Source } from './source.ts';

const MOST_LOGS = 10_000;

type Log = WitnessConfiguration['logs'][number];

/** Reads and checks a witness' configuration whole, and gives every problem at once. Nothing is written. */
export function loadWitnessConfiguration(
  file: string,
  verifierKey: VerifierKeyChecker,
  credentials: Credentials,
): Checked<WitnessConfiguration> {
  const main = readSource(resolve(file));
  if (!main.ok) return main;
  const source = main.value;
  const directory = dirname(source.file);
  const problems = new Problems();
  if (!checkKeys(source, problems, schema.WITNESS_KEYS)) return { ok: false, problems: problems.list };
  const section = (name: string): unknown => valueAt(source.value, [name]);
  const name = problems.read(source, ['name'], section('name'), schema.witnessName);
  const state = problems.read(source, ['state'], section('state'), schema.path);
  const listen = readListen(source, problems, new SecretStore(directory, credentials), directory);
  const logs = readLogs(source, problems, verifierKey);
  if (problems.count > 0 || name === undefined || state === undefined || listen === undefined) {
    return { ok: false, problems: problems.list };
  }
  return { ok: true, value: { file: source.file, name, state: resolve(directory, state), listen, logs } };
}

function readLogs(source: Source, problems: Problems, verifierKey: VerifierKeyChecker): Log[] {
  const raw = valueAt(source.value, ['logs']);
  if (!Array.isArray(raw) || raw.length > MOST_LOGS) {
    problems.at(
      source,
      ['logs'],
      `must be a list of at most ${MOST_LOGS} logs, each with its key; [] at the beginning`,
    );
    return [];
  }
  const lines = new Map<string, number>();
  return raw.flatMap((entry: unknown, i): Log[] => {
    const at = ['logs', i, 'key'];
    const log = problems.read(source, ['logs', i], entry, schema.witnessedLog);
    const key = valueAt(entry, ['key']);
    if (typeof key === 'string' && !problems.has(source, at)) {
      const objection = verifierKey(key, 'log');
      if (objection !== null) problems.at(source, at, objection);
      const first = lines.get(key);
      if (first === undefined) lines.set(key, source.place(at, 'value').line);
      else problems.at(source, at, `stands here a second time; the first is on line ${first}`);
    }
    return log === undefined ? [] : [{ key: log.key, laterEpochs: log['later-epochs'] }];
  });
}
