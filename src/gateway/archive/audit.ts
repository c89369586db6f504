import type { SqliteArchive } from '../../buffer/archive.ts';
import { audit, type AuditReport } from '../../evidence/audit.ts';
import { keptNoteKey, keysOf } from '../keys/key-list.ts';
import { logPolicy, type Had } from '../keys/policy.ts';
import { nodePrimitives } from '../site/primitives.ts';

export type AuditArgs = {
  readonly directory: string;
  /** A verifier's policy file; null takes the public keys that the journal keeps. */
  readonly policyFile: Uint8Array | null;
};

/** Blocks done, of all there are. */
export type Progress = { readonly done: number; readonly of: number };

/** Re-verifies a whole data directory (evidence sections 3, 4 and 6). @throws StorageError */
export function auditDirectory(
  archive: SqliteArchive,
  { directory, policyFile }: AuditArgs,
  progress: (value: Progress) => void,
): Had<AuditReport> {
  const found = logPolicy(directory, archive, policyFile);
  if (!found.ok) return found;
  const { origin, policy } = found.value;
  const ledgerKeys = keysOf(archive).flatMap(({ ledger }) => (ledger === null ? [] : [keptNoteKey(ledger)]));
  const others = [...policy.witnesses.map((w) => w.key), ...ledgerKeys];
  const keys = { origin, log: policy.keys, others };
  const report = audit(archive, keys, nodePrimitives, (done, of) => progress({ done, of }));
  return { ok: true, value: report };
}
