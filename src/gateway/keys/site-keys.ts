import { tokenLedgerKey, tokenLogKey } from '../../anchoring/pkcs11/token-keys.ts';
import { Token } from '../../anchoring/pkcs11/token.ts';
import type { Secp256k1Key } from '../../anchoring/secp256k1-key.ts';
import { seedSigner, type LogSigner } from '../../anchoring/signer.ts';
import { sm2Key, type Sm2Key } from '../../anchoring/sm2-key.ts';
import type { KeyPlace } from '../../config/configuration.ts';
import type { Secret, SecretStore } from '../../config/secret.ts';
import { ConfigError } from '../../domain/errors.ts';
import { keyOf } from './ledger-key.ts';
import { verifyEd25519 } from '../site/primitives.ts';
import type { SiteConfiguration } from '../site/site.ts';

/** A commit waits for its signature, and nothing else runs meanwhile: a tenth of the time between commits. */
const SLOW_MS = 10;

/**
 * The keys that the configuration names, ready to sign. A token is logged in to once, for as long as
 * this is open: it is closed last, after the last block was signed.
 */
export class SiteKeys implements Disposable {
  /** null: the log key is a file of the data directory. */
  readonly log: LogSigner | null;
  readonly ledger: Secp256k1Key | null;
  readonly sm2: Sm2Key | null;
  readonly #token: Token | null;

  /**
   * @param onSlow told the ms when a token signs for the log so slowly that readings wait for it
   * @throws ConfigError for a key that is none or a refused PIN; StorageError IO for a token that is not there
   */
  constructor(
    { keys, ledger }: Pick<SiteConfiguration, 'keys' | 'ledger'>,
    secrets: Pick<SecretStore, 'read'>,
    onSlow: (signMs: number) => void,
  ) {
    const { token } = keys;
    this.#token = token === null ? null : new Token(token.module, token, secrets.read(token.pin).reveal());
    try {
      this.sm2 = keys.sm2 === null ? null : sm2KeyOf(secrets.read(keys.sm2));
      this.log = open(keys.log, ['keys', 'log-key'], {
        secret: (reference) => logKeyOf(secrets.read(reference)),
        token: (name, path) => {
          const { key, signMs } = tokenLogKey(this.#opened(), name, path, verifyEd25519);
          if (signMs > SLOW_MS) onSlow(signMs);
          return key;
        },
      });
      this.ledger = open(ledger?.ledgerKey ?? null, ['ledger', 'ledger-key'], {
        secret: (reference) => keyOf(secrets.read(reference), 'ledger-key'),
        token: (name, path) => tokenLedgerKey(this.#opened(), name, path),
      });
    } catch (error) {
      this.#token?.[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#token?.[Symbol.dispose]();
  }

  #opened(): Token {
    if (this.#token === null) throw new Error('a key in a token was let through without its token');
    return this.#token;
  }
}

function open<K>(
  place: KeyPlace | null,
  path: readonly string[],
  how: {
    readonly secret: (reference: string) => K;
    readonly token: (name: Extract<KeyPlace, { kind: 'token' }>, path: readonly string[]) => K;
  },
): K | null {
  if (place === null) return null;
  return place.kind === 'secret' ? how.secret(place.reference) : how.token(place, path);
}

/** As log.key in a data directory has it. */
function logKeyOf(secret: Secret): LogSigner {
  const text = secret.reveal().trim();
  const seed = Buffer.from(text, 'base64');
  if (seed.length === 32 && seed.toString('base64') === text) return seedSigner(seed);
  throw refusal(
    'log-key',
    'must be 32 bytes of an Ed25519 seed in base64; make one with: openssl rand -base64 32',
  );
}

function sm2KeyOf(secret: Secret): Sm2Key {
  const text = secret.reveal().trim();
  const message = 'must be 64 hexadecimal digits of an SM2 secret key; make one with: openssl rand -hex 32';
  if (!/^[0-9a-fA-F]{64}$/.test(text)) throw refusal('sm2-key', message);
  try {
    return sm2Key(Buffer.from(text, 'hex'));
  } catch (error) {
    // 0, or above what the curve's order allows.
    if (error instanceof RangeError) throw refusal('sm2-key', message);
    throw error;
  }
}

function refusal(name: string, message: string): ConfigError {
  return new ConfigError([{ path: ['keys', name], message }]);
}
