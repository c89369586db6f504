import { createRequire } from 'node:module';
import type * as Pkcs11js from 'pkcs11js';
import { ConfigError, type Problem } from '../../domain/errors.ts';

export type Addon = typeof Pkcs11js;

/**
 * The native part is compiled where there is a token; nobody else needs a compiler. npm builds it
 * only when it is asked to, for it runs no package's own build otherwise.
 */
const MISSING =
  'needs the package pkcs11js with its native part, which is not built; with make, g++ and python3 installed, run: npm run build:pkcs11';

/** Loaded only where a token is configured. @throws ConfigError when it cannot be */
export function loadAddon(): Addon {
  const loaded = load();
  if ('path' in loaded) throw new ConfigError([loaded]);
  return loaded;
}

/** What keeps a token from being used on this machine; null when nothing does. */
export function addonObjection(): Problem | null {
  const loaded = load();
  return 'path' in loaded ? loaded : null;
}

function load(): Addon | Problem {
  try {
    return createRequire(import.meta.url)('pkcs11js');
  } catch (error) {
    // Whatever keeps a native module from loading, also one that was built for another machine.
    const why = error instanceof Error ? error.message.split('\n', 1).join('') : String(error);
    return { path: ['keys', 'pkcs11'], message: `${MISSING} (${why})` };
  }
}
