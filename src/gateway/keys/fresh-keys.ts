import { openArchive } from '../../buffer/archive.ts';
import { epochsOf } from '../../buffer/epochs.ts';
import { ConfigError, type Problem } from '../../domain/errors.ts';
import { SystemCode } from '../../domain/record.ts';
import { bytesEqual } from '../../evidence/encodings.ts';
import { continuedBy } from './epoch-end.ts';
import { keptNoteKey, keysOf } from './key-list.ts';
import type { SiteKeys } from './site-keys.ts';
import type { SiteConfiguration } from '../site/site.ts';
import { sm2KeysOf } from './sm2-line.ts';

/** A public key that heads of a voided log bear a line of. */
type Burnt = { readonly publicKey: Uint8Array; readonly origin: string; readonly size: number };

/**
 * An epoch that was voided is followed by one with other keys: whoever has those before could sign this
 * one too. The gateway makes new ones itself; those that the configuration names are its owner's to
 * change, and are refused as long as the epoch has no key yet. @throws ConfigError
 */
export function requireFreshKeys(
  site: Pick<SiteConfiguration, 'data' | 'ledger'>,
  journal: { meta(key: string): string | null },
  keys: Pick<SiteKeys, 'log' | 'ledger' | 'sm2'>,
): void {
  if (continuedBy(journal) === null || keysOf(journal).length > 0) return;
  const burnt = burntKeys(site.data);
  // Of a ledger key in a file the gateway makes the next one itself.
  const ledger = site.ledger?.ledgerKey.kind === 'token' ? keys.ledger : null;
  const problems = [
    ...objection(keys.log, ['keys', 'log-key'], burnt, NEW_LOG_KEY),
    ...objection(keys.sm2, ['keys', 'sm2-key'], burnt, NEW_SM2_KEY),
    ...objection(ledger, ['ledger', 'ledger-key'], burnt, NEW_LEDGER_KEY),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
}

const NEW_LOG_KEY =
  'name a new one (openssl rand -base64 32, or a new key pair in the token), or take the field out: then the gateway makes one for each epoch';
const NEW_SM2_KEY = 'name a new one (openssl rand -hex 32), or take the field out';
const NEW_LEDGER_KEY = 'name a new key pair in the token';

function objection(
  key: { readonly publicKey: Uint8Array } | null,
  path: readonly string[],
  burnt: readonly Burnt[],
  remedy: string,
): Problem[] {
  const found = key === null ? undefined : burnt.find((b) => bytesEqual(b.publicKey, key.publicKey));
  if (found === undefined) return [];
  const message = `is a key of ${found.origin}, which was ended at size ${found.size}: who has it could sign the next epoch too; ${remedy}`;
  return [{ path, message }];
}

/** All keys of the epochs that somebody voided, as those who follow them tell. */
function burntKeys(directory: string): Burnt[] {
  const epochs = epochsOf(directory);
  return epochs.flatMap((epoch, i): Burnt[] => {
    const next = epochs[i + 1];
    if (next === undefined) return [];
    using after = openArchive(directory, next);
    const end = continuedBy(after);
    if (end?.code !== SystemCode.epochContinues) return [];
    using archive = openArchive(directory, epoch);
    const { origin, size } = end;
    const kept = keysOf(archive).flatMap(({ log, ledger }) => (ledger === null ? [log] : [log, ledger]));
    const all = [...kept.map(keptNoteKey), ...sm2KeysOf(archive).map(({ key }) => key)];
    return all.map(({ publicKey }) => ({ publicKey, origin, size }));
  });
}
