import { setTimeout as sleep } from 'node:timers/promises';
import { EvmConsortium } from '../../anchoring/evm/consortium.ts';
import { hexOf } from '../../anchoring/hex.ts';
import { sha256 } from '../../anchoring/key-possession.ts';
import type { Hex } from '../../anchoring/port.ts';
import type { Secp256k1Key } from '../../anchoring/secp256k1-key.ts';
import { openArchive } from '../../buffer/archive.ts';
import { epochDirectory, newestEpoch } from '../../buffer/epochs.ts';
import type { Secret } from '../../config/secret.ts';
import { AnchorError } from '../../domain/errors.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { identityOf } from './identity.ts';
import { readLedgerKey } from './key-files.ts';
import { keptNoteKey, keysOf, stateOf } from './key-list.ts';
import { hasLogKey } from './keys.ts';
import { hexAddress, keyOf } from './ledger-key.ts';
import type { Had } from './policy.ts';
import type { SiteConfiguration } from '../site/site.ts';

/** Where a contract of the consortium is or shall be, and who acts on it. */
export type LedgerPlace = { readonly url: string; readonly chainId: number; readonly accountKey: Secret };

const TIMEOUT_MS = 10_000;
const POLL_MS = 500;

/**
 * Creates an AnchorLog contract and gives its address.
 * @param keyDelayS seconds between the proposal of a key and the time from which it counts
 * @throws ConfigError for a key that is none, AnchorError
 */
export function deployLedger(place: LedgerPlace, keyDelayS: number, signal: AbortSignal): Promise<Hex> {
  return consortiumOf(place).deploy(keyDelayS, signal);
}

/**
 * Opens the log of this gateway on the contract that its configuration names. Its data directory
 * must have been started once: the log key is made then. The log of an epoch before it ends there.
 * @throws ConfigError, StorageError, AnchorError
 */
export async function enrolGateway(
  site: SiteConfiguration,
  keys: { readonly account: Secret; readonly ledger: Secp256k1Key },
  maxSilenceS: number,
  signal: AbortSignal,
): Promise<Had<{ origin: string; contract: string }>> {
  const { ledger } = site;
  if (ledger === null) return { ok: false, why: `${site.file} has no ledger` };
  if (!hasLogKey(site.data))
    return { ok: false, why: `${site.data} has no log key yet; start the gateway once` };
  using archive = openArchive(site.data);
  const origin = identityOf(archive)?.origin;
  if (origin === undefined) return { ok: false, why: `${site.data} holds the log of no gateway yet` };
  const inForce = keysOf(archive).find((key) => stateOf(key) === 'in-force');
  if (inForce === undefined)
    return { ok: false, why: `${site.data} has no log key yet; start the gateway once` };
  const consortium = consortiumOf({ url: ledger.url, chainId: ledger.chainId, accountKey: keys.account });
  const contract = hexAddress(ledger.contract);
  const logKey = keptNoteKey(inForce.log).publicKey;
  const made = readLedgerKey(epochDirectory(site.data, newestEpoch(site.data)), inForce.no);
  const prev = await consortium.currentLog(contract, gatewayOf(origin), signal);
  const enrolment = { origin, prev, ledgerKey: made ?? keys.ledger, logKey, maxSilence: maxSilenceS };
  const refusal = await consortium.enrol(contract, enrolment, signal);
  if (refusal !== null) throw new AnchorError('REJECTED', `the contract refuses ${origin}: ${refusal.code}`);
  return { ok: true, value: { origin, contract } };
}

/** How a ledger names the gateway itself, over all its epochs: the origin without its number. */
function gatewayOf(origin: string): Hex {
  return hexOf(sha256(utf8(origin.slice(0, origin.lastIndexOf('/')))));
}

export function consortiumOf({ url, chainId, accountKey }: LedgerPlace): EvmConsortium {
  return new EvmConsortium({
    url,
    chainId,
    account: keyOf(accountKey, 'account-key'),
    timeoutMs: TIMEOUT_MS,
    pollMs: POLL_MS,
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { signal });
    },
  });
}
