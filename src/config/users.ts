import type { User } from './configuration.ts';
import { readEntries } from './entries.ts';
import { valueAt, type Problems } from './problems.ts';
import * as schema from './schema.ts';
import type { SecretStore } from './secret.ts';
import type { Source } from './source.ts';

/** Reads `users:`; numbers stand in records for good, so each is one person's alone. */
export function readUsers(source: Source, problems: Problems, secrets: SecretStore): readonly User[] {
  const taken = new Set<string>();
  return readEntries(source, problems, ['users'], 'user', (path, raw) => {
    const user = problems.read(source, path, raw, schema.user);
    problems.secret(source, [...path, 'token-hash'], secrets);
    for (const key of ['number', 'token-hash'] as const) {
      const value = JSON.stringify([key, valueAt(raw, [key]) ?? null]);
      if (taken.has(value) && !value.endsWith('null]')) {
        problems.at(source, [...path, key], 'is also that of a user above; each has their own');
      }
      taken.add(value);
    }
    if (user === undefined) return undefined;
    const { id, number, role, name = id } = user;
    return { id, number, role, name, tokenHash: user['token-hash'] };
  });
}
