import { isJsonObject, parseStrictJson } from '../domain/strict-json.ts';
import { toHex, utf8 } from './encodings.ts';
import { openNote, signNote, type NoteSigner } from './note.ts';
import { isInForce, type Policy } from './policy.ts';
import type { Primitives, Sha256 } from './primitives.ts';

/**
 * Statements of a gateway about goods: a JSON document with an end, signed by the key of its log. What is
 * signed begins with a line of its own, so that no statement can be shown as a head, or a head as one.
 */

export type StatementKindName = 'receipt-status' | 'stock' | 'control-change' | 'count-reply';

export type StatementHead = {
  readonly kind: StatementKindName;
  readonly origin: string;
  /** Size of the log when it was signed: which keys sign then is known by it. */
  readonly size: number;
  /** A receipt, 64 digits; a local day, `2026-11-24`. */
  readonly subject: string;
  /** ms since 1970; null: it speaks of what is over, and does not expire. */
  readonly asOf: number;
  readonly validUntil: number | null;
};

/** The file: `document` is the exact text that the note's hash is of. */
export type SignedStatement = {
  readonly format: 'bailee/statement/v1';
  readonly document: string;
  readonly note: string;
};

export type OpenedStatement =
  | { readonly ok: false; readonly why: string }
  | {
      readonly ok: true;
      readonly head: StatementHead;
      readonly document: string;
      /** Whoever holds an expired one shows "not proven", whatever it says. */
      readonly isExpired: boolean;
    };

const DOMAIN = 'bailee/statement/v1';
const MOST_BYTES = 4_000_000;
const KINDS: readonly StatementKindName[] = ['receipt-status', 'stock', 'control-change', 'count-reply'];

export function signStatement(
  head: StatementHead,
  document: string,
  signers: readonly NoteSigner[],
  sha256: Sha256,
): SignedStatement {
  const note = signNote(textOf(head, toHex(sha256(utf8(document)))), signers, sha256);
  return { format: DOMAIN, document, note };
}

/** @param now of the one who asks, ms; a statement of later than `skewMs` of the policy allows is refused */
export function openStatement(
  bytes: Uint8Array,
  policy: Policy,
  now: number,
  use: Pick<Primitives, 'sha256' | 'verifyEd25519'>,
): OpenedStatement {
  const read = readStatement(bytes);
  if (read === null) return refused('is no statement file: format, document and note, and nothing else');
  const { document, note } = read;
  const text = note.slice(0, Math.max(0, note.lastIndexOf('\n\n') + 1));
  const head = headOf(text);
  if (head === null) return refused('has a note that is not of a statement');
  const { origin, size, asOf, validUntil } = head;
  const trusted = policy.get(origin);
  if (trusted === undefined) return refused(`is of ${origin}, which the policy does not name`);
  if (trusted.revokedFrom !== null && size > trusted.revokedFrom)
    return refused(`was signed at log size ${size}; the key is revoked from ${trusted.revokedFrom} on`);
  const keys = trusted.keys.filter((key) => isInForce(key, Math.max(size, 1))).map(({ key }) => key);
  const opened = openNote(utf8(note), keys, use);
  if (!opened.ok) return refused(opened.why);
  if (textOf(head, toHex(use.sha256(utf8(document)))) !== opened.text)
    return refused('has a document that is not the one that was signed');
  if (asOf > now + trusted.skewMs) return refused(`is of ${asOf - now} ms from now`);
  return { ok: true, head, document, isExpired: validUntil !== null && now > validUntil };
}

function textOf({ kind, origin, size, subject, asOf, validUntil }: StatementHead, hash: string): string {
  return [DOMAIN, kind, origin, `size ${size}`, subject, hash, `time ${asOf} ${validUntil ?? '-'}`, ''].join(
    '\n',
  );
}

function headOf(text: string): StatementHead | null {
  const [domain, kindName, origin = '', size = '', subject = '', , time = ''] = text.split('\n');
  const kind = KINDS.find((known) => known === kindName);
  const sized = /^size (\d{1,15})$/.exec(size);
  const timed = /^time (\d{1,16}) (\d{1,16}|-)$/.exec(time);
  if (domain !== DOMAIN || kind === undefined || sized === null || timed === null) return null;
  const validUntil = timed[2] === '-' ? null : Number(timed[2]);
  return { kind, origin, size: Number(sized[1]), subject, asOf: Number(timed[1]), validUntil };
}

/** The file as it is, nothing of it verified; null for what is none. */
export function readStatement(bytes: Uint8Array): SignedStatement | null {
  const json = parseStrictJson(bytes, MOST_BYTES);
  if (!json.ok || !isJsonObject(json.value) || json.value.size !== 3) return null;
  const [format, document, note] = ['format', 'document', 'note'].map((name) =>
    isJsonObject(json.value) ? json.value.get(name) : undefined,
  );
  if (format !== DOMAIN || typeof document !== 'string' || typeof note !== 'string') return null;
  return { format, document, note };
}

function refused(why: string): OpenedStatement {
  return { ok: false, why };
}
