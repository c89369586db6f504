import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KeyPlace, KeySettings } from './configuration.ts';
import { isPkcs11Uri, parsePkcs11Uri, type Pkcs11Uri } from './pkcs11-uri.ts';
import { valueAt, type Problems } from './problems.ts';
import * as schema from './schema.ts';
import type { SecretStore } from './secret.ts';
import type { Path, Source } from './source.ts';

/** The keys that may sit in a token. */
const IN_TOKEN: readonly Path[] = [
  ['keys', 'log-key'],
  ['ledger', 'ledger-key'],
];

/** Where a key that was found right is. */
export function placeOfKey(reference: string): KeyPlace {
  const parsed = parsePkcs11Uri(reference);
  if (!parsed.ok) return { kind: 'secret', reference };
  return { kind: 'token', label: parsed.uri.object, id: parsed.uri.id };
}

/** Reads `keys:`, and of the ledger's key whether the token is right. */
export function readKeys(
  source: Source,
  problems: Problems,
  secrets: SecretStore,
  directory: string,
): KeySettings {
  const raw = valueAt(source.value, ['keys']) ?? {};
  const keys = problems.read(source, ['keys'], raw, schema.keys);
  const module = valueAt(raw, ['pkcs11', 'module']);
  if (schema.path.safeParse(module).success && !existsSync(resolve(directory, String(module)))) {
    problems.at(source, ['keys', 'pkcs11', 'module'], 'names a file that does not exist');
  }
  for (const path of [['log-key'], ['sm2-key'], ['pkcs11', 'pin']]) {
    problems.secret(source, ['keys', ...path], secrets);
  }
  const uri = theToken(source, problems);
  if (keys === undefined) return { log: null, sm2: null, token: null };
  const { pkcs11 } = keys;
  return {
    log: keys['log-key'] === undefined ? null : placeOfKey(keys['log-key']),
    sm2: keys['sm2-key'] ?? null,
    token:
      pkcs11 === undefined || uri === null
        ? null
        : {
            module: resolve(directory, pkcs11.module),
            pin: pkcs11.pin,
            label: uri.token,
            serial: uri.serial,
          },
  };
}

/** The one token that all keys with a PKCS #11 URI are in. */
function theToken(source: Source, problems: Problems): Pkcs11Uri | null {
  const named = IN_TOKEN.flatMap((path) => {
    const text = valueAt(source.value, path);
    return typeof text === 'string' && isPkcs11Uri(text) ? [{ path, parsed: parsePkcs11Uri(text) }] : [];
  });
  const has = valueAt(source.value, ['keys', 'pkcs11']) !== undefined;
  const [first] = named;
  if (first === undefined) {
    if (has) problems.at(source, ['keys', 'pkcs11'], 'is not used: no key has a pkcs11: URI', 'key');
    return null;
  }
  if (!has) problems.at(source, first.path, 'is in a token: keys.pkcs11 must give its module and pin');
  const { parsed } = first;
  for (const { path, parsed: other } of named.slice(1)) {
    const same = parsed.ok && other.ok && sameToken(parsed.uri, other.uri);
    if (parsed.ok && other.ok && !same)
      problems.at(source, path, `must name the token of ${first.path.join('.')}`);
  }
  return parsed.ok ? parsed.uri : null;
}

function sameToken(a: Pkcs11Uri, b: Pkcs11Uri): boolean {
  return a.token === b.token && a.serial === b.serial;
}
