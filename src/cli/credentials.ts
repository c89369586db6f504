import type { Credentials } from '../config/secret.ts';
import type { World } from './context.ts';

/** Inside its unit the daemon's credentials are where systemd put them. */
export function credentialsOfUnit({ env }: World): Credentials {
  return { checked: true, directory: env['CREDENTIALS_DIRECTORY'] ?? null };
}

/** Outside of the unit only the form of a credential's name can be checked. */
export function credentialsToCheck({ env }: World): Credentials {
  const directory = env['CREDENTIALS_DIRECTORY'];
  return directory === undefined ? { checked: false } : { checked: true, directory };
}
