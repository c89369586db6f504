import type { AuditKeys } from './audit-archive.ts';
import type { Primitives } from './primitives.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { bytesEqual, utf8 } from './encodings.ts';
import { openNote } from './note.ts';

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
  const valid = keys.log.filter((k) => Math.max(size, 1) > k.from && (k.to === null || size <= k.to));
  const signed = opened.verified.some((line) => valid.some((k) => bytesEqual(k.key.id, line.key.id)));
  return signed ? null : 'no log key that was in force has signed it';
}
