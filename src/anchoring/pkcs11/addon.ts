import { createRequire } from 'node:module';
import type * as Pkcs11js from 'pkcs11js';
import { ConfigError } from '../../domain/errors.ts';

export type Addon = typeof Pkcs11js;

/**
 * The native part is compiled where there is a token; nobody else needs a compiler. npm builds it
 * only when it is asked to, for it runs no package's own build otherwise.
 */
const MISSING =
  'needs the package pkcs11js with its native part, which is not built; with make, g++ and python3 installed, run: npm run build:pkcs11';

/** Loaded only where a token is configured. @throws ConfigError when it was not built */
export function loadAddon(): Addon {
  try {
    return createRequire(import.meta.url)('pkcs11js');
  } catch (cause) {
    // Whatever keeps a native module from loading, also one built for another machine.
    const message = `${MISSING} (${cause instanceof Error ? cause.message.split('\n', 1).join('') : String(cause)})`;
    throw new ConfigError([{ path: ['keys', 'pkcs11'], message }]);
  }
}
