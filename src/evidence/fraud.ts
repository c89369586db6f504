/**
 * A fraud file: two signed heads of one origin that cannot belong to one history, so that whoever
 * holds the log's key told two (docs/fraud-file.md). Anyone checks it offline.
 */
import type { AnyCheckpoint } from './checkpoint.ts';
import type { Note } from './note.ts';
import type { NoteKey } from './note-key.ts';
import type { Primitives } from './primitives.ts';
import { parseStrictJson } from '../domain/strict-json.ts';
import { parseAnyCheckpoint } from './checkpoint.ts';
import { bytesEqual, fromBase64, toBase64, utf8 } from './encodings.ts';
import { JsonFault, JsonField } from './json-fields.ts';
import { consistencyRoots, HASH_LENGTH, isPerfect, verifyConsistency } from './merkle.ts';
import { isLineOf, parseNote, verifyLine } from './note.ts';

export type Fraud = {
  /** Notes; the second one's size is not the smaller. */
  readonly first: string;
  readonly second: string;
  /** What the second history had as root when it was as long as the first, and the proof of that. */
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

export type FraudCode =
  'FRAUD_FORMAT' | 'NOTE_FORMAT' | 'ORIGIN_UNKNOWN' | 'KEY_NOT_VALID' | 'LOG_SIGNATURE' | 'NO_CONTRADICTION';

/** One of the two heads, with the key that signed it. */
export type FraudHead = { readonly size: number; readonly root: Uint8Array; readonly key: NoteKey };

export type FraudVerdict =
  | {
      readonly proved: true;
      readonly origin: string;
      readonly first: FraudHead;
      readonly second: FraudHead;
      /** Root of the second history at the first one's size. */
      readonly otherRoot: Uint8Array;
    }
  | { readonly proved: false; readonly code: FraudCode; readonly why: string };

/** A log key and the log sizes (from, to] for which it signs. */
export type FraudKey = { readonly key: NoteKey; readonly from: number; readonly to: number | null };

type Use = Pick<Primitives, 'sha256' | 'verifyEd25519'>;
type Signed = { readonly note: Note; readonly checkpoint: AnyCheckpoint; readonly size: number };

const FORMAT = 'bailee/fraud/v1';
const FRAUD_MAX_BYTES = 65_536;
/** A consistency proof has at most so many hashes (C2SP tlog-witness). */
export const MAX_PROOF_HASHES = 63;

/** The file, as `checkFraud` reads it. */
export function formatFraud({ first, second, root, proof }: Fraud): string {
  const fields = { format: FORMAT, first, second, root: toBase64(root), proof: proof.map(toBase64) };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/**
 * The contradiction between a head that is known and a later one with its consistency proof; null
 * where they do not contradict each other, or the proof shows nothing of the second history.
 * Whether the notes are signed is the caller's to know.
 */
export function findFraud(
  known: string,
  later: string,
  proof: readonly Uint8Array[],
  use: Pick<Use, 'sha256'>,
): Fraud | null {
  const [a, b] = [readHead(known), readHead(later)];
  if (a === null || b === null || a.checkpoint.origin !== b.checkpoint.origin || a.size > b.size) return null;
  const root = rootBefore(a.size, b, proof, use);
  if (root === null || bytesEqual(root, a.checkpoint.root)) return null;
  return { first: known, second: later, root, proof: a.size === b.size ? [] : proof };
}

/** The root that a later head had at `size`, as far as the proof shows it. */
function rootBefore(
  size: number,
  later: Signed,
  proof: readonly Uint8Array[],
  { sha256 }: Pick<Use, 'sha256'>,
): Uint8Array | null {
  if (size === later.size) return later.checkpoint.root;
  // Of a size that is a power of two the proof names no root.
  if (size === 0 || isPerfect(size)) return null;
  const roots = consistencyRoots(sha256, size, later.size, proof);
  return roots !== null && bytesEqual(roots.new, later.checkpoint.root) ? roots.old : null;
}

/**
 * Checks a fraud file against the keys that its reader trusts to be the log's.
 * @param keysOf keys of an origin, empty for one that is not known
 */
export function checkFraud(
  bytes: Uint8Array,
  keysOf: (origin: string) => readonly FraudKey[],
  use: Use,
): FraudVerdict {
  const read = readFraud(bytes);
  if ('why' in read) return refused('FRAUD_FORMAT', read.why);
  const [first, second] = [readHead(read.first), readHead(read.second)];
  if (first === null || second === null) {
    return refused('NOTE_FORMAT', `the ${first === null ? 'first' : 'second'} note is no signed checkpoint`);
  }
  const { origin } = first.checkpoint;
  if (second.checkpoint.origin !== origin) {
    return refused('NO_CONTRADICTION', `the notes are of ${origin} and of ${second.checkpoint.origin}`);
  }
  const keys = keysOf(origin);
  if (keys.length === 0) return refused('ORIGIN_UNKNOWN', `no key of ${origin} is given`);
  const signers = [first, second].map((head) => signerOf(head, keys, use));
  const [one, other] = signers;
  if (one === undefined || other === undefined) throw new Error('there are two heads');
  if ('code' in one) return one;
  if ('code' in other) return other;
  const { root, proof } = read;
  const stands = verifyConsistency(use.sha256, first.size, second.size, root, second.checkpoint.root, proof);
  if (!stands) {
    const why = `the proof does not show which root the second history had at size ${first.size}`;
    return refused('NO_CONTRADICTION', why);
  }
  if (bytesEqual(root, first.checkpoint.root)) {
    return refused('NO_CONTRADICTION', 'both notes tell one history');
  }
  return {
    proved: true,
    origin,
    first: { size: first.size, root: first.checkpoint.root, key: one.key },
    second: { size: second.size, root: second.checkpoint.root, key: other.key },
    otherRoot: root,
  };
}

type Refused = Extract<FraudVerdict, { proved: false }>;

function refused(code: FraudCode, why: string): Refused {
  return { proved: false, code, why };
}

function readFraud(bytes: Uint8Array): Fraud | { readonly why: string } {
  const json = parseStrictJson(bytes, FRAUD_MAX_BYTES);
  if (!json.ok) return { why: `not JSON of one meaning: ${json.reason}` };
  try {
    const f = new JsonField(json.value, '').fields('format', 'first', 'second', 'root', 'proof');
    f('format').is(FORMAT);
    return {
      first: f('first').text(),
      second: f('second').text(),
      root: hashAt(f('root')),
      proof: f('proof').list(MAX_PROOF_HASHES).map(hashAt),
    };
  } catch (error) {
    if (error instanceof JsonFault) return { why: error.message };
    throw error;
  }
}

function hashAt(field: JsonField): Uint8Array {
  const hash = fromBase64(field.text());
  return hash?.length === HASH_LENGTH ? hash : field.fail('must be the base64 of 32 bytes');
}

function readHead(text: string): Signed | null {
  const parsed = parseNote(utf8(text));
  const checkpoint = parsed.ok ? parseAnyCheckpoint(parsed.note.text) : null;
  if (!parsed.ok || checkpoint === null || checkpoint.size > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return { note: parsed.note, checkpoint, size: Number(checkpoint.size) };
}

/** The key that signed this head while it was in force. */
function signerOf(
  { note, size }: Signed,
  keys: readonly FraudKey[],
  use: Use,
): { readonly key: NoteKey } | Refused {
  const lines = note.lines.flatMap((line) => {
    const known = keys.filter(({ key }) => isLineOf(line, key));
    return known.map((k) => ({ ...k, good: verifyLine(note.text, line, k.key, use) !== null }));
  });
  const good = lines.filter((line) => line.good);
  if (good.length === 0) return refused('LOG_SIGNATURE', `no known key has signed the head of size ${size}`);
  // The head of size 0, with which a witness may be asked, is signed by the first key.
  const at = Math.max(size, 1);
  const inForce = good.find(({ from, to }) => at > from && (to === null || at <= to));
  return inForce ?? refused('KEY_NOT_VALID', `its key does not sign for size ${size}`);
}
