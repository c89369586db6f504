/** C2SP signed-note v1.0.0 and tlog-cosignature v1.0.1: texts with signature lines under them. */
import type { NoteKey } from './note-key.ts';
import type { Sha256, VerifyEd25519 } from './primitives.ts';
import { bytesEqual, concatBytes, fromBase64, fromUtf8, toBase64, toHex, utf8 } from './encodings.ts';
import { verifyLedgerSignature } from './ledger-line.ts';
import { isNoteName } from './note-key.ts';
import { sm2Digest, verifySm2 } from './sm2.ts';

const NOTE_MAX_BYTES = 16_384;
const NOTE_MAX_LINES = 32;

/** One signature line as it stands: nothing of it is verified yet. */
export type NoteLine = {
  readonly name: string;
  /** Key id (4 bytes) ‖ signature: the decoded base64 of the line. */
  readonly decoded: Uint8Array;
};

export type Note = { readonly text: string; readonly lines: readonly NoteLine[] };
export type ParsedNote =
  { readonly ok: true; readonly note: Note } | { readonly ok: false; readonly why: string };

/** A line that verifies under a known key; `at` is a cosignature's own time, seconds since 1970. */
export type VerifiedLine = { readonly key: NoteKey; readonly line: NoteLine; readonly at: number | null };

export type OpenedNote =
  | {
      readonly ok: true;
      readonly text: string;
      readonly verified: readonly VerifiedLine[];
      readonly unknown: number;
    }
  | { readonly ok: false; readonly why: string };

/** Makes one line: `sign` gets the bytes that the kind of key signs, and gives the signature. */
export type NoteSigner = { readonly key: NoteKey; readonly sign: (message: Uint8Array) => Uint8Array };

const DASH = '— ';

/** The form only: last blank line, 1…32 lines, standard base64, no control characters. */
export function parseNote(bytes: Uint8Array): ParsedNote {
  if (bytes.length > NOTE_MAX_BYTES) return { ok: false, why: `note of ${bytes.length} bytes` };
  const whole = fromUtf8(bytes);
  if (whole === null) return { ok: false, why: 'note is not UTF-8' };
  if (hasControl(whole)) return { ok: false, why: 'note has a control character' };
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) return { ok: false, why: 'note has no blank line before its signatures' };
  const tail = whole.slice(split + 2);
  if (tail === '' || !tail.endsWith('\n')) return { ok: false, why: 'note does not end in a signature line' };
  const lines = tail.slice(0, -1).split('\n');
  if (lines.length > NOTE_MAX_LINES) return { ok: false, why: `note with ${lines.length} signature lines` };
  const parsed: NoteLine[] = [];
  for (const line of lines) {
    const read = parseNoteLine(line);
    if (read === null) return { ok: false, why: `not a signature line: ${line.slice(0, 80)}` };
    parsed.push(read);
  }
  return { ok: true, note: { text: whole.slice(0, split + 1), lines: parsed } };
}

/** A single line without its newline, e.g. a witness' answer; null when it is none. */
export function parseNoteLine(line: string): NoteLine | null {
  if (!line.startsWith(DASH)) return null;
  const [name = '', encoded = '', ...rest] = line.slice(DASH.length).split(' ');
  const decoded = fromBase64(encoded);
  if (rest.length > 0 || !isNoteName(name) || decoded === null || decoded.length < 5) return null;
  return { name, decoded };
}

/** Newline is the only control character of a note (C2SP signed-note). */
function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}

export function isLineOf(line: NoteLine, key: NoteKey): boolean {
  return line.name === key.name && bytesEqual(line.decoded.subarray(0, 4), key.id);
}

/** Checks a line that names `key`; null when its signature is not that of this text. */
export function verifyLine(
  text: string,
  line: NoteLine,
  key: NoteKey,
  use: { readonly sha256: Sha256; readonly verifyEd25519: VerifyEd25519 },
): VerifiedLine | null {
  const signature = line.decoded.subarray(4);
  if (key.kind === 'cosignature') {
    const at = cosignatureTime(line);
    if (at === null) return null;
    const message = cosignatureMessage(text, at);
    return use.verifyEd25519(key.publicKey, message, signature.subarray(8)) ? { key, line, at } : null;
  }
  return verifyText(utf8(text), key, signature, use) ? { key, line, at: null } : null;
}

function verifyText(
  text: Uint8Array,
  { kind, publicKey }: NoteKey,
  signature: Uint8Array,
  use: { readonly sha256: Sha256; readonly verifyEd25519: VerifyEd25519 },
): boolean {
  if (kind === 'ledger') return verifyLedgerSignature(publicKey, use.sha256(text), signature);
  if (kind === 'sm2') return verifySm2(publicKey, sm2Digest(publicKey, text), signature);
  return use.verifyEd25519(publicKey, text, signature);
}

/** Time a line would name were it a cosignature (4 + 8 + 64 bytes), seconds; null when it cannot be one. */
export function cosignatureTime(line: NoteLine): number | null {
  if (line.decoded.length !== 76) return null;
  const seconds = new DataView(line.decoded.buffer, line.decoded.byteOffset).getBigUint64(4);
  return seconds <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seconds) : null;
}

/** What a cosignature signs (C2SP tlog-cosignature): a header, its time and the checkpoint's text. */
function cosignatureMessage(text: string, at: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${at}\n${text}`);
}

/**
 * Opens a note with the keys that are known. A known key whose signature fails spoils the note;
 * a line repeated exactly counts once, so repetition never fills a quorum.
 */
export function openNote(
  bytes: Uint8Array,
  keys: readonly NoteKey[],
  use: { readonly sha256: Sha256; readonly verifyEd25519: VerifyEd25519 },
): OpenedNote {
  const parsed = parseNote(bytes);
  if (!parsed.ok) return parsed;
  const { text, lines } = parsed.note;
  const verified = new Map<string, VerifiedLine>();
  let unknown = 0;
  for (const line of lines) {
    const key = keys.find((k) => isLineOf(line, k));
    if (key === undefined) {
      unknown += 1;
      continue;
    }
    const good = verifyLine(text, line, key, use);
    if (good === null)
      return { ok: false, why: `signature of ${key.name} (${toHex(key.id)}) does not verify` };
    verified.set(`${key.name} ${toHex(line.decoded)}`, good);
  }
  if (verified.size === 0) return { ok: false, why: 'note has no signature of a known key' };
  return { ok: true, text, verified: [...verified.values()], unknown };
}

function formatNoteLine(line: NoteLine): string {
  return `${DASH}${line.name} ${toBase64(line.decoded)}\n`;
}

/** A note as it stands in a file, of a text that ends in newline. */
export function formatNote(text: string, lines: readonly NoteLine[]): string {
  return `${text}\n${lines.map(formatNoteLine).join('')}`;
}

/** Signs a text that ends in newline; cosignatures are made by `cosign`, for they bear a time. */
export function signNote(text: string, signers: readonly NoteSigner[], sha256: Sha256): string {
  const lines = signers.map(({ key, sign }) => {
    const signature = sign(key.kind === 'ledger' ? sha256(utf8(text)) : utf8(text));
    return { name: key.name, decoded: concatBytes(key.id, signature) };
  });
  return formatNote(text, lines);
}

/** A witness' line over a checkpoint text at a time in whole seconds since 1970. */
export function cosign(text: string, at: number, signer: NoteSigner): string {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(at));
  const signature = signer.sign(cosignatureMessage(text, at));
  return formatNoteLine({ name: signer.key.name, decoded: concatBytes(signer.key.id, time, signature) });
}
