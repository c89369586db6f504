import type { StoredFile } from '../domain/commit.ts';
import type { GoodsDocument } from '../domain/goods/documents.ts';
import { readDocument } from './document-reader.ts';
import type { Documents } from './part.ts';

/** Finds a file of the journal by its hash; null for one that is not there. */
export type Kept = (sha256: Uint8Array) => Uint8Array | null;

/** Where documents are found: in what comes with the records that name them, then in the journal. */
export class Shelf {
  readonly #kept: Kept;
  readonly #offered: StoredFile[] = [];
  /** The last one looked for: every part asks for the same. */
  #last: { readonly sha256: Uint8Array; readonly document: GoodsDocument | null } | null = null;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  /** These come with the records that are decided next. */
  offer(files: readonly StoredFile[]): void {
    this.#offered.push(...files);
  }

  /** They are in the journal by now, or never will be. */
  clear(): void {
    this.#offered.length = 0;
    this.#last = null;
  }

  readonly find: Documents = (sha256) => {
    if (this.#last !== null && isSame(this.#last.sha256, sha256)) return this.#last.document;
    const bytes = this.#offered.find((file) => isSame(file.sha256, sha256))?.bytes ?? this.#kept(sha256);
    const read = bytes === null ? null : readDocument(bytes);
    const document = read?.ok === true ? read.value : null;
    this.#last = { sha256, document };
    return document;
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
