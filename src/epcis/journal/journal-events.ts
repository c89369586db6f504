import { RecordType } from '../../domain/record.ts';
import type { Documents } from '../../goods/part.ts';
import { Drafting, type MadeEvent, type Told } from './drafting.ts';
import { Installing } from './installing.ts';
import type { Memory } from './memory.ts';
import type { Naming } from './naming.ts';
import { Placing } from './placing.ts';
import { Presence } from './presence.ts';
import { Releasing } from './releasing.ts';
import { Sensing } from './sensing.ts';
import { Stating } from './stating.ts';
import { Streams } from './streams.ts';
import { Things } from './things.ts';

type Sha256 = (bytes: Uint8Array) => Uint8Array;

/**
 * The events of EPCIS that a journal tells of, in the order of its records. The same journal, naming and memory
 * give the same events; nothing else is looked at.
 */
export class JournalEvents {
  readonly #parts: readonly { take(told: Told): MadeEvent[] }[];
  readonly #sensing: Sensing;
  readonly #streams: Streams;
  readonly #draft: Drafting;

  constructor(naming: Naming, memory: Memory, documents: Documents, sha256: Sha256) {
    this.#draft = new Drafting(naming, sha256);
    this.#streams = new Streams(memory);
    const things = new Things(memory);
    const sensing = new Sensing(this.#draft, memory, this.#streams);
    this.#sensing = sensing;
    this.#parts = [
      sensing,
      new Installing(this.#draft, this.#streams),
      new Presence(this.#draft, memory, this.#streams, things),
      new Placing(this.#draft, things, sensing),
      new Releasing(this.#draft, memory, sensing, documents),
      new Stating(this.#draft, memory, sensing, documents),
    ];
  }

  /** Prefixes that documents with these events declare. */
  get namespaces(): Readonly<Record<string, string>> {
    return this.#draft.namespaces;
  }

  take(told: Told): MadeEvent[] {
    const { type, t, body } = told.record;
    const [slot] = body;
    // What a stream measured so far was measured as it was described then.
    const over = type === RecordType.stream && typeof slot === 'number' ? this.#sensing.close(t, slot) : [];
    return [...over, ...this.#parts.flatMap((part) => part.take(told))];
  }

  /** Another epoch begins at `t`: its streams are opened anew, under slots of their own. */
  beginEpoch(t: number): MadeEvent[] {
    const events = this.#sensing.close(t);
    this.#streams.clear();
    return events;
  }

  /** Puts into the memory what is under way; called when a run over the journal ends. */
  keep(): void {
    this.#sensing.keep();
  }
}
