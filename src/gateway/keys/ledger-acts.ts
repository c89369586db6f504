import type { EvmConsortium } from '../../anchoring/evm/consortium.ts';
import { hexOf } from '../../anchoring/hex.ts';
import { sha256 } from '../../anchoring/key-possession.ts';
import type { Hex, Refusal } from '../../anchoring/port.ts';
import { openArchive } from '../../buffer/archive.ts';
import { epochDirectory, newestEpoch } from '../../buffer/epochs.ts';
import type { Secret } from '../../config/secret.ts';
import { AnchorError } from '../../domain/errors.ts';
import { logId, parseOrigin } from '../../evidence/checkpoint.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { identityOf } from './identity.ts';
import { readLedgerKey } from './key-files.ts';
import { keptNoteKey, keysOf, stateOf } from './key-list.ts';
import { signedProposal } from './key-proposal.ts';
import { hexAddress } from './ledger-key.ts';
import { consortiumOf } from './ledger-setup.ts';
import type { Had } from './policy.ts';
import type { SiteConfiguration } from '../site/site.ts';

/** A log on a contract, and who acts on it. */
export type LogPlace = {
  readonly url: string;
  readonly chainId: number;
  readonly contract: string;
  readonly origin: string;
  readonly accountKey: Secret;
};

/** What REVOKER may do to a log (ledger section 2). */
export type LogAct =
  /** Heads above `validSize` are void; null for none that is anchored. */
  | { readonly act: 'revoke'; readonly validSize: number | null }
  | { readonly act: 'suspend' | 'resume' | 'cancel-key' };

/**
 * Acts on a log and gives its state after that.
 * @param reason a short code, or any text, of which the contract keeps the hash
 * @throws ConfigError for an account key that is none, AnchorError
 */
export async function actOnLog(
  place: LogPlace,
  act: LogAct,
  reason: string,
  signal: AbortSignal,
): Promise<Had<{ readonly origin: string; readonly status: string; readonly validSize: number | null }>> {
  if (parseOrigin(place.origin) === null) return { ok: false, why: `${place.origin} is no origin of a log` };
  const consortium = consortiumOf(place);
  const contract = hexAddress(place.contract);
  const id = hexOf(logId(sha256, place.origin));
  const refusal = await send(consortium, contract, id, act, reason, signal);
  if (refusal !== null)
    throw new AnchorError('REJECTED', `the contract refuses to ${act.act} ${place.origin}: ${refusal.code}`);
  const { status, validSize } = await consortium.head(contract, id, signal);
  const isVoiding = status === 'revoked' || status === 'faulted';
  return {
    ok: true,
    value: { origin: place.origin, status, validSize: isVoiding ? Number(validSize) : null },
  };
}

async function send(
  consortium: EvmConsortium,
  contract: Hex,
  id: Hex,
  act: LogAct,
  reason: string,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const why = reasonCode(reason);
  switch (act.act) {
    case 'revoke': {
      const size = act.validSize ?? (await consortium.head(contract, id, signal)).size;
      return consortium.act(contract, 'revoke', [id, BigInt(size), why], signal);
    }
    case 'suspend':
      return consortium.act(contract, 'setSuspended', [id, true, why], signal);
    case 'resume':
      return consortium.act(contract, 'setSuspended', [id, false, why], signal);
    case 'cancel-key':
      return consortium.act(contract, 'cancelKey', [id], signal);
    default:
      return act satisfies never;
  }
}

/** At most 32 bytes stand as they are, padded; of a longer text its hash. */
function reasonCode(text: string): Hex {
  const bytes = utf8(text);
  if (bytes.length > 32) return hexOf(sha256(bytes));
  const code = new Uint8Array(32);
  code.set(bytes);
  return hexOf(code);
}

/**
 * Proposes the key that a gateway announced, as REGISTRAR, who needs no consent of the key in force:
 * the way when that one was lost or stolen and the log is suspended.
 * @throws ConfigError, StorageError, AnchorError
 */
export async function proposeAnnounced(
  site: Pick<SiteConfiguration, 'data' | 'ledger' | 'file'>,
  accountKey: Secret,
  signal: AbortSignal,
): Promise<Had<{ readonly origin: string; readonly key: number }>> {
  const { data, ledger } = site;
  if (ledger === null) return { ok: false, why: `${site.file} has no ledger` };
  using archive = openArchive(data);
  const origin = identityOf(archive)?.origin;
  const next = keysOf(archive).find((key) => stateOf(key) === 'announced');
  const key = next === undefined ? null : readLedgerKey(epochDirectory(data, newestEpoch(data)), next.no);
  if (origin === undefined || next === undefined || key === null)
    return { ok: false, why: `no key is announced in ${data}; say first: bailee keys rotate` };
  const consortium = consortiumOf({ url: ledger.url, chainId: ledger.chainId, accountKey });
  const contract = hexAddress(ledger.contract);
  const id = hexOf(logId(sha256, origin));
  const { proposalNo } = await consortium.head(contract, id, signal);
  const place = { chainId: ledger.chainId, contract, logId: id, proposalNo: proposalNo + 1 };
  const op = signedProposal(key, keptNoteKey(next.log).publicKey, null, place);
  const args = [id, op.ledgerKey, hexOf(op.logKey), hexOf(op.newSig), hexOf(op.oldSig)];
  const refusal = await consortium.act(contract, 'proposeKey', args, signal);
  if (refusal !== null)
    throw new AnchorError('REJECTED', `the contract refuses key ${next.no} of ${origin}: ${refusal.code}`);
  return { ok: true, value: { origin, key: next.no } };
}
