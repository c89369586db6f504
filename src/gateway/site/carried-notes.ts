import { SystemCode } from '../../domain/record.ts';

/** Where the journal's own notes keep who may see which receipts. */
export const GRANTS_NOTE = 'grants';

/**
 * Notes that go with a log into its next epoch. After a rollback none does: the older image may hold a grant
 * that was revoked since, so everybody has to be let in anew.
 */
export function carriedNotes(
  old: { meta(key: string): string | null },
  endedBy: number,
): readonly { readonly key: string; readonly value: string }[] {
  if (endedBy === SystemCode.rollbackFound) return [];
  const value = old.meta(GRANTS_NOTE);
  return value === null ? [] : [{ key: GRANTS_NOTE, value }];
}
