import type { Value } from '../domain/record.ts';
import { CborReader } from './cbor-reader.ts';
import { CborError, CborWriter } from './cbor-writer.ts';

export { CborError } from './cbor-writer.ts';

/**
 * The evidence profile of CBOR (RFC 8949): integers within ±(2^53-1), byte strings, text, arrays and
 * null, each in its one shortest form. A value has one encoding and an encoding one value.
 */

const SCRATCH_LIMIT = 64 * 1024;
let scratch = new CborWriter(1024);

/** @throws CborError for a value the profile cannot carry */
export function encode(value: Value): Uint8Array {
  scratch.clear();
  scratch.value(value);
  const bytes = scratch.take();
  // One large document must not keep its memory for good.
  if (scratch.capacity > SCRATCH_LIMIT) scratch = new CborWriter(1024);
  return bytes;
}

/**
 * As `encode`, for what takes megabytes time and again: room is made for it at once, and the bytes are not copied.
 * @param about how many bytes it took before. @throws CborError for a value the profile cannot carry
 */
export function encodeLarge(value: Value, about: number): Uint8Array {
  if (about <= SCRATCH_LIMIT) return encode(value);
  const writer = new CborWriter(about + (about >> 4));
  writer.value(value);
  return writer.view();
}

/** The one item that these bytes are. @throws CborError for anything outside the profile */
export function decode(bytes: Uint8Array): Value {
  const reader = new CborReader(bytes);
  const value = reader.item();
  if (!reader.done) throw new CborError(`${reader.left} bytes after the item`);
  return value;
}

/** Item by item of a CBOR sequence (RFC 8742). @throws CborError where the sequence breaks */
export function* decodeItems(bytes: Uint8Array): Generator<Value, void, undefined> {
  const reader = new CborReader(bytes);
  while (!reader.done) yield reader.item();
}

/** All items of a CBOR sequence. @throws CborError where the sequence breaks */
export function decodeSequence(bytes: Uint8Array): Value[] {
  return [...decodeItems(bytes)];
}
