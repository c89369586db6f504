import type { Value } from '../domain/record.ts';
import type { SourceSegment } from './bundle-source.ts';
import type { Sha256 } from './primitives.ts';
import type { Segment } from './segment.ts';
import { CborError, decode, encode } from './cbor.ts';
import { saltOf } from './leaf.ts';
import { HASH_LENGTH, leafHash } from './merkle.ts';

/** One leaf as it is kept, with the salt that it has or had. */
export type KeptLeaf = {
  readonly seq: number;
  readonly t: number;
  readonly type: number;
  readonly body: readonly Value[];
  readonly salt: Uint8Array;
};

/** A place in a segment: its leaf, or what is left of one that was erased, the hash LH(L). */
export type Place = KeptLeaf | Uint8Array;

/**
 * All n places of a stored segment in seq order; null when all of it was erased.
 * @throws CborError for bytes that are none
 */
export function placesOf(sha256: Sha256, segment: Segment, stored: SourceSegment): readonly Place[] | null {
  const { erased = null, key } = stored;
  if (erased === null) {
    const items = itemsOf(decode(stored.leaves));
    if (items.length !== segment.n || (key === null && segment.n > 0))
      throw new CborError(`${items.length} leaves of ${segment.n}, ${key === null ? 'without a key' : ''}`);
    return items.map((item, i) => {
      const seq = segment.seq0 + i;
      return leafOf(item, seq, key === null ? new Uint8Array() : saltOf(sha256, key, seq));
    });
  }
  if (erased.rest === null) return null;
  const items = itemsOf(decode(erased.rest));
  if (items.length !== segment.n) throw new CborError(`${items.length} leaves of ${segment.n}`);
  return items.map((item, i) => {
    if (item instanceof Uint8Array && item.length === HASH_LENGTH) return item;
    const [salt, ...leaf] = itemsOf(item);
    if (!(salt instanceof Uint8Array)) throw new CborError(`leaf ${segment.seq0 + i} has no salt`);
    return leafOf(leaf, segment.seq0 + i, salt);
  });
}

/** `L = [salt, seq, t, type, body]` as a value. */
export function leafValue({ salt, seq, t, type, body }: KeptLeaf): readonly Value[] {
  return [salt, seq, t, type, body];
}

/** LH(L) of a place, erased or not. */
export function hashOfPlace(sha256: Sha256, place: Place): Uint8Array {
  return place instanceof Uint8Array ? place : leafHash(sha256, encode(leafValue(place)));
}

function leafOf(item: Value, seq: number, salt: Uint8Array): KeptLeaf {
  const [t, type, body, ...more] = itemsOf(item);
  if (typeof t !== 'number' || typeof type !== 'number' || !Array.isArray(body) || more.length > 0)
    throw new CborError(`leaf ${seq} is no [t, type, body]`);
  return { seq, t, type, body, salt };
}

function itemsOf(value: Value): readonly Value[] {
  if (!Array.isArray(value)) throw new CborError('no array where leaves must be');
  return value;
}
