import { anchorNote } from '../anchor-note.ts';
import { hexOf } from '../hex.ts';
import { utf8 } from '../../evidence/encodings.ts';
import type { AnchorRequest, Hex, KeyOp } from '../port.ts';
import { encodeCall, type Viem } from './contract.ts';

/** `anchor` once per ledger line of the note, the newest key's first. @throws TypeError for a foreign note */
export function anchorCalls(viem: Viem, request: AnchorRequest): Hex[] {
  const { origin, size, root, ledgerSignatures } = anchorNote(request.note);
  const proof = request.proof.map(hexOf);
  return ledgerSignatures
    .toReversed()
    .map((signature) =>
      encodeCall(viem, 'anchor', [
        hexOf(utf8(origin)),
        request.oldSize,
        BigInt(size),
        hexOf(root),
        proof,
        hexOf(signature),
      ]),
    );
}

export function proposeKeyCall(viem: Viem, op: KeyOp): Hex {
  const { logId, ledgerKey, logKey, newSig, oldSig } = op;
  return encodeCall(viem, 'proposeKey', [logId, ledgerKey, hexOf(logKey), hexOf(newSig), hexOf(oldSig)]);
}
