import { toBase64 } from '../evidence/encodings.ts';
import { hexOf } from './hex.ts';
import type { LedgerProof } from './port.ts';

/** A ledger proof as it is stored beside its checkpoint and bundled as `ledger/<size>.json`. */
export function ledgerProofJson(proof: LedgerProof): string {
  const { kind, network, contract, logId, size, root, at, bytes } = proof;
  return JSON.stringify({
    kind,
    network,
    contract,
    logId,
    size: Number(size),
    root,
    at: { height: Number(at.height), hash: hexOf(at.hash), tx: at.tx },
    bytes: toBase64(bytes),
  });
}
