import type { Container } from './verify-container.ts';
import type { VerifiedNotes } from './verify-notes.ts';
import type { Sha256 } from './primitives.ts';
import { JsonNumber, parseStrictJson } from '../domain/strict-json.ts';
import { ledgerFile } from './bundle-files.ts';
import { logId } from './checkpoint.ts';
import { toHex } from './encodings.ts';
import { VerificationError } from './verification-error.ts';

/** What a ledger is said to hold. In version 1 none is checked offline, so it is shown and never counted. */
export type ShownLedgerProof = { readonly ledger: string; readonly network: string; readonly size: number };

const MAX_PROOF_BYTES = 4 * 1024 * 1024;

/**
 * Step 3: k distinct owners cosigned the checkpoint (k = 0 asks for none), and no ledger proof speaks
 * of another log or root than the head it belongs to. @throws VerificationError
 */
export function verifyQuorum(container: Container, notes: VerifiedNotes, sha256: Sha256): ShownLedgerProof[] {
  const { checkpoint, policy, heads } = notes;
  if (policy.k > 0 && checkpoint.time === null) {
    const owners = new Set(checkpoint.cosignatures.map((c) => c.owner)).size;
    throw new VerificationError('NOT_ANCHORED', `checkpoint: ${owners} of ${policy.k} owners`);
  }
  const id = `0x${toHex(logId(sha256, checkpoint.origin))}`;
  return Array.from(container.ledger, ([size, open]) => {
    const head = [checkpoint, ...heads].find((h) => h.size === size);
    return readLedgerProof(open(), size, id, head === undefined ? null : `0x${toHex(head.root)}`);
  });
}

function readLedgerProof(bytes: Uint8Array, size: number, id: string, root: string | null): ShownLedgerProof {
  const json = parseStrictJson(bytes, MAX_PROOF_BYTES);
  const fields = json.ok && json.value instanceof Map ? json.value : new Map<string, never>();
  const sizeField = fields.get('size');
  const shown = sizeField instanceof JsonNumber ? sizeField.text : sizeField;
  const [kind, network] = [fields.get('kind'), fields.get('network')];
  const fits =
    fields.get('logId') === id && shown === String(size) && (root === null || fields.get('root') === root);
  if (!fits || typeof kind !== 'string' || typeof network !== 'string')
    throw new VerificationError('LEDGER_PROOF', `${ledgerFile(size)}: is not for this log, size and root`);
  return { ledger: kind, network, size };
}
