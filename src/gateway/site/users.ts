import type { Credential } from '../../api/port.ts';
import type { User } from '../../config/configuration.ts';
import { isTokenHash, type SecretStore } from '../../config/secret.ts';
import { ConfigError } from '../../domain/errors.ts';

/** Tokens of the people that the configuration names, by their hashes. @throws ConfigError */
export function userCredentials(users: readonly User[], secrets: SecretStore): Credential[] {
  return users.map(({ id, number, name, role, tokenHash }, i) => {
    const hash = isTokenHash(tokenHash) ? tokenHash : secrets.read(tokenHash).reveal().trim();
    if (!isTokenHash(hash)) {
      const message = `of ${id} names a file that does not hold sha256: and 64 small hexadecimal digits`;
      throw new ConfigError([{ path: ['users', i, 'token-hash'], message }]);
    }
    return { actor: number, roles: [role], name, sha256: Buffer.from(hash.slice(7), 'hex') };
  });
}

/** Names by the number that stands in records. */
export function peopleOf(users: readonly User[]): ReadonlyMap<number, string> {
  return new Map(users.map(({ number, name }) => [number, name]));
}
