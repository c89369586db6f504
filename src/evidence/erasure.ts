import type { SourceSegment } from './bundle-source.ts';
import type { Sha256 } from './primitives.ts';
import { encode } from './cbor.ts';
import { hashOfPlace, placesOf } from './segment-leaves.ts';
import { decodeSegment } from './segment.ts';

/** What an erasure makes of a segment: `rest` as in `ErasedSegment`, and how many leaves go. */
export type SegmentCut = { readonly rest: Uint8Array | null; readonly gone: number };

/**
 * Takes the leaves of [from, to) out of a stored segment (evidence section 13). The key of its salts
 * must go with them, since it would let anybody try values against their hashes; so each leaf that
 * stays gets its salt stored, and each that goes leaves LH(L), which 128 unknown bits protect. Every
 * path in the segment can still be made.
 *
 * @returns null when the segment has no such leaf
 * @throws CborError for a stored segment that is none
 */
export function cutSegment(
  sha256: Sha256,
  stored: SourceSegment,
  from: number,
  to: number,
): SegmentCut | null {
  const segment = decodeSegment(stored.segment);
  const places = placesOf(sha256, segment, stored);
  if (places === null) return null;
  let gone = 0;
  const left = places.map((place) => {
    if (place instanceof Uint8Array || place.t < from || place.t >= to) return place;
    gone += 1;
    return hashOfPlace(sha256, place);
  });
  if (gone === 0) return null;
  if (left.every((place) => place instanceof Uint8Array)) return { rest: null, gone };
  const rest = left.map((place) =>
    place instanceof Uint8Array ? place : [place.salt, place.t, place.type, place.body],
  );
  return { rest: encode(rest), gone };
}
