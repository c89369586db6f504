/** The two texts of C2SP tlog-witness v1.0.0: what is asked of a witness, and how. */
import { fromBase64, fromUtf8, toBase64 } from '../../evidence/encodings.ts';
import { MAX_PROOF_HASHES } from '../../evidence/fraud.ts';
import { HASH_LENGTH } from '../../evidence/merkle.ts';
import type { AnchorRequest } from '../port.ts';

/** Path of the call below a witness' address. */
export const ADD_CHECKPOINT = 'add-checkpoint';

/** Folder below it where `bailee witness` shows the head it cosigned last, by origin; not of C2SP. */
export const HEADS = 'heads';

/** Media type of the answer that names the size a witness knows. */
export const SIZE_TYPE = 'text/x.tlog.size';

/** A note has at most 16 KiB, a proof 63 lines of 45 bytes, the first line 25. */
export const MAX_REQUEST_BYTES = 16_384 + MAX_PROOF_HASHES * 45 + 26;

export type ParsedRequest =
  { readonly ok: true; readonly request: AnchorRequest } | { readonly ok: false; readonly why: string };

export function formatRequest({ oldSize, proof, note }: AnchorRequest): string {
  return [`old ${oldSize}`, ...proof.map(toBase64), '', note].join('\n');
}

/** The form only: the note is not looked into. */
export function parseRequest(body: Uint8Array): ParsedRequest {
  const text = fromUtf8(body);
  if (text === null) return refused('the request is not UTF-8');
  const blank = text.indexOf('\n\n');
  if (blank < 0) return refused('no empty line stands before the checkpoint');
  const [first = '', ...lines] = text.slice(0, blank).split('\n');
  const oldSize = parseSize(first.startsWith('old ') ? first.slice(4) : '');
  if (oldSize === null) return refused(`the first line must be "old" and a size: ${first.slice(0, 40)}`);
  if (lines.length > MAX_PROOF_HASHES) return refused(`a proof of ${lines.length} hashes`);
  const proof = lines.map(fromBase64);
  if (!proof.every((hash) => hash?.length === HASH_LENGTH)) {
    return refused('a line of the proof is no base64 of 32 bytes');
  }
  const hashes = proof.filter((hash) => hash !== null);
  return { ok: true, request: { oldSize, proof: hashes, note: text.slice(blank + 2) } };
}

/** A size as it is written: decimal digits without leading zeros, 64 bits. */
export function parseSize(text: string): bigint | null {
  if (!/^(0|[1-9]\d{0,19})$/.test(text)) return null;
  const size = BigInt(text);
  return size < 1n << 64n ? size : null;
}

function refused(why: string): ParsedRequest {
  return { ok: false, why };
}
