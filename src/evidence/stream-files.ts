import type { BundleSource, SourceSegment } from './bundle-source.ts';
import type { LeafPick } from './leaf-pick.ts';
import type { Sha256 } from './primitives.ts';
import type { ZipWriter } from './zip-writer.ts';
import { streamFile } from './bundle-files.ts';
import { present, soundly } from './bundle-source.ts';
import { CborWriter } from './cbor-writer.ts';
import { toHex } from './encodings.ts';
import { HashTree } from './hash-tree.ts';
import { picks } from './leaf-pick.ts';
import { hashOfPlace, leafValue, placesOf } from './segment-leaves.ts';
import { decodeSegment } from './segment.ts';

/** The segments of one stream with their paths, growing block by block, and the descriptors they name. */
export class SegmentFile {
  readonly slot: number;
  readonly #segments = new CborWriter(4096);
  readonly #descs = new Set<string>();

  constructor(slot: number) {
    this.slot = slot;
  }

  /** @param segment CBOR of S; undefined before the slot was opened */
  add(no: number, tree: HashTree, segment: Uint8Array | undefined): void {
    if (segment === undefined) {
      this.#segments.value(null);
      return;
    }
    this.#segments.arrayHead(2);
    this.#segments.raw(segment);
    this.#segments.value(tree.path(this.slot));
    this.#descs.add(toHex(soundly(placeName(no, this.slot), () => decodeSegment(segment)).desc));
  }

  /** Writes the files of this stream in their order, asking for its leaves block by block. */
  write(
    zip: ZipWriter,
    descriptors: ReadonlyMap<string, Uint8Array>,
    leaves: { readonly part: 'full' | 'some'; readonly blocks: Iterable<Uint8Array> } | null,
  ): void {
    zip.begin(streamFile(this.slot, 'descriptors'));
    for (const desc of this.#descs) zip.write(present(descriptors.get(desc) ?? null, `descriptor ${desc}`));
    zip.end();
    const segments = { name: streamFile(this.slot, 'segments'), bytes: this.#segments.view() };
    // The names ascend: full, segments, some.
    if (leaves?.part !== 'full') zip.file(segments);
    if (leaves !== null) {
      zip.begin(streamFile(this.slot, leaves.part));
      for (const bytes of leaves.blocks) zip.write(bytes);
      zip.end();
    }
    if (leaves?.part === 'full') zip.file(segments);
  }
}

/** `[K, [[t, type, body]*]]` or null of each block [a, b). */
export function* fullLeaves(source: BundleSource, slot: number, a: number, b: number): Generator<Uint8Array> {
  const writer = new CborWriter(4096);
  for (let no = a; no < b; no++) {
    writer.clear();
    const stored = source.segment(no, slot);
    if (stored === null) writer.value(null);
    else {
      writer.arrayHead(2);
      writer.value(stored.key);
      writer.raw(stored.leaves);
    }
    yield writer.view();
  }
}

/** `[no, index, L, path]` of each leaf in blocks [a, b) that is picked and was not erased. */
export function* someLeaves(
  source: BundleSource,
  slot: number,
  a: number,
  b: number,
  pick: LeafPick,
  sha256: Sha256,
): Generator<Uint8Array> {
  const writer = new CborWriter(4096);
  for (let no = a; no < b; no++) {
    const stored = source.segment(no, slot);
    if (stored === null) continue;
    writer.clear();
    soundly(placeName(no, slot), () => putSome(writer, no, stored, pick, sha256));
    if (writer.length > 0) yield writer.view();
  }
}

function putSome(
  writer: CborWriter,
  no: number,
  stored: SourceSegment,
  pick: LeafPick,
  sha256: Sha256,
): void {
  const places = placesOf(sha256, decodeSegment(stored.segment), stored);
  if (places === null) return;
  let tree: HashTree | null = null;
  for (const [index, place] of places.entries()) {
    if (place instanceof Uint8Array || !picks(pick, place)) continue;
    tree ??= new HashTree(
      sha256,
      places.map((p) => hashOfPlace(sha256, p)),
    );
    writer.value([no, index, leafValue(place), tree.path(index)]);
  }
}

/** Whether a stream still has all its leaves in blocks [a, b). */
export function isWhole(source: BundleSource, slot: number, a: number, b: number): boolean {
  for (let no = a; no < b; no++) if (source.isErased(no, slot)) return false;
  return true;
}

function placeName(no: number, slot: number): string {
  return `segment of block ${no}, slot ${slot}`;
}
