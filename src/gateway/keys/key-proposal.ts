import { keyHash } from '../../anchoring/key-possession.ts';
import type { WantedKey } from '../../anchoring/key-proposer.ts';
import type { Hex, Hex32, KeyOp } from '../../anchoring/port.ts';
import type { Secp256k1Key } from '../../anchoring/secp256k1-key.ts';
import type { Keyring } from './keyring.ts';

/** Where a proposal counts, and only there. */
export type ProposalPlace = {
  readonly chainId: number;
  readonly contract: Hex;
  readonly logId: Hex32;
  readonly proposalNo: number;
};

/** The announced key as a ledger shall have it; null while there is none, or it has no ledger key. */
export function wantedKey({ announced }: Keyring): WantedKey | null {
  const ledger = announced?.pair.ledger ?? null;
  return announced === null || ledger === null ? null : { no: announced.entry.no, ledgerKey: ledger.address };
}

/** The proposal of the announced key: its own signature proves possession, that of the one in force agrees. */
export function proposalOf(keyring: Keyring, no: number, place: ProposalPlace): KeyOp {
  const { announced, current } = keyring;
  const [next, old] = [announced?.pair.ledger ?? null, current.pair.ledger];
  if (announced?.entry.no !== no || next === null || old === null)
    throw new Error(`key ${no} is not announced`);
  return signedProposal(next, announced.pair.log.publicKey, old, place);
}

/** @param old null for a registrar, who may do without consent */
export function signedProposal(
  next: Secp256k1Key,
  logKey: Uint8Array,
  old: Secp256k1Key | null,
  place: ProposalPlace,
): KeyOp {
  const digest = keyHash({ ...place, ledgerKey: next.address, logKey });
  const oldSig = old === null ? new Uint8Array() : old.sign(digest);
  return { logId: place.logId, ledgerKey: next.address, logKey, newSig: next.sign(digest), oldSig };
}
