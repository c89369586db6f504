import { putU32, putU64 } from './big-endian.ts';
import type { PackedLeaves, StoredLeaf } from './commit.ts';

/** Bytes before t. */
export const PACKED_HEAD = 16;

/** Writes what stands before t, type and body; they have `length` bytes together. */
export function putPackedHead(out: Uint8Array, at: number, slot: number, seq: number, length: number): void {
  putU32(out, at, slot);
  putU64(out, at + 4, seq);
  putU32(out, at + 12, length);
}

/** The leaves again, each body a view. Ends early where the bytes are damaged. */
export function* unpackLeaves({ n, bytes }: PackedLeaves): Generator<StoredLeaf, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0, at = 0; i < n && at + PACKED_HEAD <= bytes.length; i++) {
    const slot = view.getUint32(at);
    const seq = view.getUint32(at + 4) * 2 ** 32 + view.getUint32(at + 8);
    const from = at + PACKED_HEAD;
    at = from + view.getUint32(at + 12);
    if (at > bytes.length) return;
    const t = unsignedAt(view, from, at);
    const type = t === null ? null : unsignedAt(view, t.end, at);
    if (t === null || type === null || !Number.isSafeInteger(seq)) return;
    yield { slot, seq, t: t.value, type: type.value, body: bytes.subarray(type.end, at) };
  }
}

/** The CBOR unsigned integer that begins at `from` and ends before `limit`. */
function unsignedAt(
  view: DataView,
  from: number,
  limit: number,
): { readonly value: number; readonly end: number } | null {
  const first = from < limit ? view.getUint8(from) : 0xff;
  const size = first < 24 ? 0 : first <= 27 ? 2 ** (first - 24) : limit;
  const end = from + 1 + size;
  if (end > limit) return null;
  if (size === 0) return { value: first, end };
  if (size === 1) return { value: view.getUint8(from + 1), end };
  if (size === 2) return { value: view.getUint16(from + 1), end };
  if (size === 4) return { value: view.getUint32(from + 1), end };
  const value = view.getUint32(from + 1) * 2 ** 32 + view.getUint32(from + 5);
  return Number.isSafeInteger(value) ? { value, end } : null;
}
