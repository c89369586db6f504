import { SystemCode } from '../../domain/record.ts';
import { RULE_NOTE } from './rule-notes.ts';

/** Where the journal's own notes keep who may see which receipts. */
export const GRANTS_NOTE = 'grants';

/**
 * Notes that go with a log into its next epoch. After a rollback no grant does: the older image may hold one
 * that was revoked since, so everybody has to be let in anew.
 */
export function carriedNotes(
  old: { meta(key: string): string | null },
  endedBy: number,
): readonly { readonly key: string; readonly value: string }[] {
  // Which rules were confirmed goes along in any case: what an older image does not know of is on trial again.
  const keys = endedBy === SystemCode.rollbackFound ? [RULE_NOTE] : [GRANTS_NOTE, RULE_NOTE];
  return keys.flatMap((key) => {
    const value = old.meta(key);
    return value === null ? [] : [{ key, value }];
  });
}
