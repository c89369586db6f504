import { concatBytes, utf8 } from './encodings.ts';
import {
  LOCAL,
  LOCAL_BYTES,
  ZIP_MAX_FILE,
  ZIP_MAX_FILES,
  ZIP_MAX_RATIO,
  ZIP_MAX_UNPACKED,
  centralRecord,
  crc32,
  endRecord,
  header,
} from './zip-format.ts';

export type ZipFile = { readonly name: string; readonly bytes: Uint8Array };

/**
 * One part of a raw deflate stream (RFC 1951). All but the last end on a byte without ending the
 * stream; a part leans on nothing that went ahead, so parts made one by one are one stream together.
 */
export type Deflate = (bytes: Uint8Array, last: boolean) => Uint8Array;

/** Where a ZIP file goes. `patch` overwrites bytes that were written before. */
export type ZipSink = {
  write(bytes: Uint8Array): void;
  patch(at: number, bytes: Uint8Array): void;
};

/** What is held of an entry before it is deflated: memory does not grow with the entry. */
const PART_BYTES = 256 * 1024;
const STORED = 0;
const STREAMED = 8;
/** Longest block of deflate that stores its bytes as they are. */
const MAX_STORED = 65_535;

type Entry = {
  readonly name: string;
  readonly at: number;
  crc: number;
  length: number;
  packed: number;
};

/**
 * Writes the one framing of these files, an entry after the other, in pieces. A local header must say
 * the sizes of what follows it, so it is written empty and patched at the entry's end: the sink is a
 * file that can be sought, and nothing is spooled.
 */
export class ZipWriter {
  readonly #sink: ZipSink;
  readonly #deflate: Deflate;
  readonly #directory: Uint8Array[] = [];
  readonly #part = new Uint8Array(PART_BYTES);
  #held = 0;
  #at = 0;
  #count = 0;
  #unpacked = 0;
  #last = '';
  #entry: Entry | null = null;

  constructor(sink: ZipSink, deflate: Deflate) {
    this.#sink = sink;
    this.#deflate = deflate;
  }

  /** Begins the next entry. @throws RangeError for a name that does not ascend, or one too many */
  begin(name: string): void {
    if (this.#entry !== null) throw new RangeError(`${name} begins within ${this.#entry.name}`);
    if (name <= this.#last) throw new RangeError(`${name} stands after ${this.#last}`);
    if (++this.#count > ZIP_MAX_FILES) throw new RangeError(`${this.#count} files, at most ${ZIP_MAX_FILES}`);
    this.#last = name;
    this.#entry = { name, at: this.#at, crc: 0, length: 0, packed: 0 };
    this.#put(new Uint8Array(LOCAL_BYTES));
    this.#put(utf8(name));
  }

  /** @throws RangeError beyond what a reader unpacks */
  write(bytes: Uint8Array): void {
    const entry = this.#open();
    this.#unpacked += bytes.length;
    if (this.#unpacked > ZIP_MAX_UNPACKED)
      throw new RangeError(`${this.#unpacked} bytes, at most ${ZIP_MAX_UNPACKED}`);
    entry.crc = crc32(bytes, entry.crc);
    entry.length += bytes.length;
    if (entry.length > ZIP_MAX_FILE)
      throw new RangeError(`${entry.name}: ${entry.length} bytes, at most ${ZIP_MAX_FILE}`);
    for (let from = 0; from < bytes.length;) {
      if (this.#held === PART_BYTES) this.#flush(false);
      const taken = bytes.subarray(from, from + PART_BYTES - this.#held);
      this.#part.set(taken, this.#held);
      this.#held += taken.length;
      from += taken.length;
    }
  }

  end(): void {
    const entry = this.#open();
    const isWhole = entry.length === this.#held;
    const method = isWhole ? this.#whole(entry) : STREAMED;
    if (!isWhole) this.#flush(true);
    const head = header(method, entry.crc, entry.packed, entry.length, entry.name.length);
    this.#sink.patch(entry.at, concatBytes(signature(), head));
    this.#directory.push(centralRecord(head, entry.at), utf8(entry.name));
    this.#entry = null;
  }

  file({ name, bytes }: ZipFile): void {
    this.begin(name);
    this.write(bytes);
    this.end();
  }

  /** Writes the central directory and gives the length of the whole. */
  finish(): number {
    const central = concatBytes(...this.#directory);
    const offset = this.#at;
    this.#put(central);
    this.#put(endRecord(this.#count, central.length, offset));
    return this.#at;
  }

  /** An entry that fits in one part is stored as it is where deflating does not help, or helps too well. */
  #whole(entry: Entry): typeof STORED | typeof STREAMED {
    const bytes = this.#part.subarray(0, this.#held);
    const deflated = this.#deflate(bytes, true);
    const useful = deflated.length < bytes.length && bytes.length <= ZIP_MAX_RATIO * deflated.length;
    this.#pack(entry, useful ? deflated : bytes.slice());
    return useful ? STREAMED : STORED;
  }

  #flush(last: boolean): void {
    const entry = this.#open();
    const bytes = this.#part.subarray(0, this.#held);
    const deflated = this.#deflate(bytes, last);
    // No part beyond the ratio that a reader allows, so no entry beyond it.
    this.#pack(entry, bytes.length <= ZIP_MAX_RATIO * deflated.length ? deflated : storedBlocks(bytes, last));
  }

  #pack(entry: Entry, packed: Uint8Array): void {
    this.#put(packed);
    entry.packed += packed.length;
    this.#held = 0;
  }

  #put(bytes: Uint8Array): void {
    this.#sink.write(bytes);
    this.#at += bytes.length;
  }

  #open(): Entry {
    if (this.#entry === null) throw new RangeError('no entry was begun');
    return this.#entry;
  }
}

function signature(): Uint8Array {
  return Uint8Array.of(LOCAL & 0xff, (LOCAL >>> 8) & 0xff, (LOCAL >>> 16) & 0xff, LOCAL >>> 24);
}

/** These bytes as blocks of deflate that store them as they are. */
function storedBlocks(bytes: Uint8Array, last: boolean): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += MAX_STORED) {
    const block = bytes.subarray(from, from + MAX_STORED);
    const n = block.length;
    const final = last && from + n === bytes.length ? 1 : 0;
    blocks.push(Uint8Array.of(final, n & 0xff, n >>> 8, ~n & 0xff, (~n >>> 8) & 0xff), block);
  }
  return concatBytes(...blocks);
}

/** A ZIP file in memory. */
export class MemorySink implements ZipSink {
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;

  write(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  patch(at: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, at);
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** A bundle in memory. @throws RangeError for more or larger files than a reader opens */
export function writeZip(files: readonly ZipFile[], deflate: Deflate): Uint8Array {
  const sink = new MemorySink();
  const zip = new ZipWriter(sink, deflate);
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) zip.file(file);
  zip.finish();
  return sink.take();
}
