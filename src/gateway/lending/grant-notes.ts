import { StorageError } from '../../domain/errors.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';
import { GRANTEES } from '../../api/grant-schema.ts';
import type { GrantOrder } from '../../api/grant-types.ts';
import { GRANTS_NOTE } from '../site/carried-notes.ts';

/** A grant as the journal keeps it, in the same commit as its act. */
export type KeptGrant = GrantOrder & {
  readonly no: number;
  /** SHA-256 of its token, hex. */
  readonly token: string;
  readonly from: number;
  readonly by: string;
  readonly revoked: { readonly by: string; readonly at: number; readonly reason: string } | null;
};

/** All that are kept, and the number of the next: a number is never given twice. */
export type GrantList = { readonly next: number; readonly grants: readonly KeptGrant[] };

/** Grants kept, those that are over included. */
export const MOST_GRANTS = 1000;
const MOST_BYTES = 32 * 1024 * 1024;

/** @throws StorageError CORRUPT for what we never wrote */
export function grantsIn(journal: { meta(key: string): string | null }): GrantList {
  const text = journal.meta(GRANTS_NOTE);
  if (text === null) return { next: 1, grants: [] };
  const json = parseStrictJson(Buffer.from(text), MOST_BYTES);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    const f = new JsonField(json.value, '').fields('next', 'grants');
    return { next: f('next').integer(1), grants: f('grants').list(MOST_GRANTS).map(grantAt) };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `the grants kept: ${error.message}`, { cause: error });
  }
}

/** The note that keeps them. */
export function grantsNote(list: GrantList): { readonly key: string; readonly value: string } {
  return { key: GRANTS_NOTE, value: JSON.stringify(list) };
}

function grantAt(field: JsonField): KeptGrant {
  const f = field.fields(
    'no',
    'token',
    'as',
    'party',
    'receipts',
    'items',
    'from',
    'until',
    'reason',
    'consent',
    'by',
    'revoked',
  );
  const as = GRANTEES.find((known) => known === f('as').text()) ?? f('as').fail('is no kind of party');
  return {
    no: f('no').integer(1),
    token: f('token').text(),
    as,
    party: f('party').text(),
    receipts: f('receipts')
      .list(1000)
      .map((id) => id.text()),
    items: f('items')
      .list(1000)
      .map((id) => id.text()),
    from: f('from').integer(0),
    until: f('until').integer(0),
    reason: f('reason').text(),
    consent: f('consent').isNull() ? null : consentAt(f('consent')),
    by: f('by').text(),
    revoked: f('revoked').isNull() ? null : revokedAt(f('revoked')),
  };
}

function consentAt(field: JsonField): NonNullable<KeptGrant['consent']> {
  const f = field.fields('owner', 'document');
  return { owner: f('owner').text(), document: f('document').text() };
}

function revokedAt(field: JsonField): NonNullable<KeptGrant['revoked']> {
  const f = field.fields('by', 'at', 'reason');
  return { by: f('by').text(), at: f('at').integer(0), reason: f('reason').text() };
}
