import { openArchive, type SqliteArchive } from '../../buffer/archive.ts';
import { epochsOf } from '../../buffer/epochs.ts';
import type { EventRow } from '../../domain/epcis-events.ts';
import type { GoodsDocument } from '../../domain/goods/documents.ts';
import { RecordType, type LogRecord } from '../../domain/record.ts';
import { keysOf } from '../../epcis/event-keys.ts';
import { readDocument as readEpcis } from '../../epcis/event-reader.ts';
import { writeEvent, type WrittenEvent } from '../../epcis/event-writer.ts';
import { JournalEvents } from '../../epcis/journal/journal-events.ts';
import type { Memory } from '../../epcis/journal/memory.ts';
import type { Naming } from '../../epcis/journal/naming.ts';
import { declaredWrong, withdrawalIn } from '../../epcis/journal/withdrawing.ts';
import { encode } from '../../evidence/cbor.ts';
import { encodeLeaf, saltOf } from '../../evidence/leaf.ts';
import { leafHash } from '../../evidence/merkle.ts';
import { readDocument } from '../../goods/document-reader.ts';
import { identityOf } from '../keys/identity.ts';
import { recordsOf } from '../recording/record-walk.ts';
import { sha256 } from '../site/primitives.ts';

/** Where events that were made before are found, and what is remembered in making them. */
export type EventMemory = Memory & {
  event(id: string): { readonly kind: string; readonly json: string } | null;
};

/** Makes events of the sealed blocks of one epoch, in their order. */
export class EventWalk {
  readonly #archive: SqliteArchive;
  readonly #memory: EventMemory;
  readonly #events: JournalEvents;
  readonly #origin: string;

  /** @param directory where documents of earlier epochs are found, too: an order may be carried out in the next one */
  constructor(naming: Naming, memory: EventMemory, archive: SqliteArchive, directory: string) {
    this.#archive = archive;
    this.#memory = memory;
    const find = (hash: Uint8Array): GoodsDocument | null =>
      documentIn(archive, hash) ?? documentBefore(directory, hash);
    this.#events = new JournalEvents(naming, memory, find, sha256);
    this.#origin = identityOf(archive)?.origin ?? '';
  }

  get namespaces(): Readonly<Record<string, string>> {
    return this.#events.namespaces;
  }

  /** The epoch begins at `t`, after another. */
  begin(t: number): EventRow[] {
    return this.#events.beginEpoch(t).map(rowOf);
  }

  /** Events of one block; each can be looked for as soon as it was made. */
  *ofBlock(no: number): Generator<EventRow, void, void> {
    const keys = new Map<number, Uint8Array | null>();
    const store = {
      segmentHeads: (block: number) => this.#archive.segmentHeads(block),
      segment: (block: number, slot: number) => {
        const segment = this.#archive.segment(block, slot);
        keys.set(slot, segment?.key ?? null);
        return segment;
      },
    };
    for (const record of recordsOf(store, no)) {
      const leaf = (): string => leafOf(record, keys.get(record.slot) ?? null);
      for (const made of this.#events.take({ record, origin: this.#origin, block: no, leaf }))
        yield rowOf(made);
      const declared = record.type === RecordType.act ? this.#declaration(record) : null;
      if (declared !== null) yield declared;
    }
  }

  keep(): void {
    this.#events.keep();
  }

  /** A person said that an event was wrong: the same event with that declaration; null for an event there is none of. */
  #declaration(record: LogRecord): EventRow | null {
    const withdrawal = withdrawalIn(record);
    const kept = withdrawal === null ? null : this.#memory.event(withdrawal.event);
    if (withdrawal === null || kept === null) return null;
    const read = readEpcis(new TextEncoder().encode(kept.json));
    const event = read.ok ? read.events[0] : undefined;
    if (event === undefined || event.type === 'TransformationEvent') return null;
    const wrong = declaredWrong(event, withdrawal);
    return { ...rowOf({ kind: kept.kind, id: withdrawal.event, event: wrong }), isDeclaration: true };
  }
}

function rowOf({
  kind,
  id,
  event,
}: {
  readonly kind: string;
  readonly id: string;
  readonly event: WrittenEvent;
}): EventRow {
  return {
    id,
    isDeclaration: false,
    kind,
    eventTime: Date.parse(event.eventTime),
    recordTime: Date.parse(event.recordTime ?? event.eventTime),
    json: writeEvent(event),
    keys: keysOf(event),
  };
}

/** LH(L) in hexadecimal digits; empty where the key of its salt was erased. */
function leafOf({ seq, t, type, body }: LogRecord, key: Uint8Array | null): string {
  if (key === null) return '';
  const leaf = encodeLeaf({ salt: saltOf(sha256, key, seq), seq, t, type, body: encode(body) });
  return Buffer.from(leafHash(sha256, leaf)).toString('hex');
}

function documentIn(archive: SqliteArchive, hash: Uint8Array): GoodsDocument | null {
  const bytes = archive.file(hash);
  const read = bytes === null ? null : readDocument(bytes);
  return read?.ok === true ? read.value : null;
}

/** The newest epoch that keeps it, whichever that is: a hash has one document. */
function documentBefore(directory: string, hash: Uint8Array): GoodsDocument | null {
  for (const epoch of epochsOf(directory).toReversed()) {
    using archive = openArchive(directory, epoch);
    const found = documentIn(archive, hash);
    if (found !== null) return found;
  }
  return null;
}
