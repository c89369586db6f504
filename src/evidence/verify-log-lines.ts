import type { Note, NoteLine } from './note.ts';
import type { OriginPolicy, PolicyKey } from './policy.ts';
import type { Primitives } from './primitives.ts';
import { isLineOf, verifyLine } from './note.ts';
import { isInForce } from './policy.ts';
import { VerificationError } from './verification-error.ts';

/** The lines of one head that name a key of its log. */
export type LogLines = {
  /** The head's file in the bundle. */
  readonly name: string;
  readonly text: string;
  readonly lines: readonly { readonly known: PolicyKey; readonly line: NoteLine }[];
};

/**
 * A head names the log keys that the policy asks for at its size; whether their signatures are right is
 * another question (`verifyLogLines`). @throws VerificationError
 */
export function logLines(note: Note, size: number, name: string, policy: OriginPolicy): LogLines {
  const { revokedFrom, keys } = policy;
  if (revokedFrom !== null && size > revokedFrom)
    throw new VerificationError('KEY_NOT_VALID', `${name}: size ${size} is above revokedFrom ${revokedFrom}`);
  const lines = keys.flatMap((known) =>
    note.lines.filter((line) => isLineOf(line, known.key)).map((line) => ({ known, line })),
  );
  const logKeys = lines.map((l) => l.known).filter((k) => k.key.kind === 'ed25519');
  if (logKeys.length === 0)
    throw new VerificationError('LOG_SIGNATURE', `${name}: no line of a log key of the policy`);
  if (!logKeys.some((k) => isInForce(k, size)))
    throw new VerificationError('KEY_NOT_VALID', `${name}: its key does not sign for size ${size}`);
  const sm2Keys = keys.filter((k) => k.key.kind === 'sm2' && isInForce(k, size));
  if (sm2Keys.length > 0 && !lines.some((l) => sm2Keys.includes(l.known)))
    throw new VerificationError('LOG_SIGNATURE', `${name}: no line of the SM2 key in force`);
  return { name, text: note.text, lines };
}

/** Each of these lines is the signature of its key. @throws VerificationError */
export function verifyLogLines({ name, text, lines }: LogLines, use: Primitives): void {
  for (const { known, line } of lines)
    if (verifyLine(text, line, known.key, use) === null)
      throw new VerificationError('LOG_SIGNATURE', `${name}: ${known.key.kind} line of ${known.key.name}`);
}
