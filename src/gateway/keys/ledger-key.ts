import { secp256k1Key, type Secp256k1Key } from '../../anchoring/secp256k1-key.ts';
import type { Hex } from '../../anchoring/port.ts';
import type { LedgerSettings } from '../../config/configuration.ts';
import type { Secret, SecretStore } from '../../config/secret.ts';
import { ConfigError } from '../../domain/errors.ts';

/** What the configuration's ledger needs of secrets. @throws ConfigError */
export type LedgerKeys = { readonly account: Secp256k1Key; readonly ledger: Secp256k1Key };

export function ledgerKeysOf(
  settings: LedgerSettings,
  secrets: SecretStore,
  ledger: Secp256k1Key,
): LedgerKeys {
  return {
    account: keyOf(secrets.read(settings.accountKey), 'account-key'),
    ledger,
  };
}

/** A secp256k1 key as its file has it: 64 hexadecimal digits, with 0x or without. */
export function keyOf(secret: Secret, name: string): Secp256k1Key {
  const digits = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(secret.reveal().trim())?.[1];
  const message = 'must be 64 hexadecimal digits of a secp256k1 secret key';
  if (digits === undefined) throw new ConfigError([{ path: ['ledger', name], message }]);
  try {
    return secp256k1Key(Buffer.from(digits, 'hex'));
  } catch (error) {
    // The curve's library refuses 0 and what lies above the order.
    if (error instanceof Error) throw new ConfigError([{ path: ['ledger', name], message }]);
    throw error;
  }
}

export function hexAddress(text: string): Hex {
  return `0x${text.replace(/^0x/, '')}`;
}
