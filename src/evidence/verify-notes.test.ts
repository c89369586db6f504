import { describe, expect, it } from 'vitest';
import { bundleOf, range, use, withFile } from '../../test/evidence/bundles.ts';
import { ORIGIN, fourHours } from '../../test/evidence/small-log.ts';
import { changed } from '../../test/evidence/stories.ts';
import { checkpointText } from './checkpoint.ts';
import { fromUtf8, utf8 } from './encodings.ts';
import { signNote } from './note.ts';
import type { OriginPolicy } from './policy.ts';
import type { Verdict } from './verdict.ts';
import { verify } from './verify.ts';

const log = fourHours();
const bundle = bundleOf(log, range());

/** The verdict on these bytes, and how many Ed25519 signatures it took. */
function checked(
  of: Uint8Array,
  policy: Partial<OriginPolicy> = {},
): { readonly verdict: Verdict; readonly count: number } {
  let count = 0;
  const verifyEd25519 = (...args: Parameters<typeof use.verifyEd25519>): boolean => {
    count++;
    return use.verifyEd25519(...args);
  };
  const verdict = verify(of, changed(log, policy), null, { ...use, verifyEd25519 });
  return { verdict: { ...verdict, bundle: '' }, count };
}

/** The bundle with one line of a note changed: 4 is the log's, 5 and 6 are those of the witnesses. */
function withLine(note: string, at: number, change: (line: string) => string | null): Uint8Array {
  return withFile(bundle, note, (bytes) => {
    const lines = (
      bytes.length === 0 ? (log.note(Number(note.slice(6))) ?? '') : (fromUtf8(bytes) ?? '')
    ).split('\n');
    const line = change(lines[at] ?? '');
    return utf8((line === null ? lines.toSpliced(at, 1) : lines.with(at, line)).join('\n'));
  });
}

/** Another signature of the same key. */
const bent = (line: string): string =>
  `${line.slice(0, -20)}${line.at(-20) === 'A' ? 'B' : 'A'}${line.slice(-19)}`;

const forked = (note: string): Uint8Array => withFile(bundle, 'heads/9', () => utf8(note));

/** The log key counts from this size on. */
const since = (size: number): Partial<OriginPolicy> => ({
  keys: [{ key: log.logNoteKey, from: size, to: null }],
});

const failure = (of: Uint8Array, policy: Partial<OriginPolicy> = {}): string =>
  checked(of, policy).verdict.failure?.code ?? 'none';

describe('signatures of notes', () => {
  const honest = checked(bundle);

  it('are told: those that were checked, and those of the log that the checkpoint makes needless', () => {
    // Of two witnesses under nine heads and the checkpoint, and the log's own under the checkpoint.
    expect(honest.verdict.signatures).toEqual({ checked: 21, implied: 9 });
    expect(honest.count).toBe(21);
  });

  it('that are repeated are checked once', () => {
    const repeated = withLine('checkpoint', 4, (line) => `${line}\n`.repeat(30).trimEnd());
    expect(checked(repeated)).toEqual(honest);
  });

  it('of the log under a head that follows from the checkpoint carry nothing', () => {
    expect(checked(withLine('heads/9', 4, bent))).toEqual(honest);
    expect(failure(withLine('checkpoint', 4, bent))).toBe('LOG_SIGNATURE');
  });

  it('6, 11: of the log are checked where nothing else speaks for the head', () => {
    // No block that leads to the head of 3 is shown.
    expect(failure(withLine('heads/3', 4, (line) => line))).toBe('none');
    expect(failure(withLine('heads/3', 4, bent))).toBe('LOG_SIGNATURE');
    const key = { key: log.logNoteKey, sign: log.logKey.sign };
    const other = signNote(checkpointText(ORIGIN, 9, new Uint8Array(32)), [key], use.sha256);
    expect(failure(forked(other))).toBe('HEAD_CONFLICT');
    // A head that nobody signed proves no fork.
    expect(failure(forked(`${bent(other.trimEnd())}\n`))).toBe('LOG_SIGNATURE');
  });

  it('of witnesses are checked, all of them', () => {
    for (const line of [5, 6]) {
      expect(failure(withLine('heads/9', line, bent))).toBe('COSIGNATURE');
      expect(failure(withLine('checkpoint', line, bent))).toBe('COSIGNATURE');
    }
  });

  it('name a key of the log that is in force, under every head', () => {
    expect(failure(withLine('heads/9', 4, () => null))).toBe('LOG_SIGNATURE');
    expect([4, 5].map((size) => failure(bundle, since(size)))).toEqual(['none', 'KEY_NOT_VALID']);
  });
});
