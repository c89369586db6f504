import type { LogEnd } from '../../anchoring/log-watch.ts';
import type { Secp256k1Key } from '../../anchoring/secp256k1-key.ts';
import { newestEpoch } from '../../buffer/epochs.ts';
import { SystemCode } from '../../domain/record.ts';
import type { CoreSettings } from '../recording/core.ts';
import type { Continued, Ending } from '../keys/epoch-end.ts';
import { makeKeys } from '../keys/key-files.ts';
import type { SiteConfiguration } from '../site/site.ts';

export const ROLLED_BACK = { code: SystemCode.rollbackFound } as const;

/** What the ledger's word of our log means for the epoch. */
export function endingOf({ kind, size, at, next }: LogEnd): Ending {
  if (kind === 'rollback')
    return { ...ROLLED_BACK, size, at, next, reason: 'the ledger holds a larger head' };
  return { code: SystemCode.epochContinues, size, at, next, reason: 'the log was ended on the ledger' };
}

/** The record that begins an epoch, and the time from which it goes on. */
export function eventOf(continued: Continued): NonNullable<CoreSettings['continues']> {
  const { code, size, localSize, localRoot, notBefore } = continued;
  const root = Buffer.from(localRoot, 'hex');
  return { event: [code, size, localSize, root], notBefore };
}

/**
 * The ledger key of the epoch that is recorded: the configured one signs for epoch 0, and in a token
 * for all; of a later epoch the gateway makes its own, for that of the one before may be a thief's.
 */
export function ledgerKeyOf(
  { data, ledger }: Pick<SiteConfiguration, 'data' | 'ledger'>,
  keyDirectory: string,
  configured: Secp256k1Key,
): Secp256k1Key {
  if (newestEpoch(data) === 0 || ledger?.ledgerKey.kind === 'token') return configured;
  return makeKeys(keyDirectory, 0, true).ledger ?? configured;
}
