import type { Secp256k1Key } from '../../anchoring/secp256k1-key.ts';
import type { LogKeys, LogSigner } from '../../anchoring/signer.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { StorageError } from '../../domain/errors.ts';
import { formatNoteKey, noteKey, type NoteKey } from '../../evidence/note-key.ts';
import type { NoteSigner } from '../../evidence/note.ts';
import { makeKeys, readKeys, type KeyPair } from './key-files.ts';
import {
  erasable,
  firstKey,
  keysNote,
  keysOf,
  signingAt,
  stateOf,
  tailKeyAt,
  type KeyEntry,
} from './key-list.ts';
import { sha256 } from '../site/primitives.ts';

export type KeyringParts = {
  readonly journal: Pick<SqliteJournal, 'meta' | 'putMeta' | 'size'>;
  /** Folder of the key files. */
  readonly directory: string;
  readonly origin: string;
  /** Key 0 of the log; asked for only while it is still needed. */
  readonly firstLog: () => LogSigner;
  /** Key 0 of the ledger line, as configured; null without a ledger. */
  readonly ledgerKey: Secp256k1Key | null;
};

/** The keys of this gateway's log with their private halves: who signs what, over every rotation. */
export class Keyring implements LogKeys {
  readonly #parts: KeyringParts;
  readonly #pairs = new Map<number, KeyPair>();
  #entries: readonly KeyEntry[];

  /** @throws StorageError FORK when the log key is not the one that signed this log so far */
  constructor(parts: KeyringParts) {
    const { journal, firstLog, ledgerKey } = parts;
    this.#parts = parts;
    const kept = keysOf(journal);
    // What signs nothing any more may be gone already: we may have died between erasing and recording it.
    const over = new Set(erasable(kept, journal.size()).map(({ no }) => no));
    const isNeeded = ({ no, erased }: KeyEntry): boolean => !erased && !over.has(no);
    if (kept[0] === undefined || isNeeded(kept[0]))
      this.#pairs.set(0, { log: firstLog(), ledger: ledgerKey });
    for (const entry of kept.slice(1)) if (isNeeded(entry)) this.#pairs.set(entry.no, this.#read(entry.no));
    const first = this.#pairs.get(0);
    const isNew = kept.length === 0 && first !== undefined;
    this.#entries = isNew ? [firstKey(this.#log(first), this.#ledger(first))] : kept;
    for (const { no, log } of this.#entries) this.#requireSame(no, log);
    this.#keep();
  }

  get entries(): readonly KeyEntry[] {
    return this.#entries;
  }

  /** The key pair in force, and the announced one where a rotation is under way. */
  get current(): { readonly entry: KeyEntry; readonly pair: KeyPair } {
    return this.#in('in-force') ?? this.#lost('in force');
  }

  get announced(): { readonly entry: KeyEntry; readonly pair: KeyPair } | null {
    return this.#in('announced');
  }

  /** What was committed is in force. */
  replace(entries: readonly KeyEntry[]): void {
    for (const entry of entries) {
      if (entry.erased) this.#pairs.delete(entry.no);
      else if (stateOf(entry) === 'announced' && !this.#pairs.has(entry.no))
        this.#pairs.set(entry.no, this.#read(entry.no));
    }
    this.#entries = entries;
  }

  /** Makes the next key pair, or finds the one that a start before this one made. */
  makeNext(): { readonly pair: KeyPair; readonly log: string; readonly ledger: string | null } {
    const { directory, ledgerKey } = this.#parts;
    const pair = makeKeys(directory, this.#entries.length, ledgerKey !== null);
    return { pair, log: this.#log(pair), ledger: this.#ledger(pair) };
  }

  tailSigner(no: number): LogSigner {
    const entry = tailKeyAt(this.#entries, no);
    return (entry === undefined ? null : this.#pairs.get(entry.no)?.log) ?? this.#lost(`of block ${no}`);
  }

  /** The newest key's lines come last: that is the order in which a ledger is asked, from the end. */
  noteSigners(size: number): readonly NoteSigner[] {
    return signingAt(this.#entries, size).flatMap(({ no }) => {
      const { log, ledger } = this.#pairs.get(no) ?? this.#lost(String(no));
      const own: NoteSigner = { key: this.#named('ed25519', log), sign: (message) => log.sign(message) };
      if (ledger === null) return [own];
      return [own, { key: this.#named('ledger', ledger), sign: (digest: Uint8Array) => ledger.sign(digest) }];
    });
  }

  #in(state: 'in-force' | 'announced'): { readonly entry: KeyEntry; readonly pair: KeyPair } | null {
    const entry = this.#entries.find((key) => stateOf(key) === state);
    const pair = entry === undefined ? undefined : this.#pairs.get(entry.no);
    return entry === undefined || pair === undefined ? null : { entry, pair };
  }

  /** Without a ledger a rotated pair has no second key, though one was made when there was a ledger. */
  #read(no: number): KeyPair {
    const { directory, ledgerKey } = this.#parts;
    return readKeys(directory, no, ledgerKey === null ? 'none' : ledgerKey);
  }

  #requireSame(no: number, kept: string): void {
    const pair = this.#pairs.get(no);
    if (pair === undefined || this.#log(pair) === kept) return;
    throw new StorageError('FORK', `log key ${no} is ${this.#log(pair)}, but this log is signed by ${kept}`);
  }

  /** The configured ledger key may have been changed before its log was enrolled. */
  #keep(): void {
    const { journal } = this.#parts;
    const entries = this.#entries.map((entry) => {
      const pair = this.#pairs.get(entry.no);
      return pair === undefined ? entry : { ...entry, ledger: this.#ledger(pair) ?? entry.ledger };
    });
    const { key, value } = keysNote(entries);
    if (journal.meta(key) !== value) journal.putMeta(key, value);
    this.#entries = entries;
  }

  #named(kind: 'ed25519' | 'ledger', { publicKey }: { readonly publicKey: Uint8Array }): NoteKey {
    return noteKey(sha256, this.#parts.origin, kind, publicKey);
  }

  #log({ log }: KeyPair): string {
    return formatNoteKey(this.#named('ed25519', log));
  }

  #ledger({ ledger }: KeyPair): string | null {
    return ledger === null ? null : formatNoteKey(this.#named('ledger', ledger));
  }

  #lost(which: string): never {
    throw new StorageError('CORRUPT', `there is no log key ${which}`);
  }
}
