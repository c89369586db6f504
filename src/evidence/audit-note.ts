import type { AuditKeys } from './audit-archive.ts';
import type { NoteKey } from './note-key.ts';
import type { Primitives } from './primitives.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { bytesEqual, utf8 } from './encodings.ts';
import { openNote } from './note.ts';
import { isInForce } from './policy.ts';

/** Null if a stored note is this log's head of that size, signed by the key then in force, else why not. */
export function auditNote(
  note: string,
  size: number,
  root: Uint8Array | null,
  keys: AuditKeys,
  use: Primitives,
): string | null {
  const known = [...keys.log.map((k) => k.key), ...keys.others];
  const opened = openNote(utf8(note), known, use);
  if (!opened.ok) return opened.why;
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint === null) return 'its text is no checkpoint';
  if (checkpoint.origin !== keys.origin || checkpoint.size !== size)
    return `it speaks of ${checkpoint.origin} at size ${checkpoint.size}`;
  if (root !== null && !bytesEqual(root, checkpoint.root)) return 'its root is not that of the blocks';
  // The head of size 0, with which a witness may be asked, is signed by the first key.
  const inForce = keys.log.filter((k) => isInForce(k, Math.max(size, 1)));
  const signed = (kind: NoteKey['kind']): boolean => {
    const of = inForce.filter((k) => k.key.kind === kind);
    return opened.verified.some((line) => of.some((k) => bytesEqual(k.key.id, line.key.id)));
  };
  if (!signed('ed25519')) return 'no log key that was in force has signed it';
  if (inForce.some((k) => k.key.kind === 'sm2') && !signed('sm2'))
    return 'it has no line of the SM2 key that was in force';
  return null;
}
