import type { Beacon } from '../../evidence/block.ts';
import { utf8 } from '../../evidence/encodings.ts';
import type { NoteKey } from '../../evidence/note-key.ts';
import { cosignatureTime, isLineOf, parseNote, type NoteLine } from '../../evidence/note.ts';
import type { Sha256 } from '../../evidence/primitives.ts';

/** The journal's notes. */
export type NoteStore = {
  latestNote(): { readonly size: number; readonly note: string } | null;
  note(size: number): string | null;
  putNote(size: number, note: string): void;
};

export type NamedKey = { readonly key: NoteKey; readonly owner: string };

/** A block names at most so many beacons (evidence section 4.4). */
const MOST_BEACONS = 8;
/** Kind 2: a cosigned head of this log. */
const COSIGNED_HEAD = 2;
/** So many of the newest heads are looked through at a start. */
export const LOOK_BACK = 1000;

/** Which of the stored heads bear whose cosignatures. */
export class CosignedHeads {
  readonly #store: NoteStore;
  readonly #witnesses: readonly NamedKey[];
  readonly #quorum: number;
  readonly #sha256: Sha256;
  /** Size of the newest head with cosignatures of k distinct owners. */
  #newest = 0;
  /** Of each owner its newest cosignature. */
  readonly #latest = new Map<string, { readonly beacon: Beacon; readonly at: number }>();

  constructor(store: NoteStore, witnesses: readonly NamedKey[], quorum: number, sha256: Sha256) {
    this.#store = store;
    this.#witnesses = witnesses;
    this.#quorum = quorum;
    this.#sha256 = sha256;
    const from = store.latestNote()?.size ?? 0;
    const owners = new Set(witnesses.map((w) => w.owner)).size;
    for (let size = from; size > Math.max(0, from - LOOK_BACK); size--) {
      this.#take(size);
      if (this.#newest > 0 && this.#latest.size === owners) break;
    }
  }

  /** The newest head that may be anchored; null while none bears k cosignatures. */
  newest(): { readonly size: number; readonly note: string } | null {
    const note = this.#newest === 0 ? null : this.#store.note(this.#newest);
    return note === null ? null : { size: this.#newest, note };
  }

  /** Whether the head of this size bears a line of this key. */
  has(size: number, key: NoteKey): boolean {
    return this.#linesOf(size).some((line) => isLineOf(line, key));
  }

  /** Stores a line with its head; durable when it returns. A first one of its key stays: beacons name it. */
  put(size: number, key: NoteKey, line: string): void {
    const note = this.#store.note(size);
    if (note === null || this.has(size, key)) return;
    this.#store.putNote(size, note + line);
    this.#take(size);
  }

  /** Distinct owners whose cosignature the head of this size bears. */
  owners(size: number): number {
    return ownersIn(this.#cosigned(size));
  }

  /** For the next block: of each owner its newest cosignature, the newest first. */
  beacons(): readonly Beacon[] {
    const all = [...this.#latest.values()].sort((x, y) => y.at - x.at);
    return all.slice(0, MOST_BEACONS).map(({ beacon }) => beacon);
  }

  #take(size: number): void {
    const cosigned = this.#cosigned(size);
    for (const { owner, at, line } of cosigned) {
      const known = this.#latest.get(owner);
      if (known !== undefined && known.at >= at) continue;
      const hash = this.#sha256(line.decoded);
      this.#latest.set(owner, { at, beacon: { kind: COSIGNED_HEAD, number: size, hash } });
    }
    if (size > this.#newest && new Set(cosigned.map((c) => c.owner)).size >= this.#quorum)
      this.#newest = size;
  }

  #cosigned(size: number): readonly Cosignature[] {
    return cosignaturesOn(this.#store.note(size), this.#witnesses);
  }

  #linesOf(size: number): readonly NoteLine[] {
    return linesOf(this.#store.note(size));
  }
}

/** A line of a witness on a stored head; it was checked when it came. */
export type Cosignature = { readonly owner: string; readonly at: number; readonly line: NoteLine };

/** The lines of these witnesses on a note. */
export function cosignaturesOn(note: string | null, witnesses: readonly NamedKey[]): readonly Cosignature[] {
  return linesOf(note).flatMap((line) => {
    const witness = witnesses.find(({ key }) => isLineOf(line, key));
    const at = cosignatureTime(line);
    return witness === undefined || at === null ? [] : [{ owner: witness.owner, at, line }];
  });
}

/** How many distinct owners they are of. */
export function ownersIn(cosignatures: readonly Cosignature[]): number {
  return new Set(cosignatures.map((c) => c.owner)).size;
}

function linesOf(note: string | null): readonly NoteLine[] {
  const parsed = note === null ? null : parseNote(utf8(note));
  return parsed?.ok === true ? parsed.note.lines : [];
}
