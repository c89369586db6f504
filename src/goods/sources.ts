import type { GapCause } from '../domain/goods/status.ts';
import { Overlay } from '../domain/overlay.ts';
import type { RecordRef, Value } from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import { causeIn, listIn, numberIn, refIn, textIn } from './state-fields.ts';

/** How far a source is heard: it proves what it looks at in [.., until). */
export type Heard = {
  /** When it was heard last; -1 for never. */
  readonly at: number;
  readonly until: number;
  /** The last record that said so, or the one that ended it. */
  readonly ref: RecordRef;
  /** Why it is not heard from `until` on. */
  readonly cause: GapCause;
};

const NOBODY: RecordRef = { slot: 0, seq: 0 };
const NEVER: Heard = { at: -1, until: -1, ref: NOBODY, cause: 'device-silent' };
/** Later than any instant; an integer, as it stands in states. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

/**
 * How far each source is heard: a stream covers its greatest gap from every usable reading (of tags:
 * every round) on, a device is well from its word until it or a restart says otherwise. By the ids of
 * streams and devices, since slots are given anew in each epoch.
 */
export class Sources {
  readonly #streams: ReadonlyMap<string, OpenStream>;
  readonly #heard = new Overlay<string, Heard>();

  constructor(streams: readonly OpenStream[]) {
    this.#streams = new Map(streams.map((stream) => [stream.id, stream]));
  }

  /** @param source a stream or a device */
  heard(source: string): Heard {
    return this.#heard.get(source) ?? NEVER;
  }

  isStream(source: string): boolean {
    return this.#streams.has(source);
  }

  /** Sources of one device are no two witnesses. */
  deviceOf(source: string): string {
    return this.#streams.get(source)?.dev ?? source.split('/', 1)[0] ?? source;
  }

  placeOf(source: string): string | null {
    return this.#streams.get(source)?.place ?? null;
  }

  /** Zones that a device looks at. */
  placesOf(device: string): readonly string[] {
    return [...this.#streams.values()].flatMap(({ dev, place }) => (dev === device ? [place] : []));
  }

  /** Whether it was silent until `t`. */
  isSilent(source: string, t: number): boolean {
    return this.heard(source).until < t;
  }

  hear({ id, maxGapMs }: OpenStream, t: number, ref: RecordRef): void {
    this.#heard.set(id, { at: t, until: t + maxGapMs, ref: refOf(ref), cause: 'device-silent' });
  }

  tell(device: string, isWell: boolean, t: number, ref: RecordRef): void {
    const until = isWell ? FOREVER : t;
    this.#heard.set(device, { at: t, until, ref: refOf(ref), cause: 'device-silent' });
  }

  /** Nobody was heard from `from` on, and everybody has to be heard anew. */
  stopAt(from: number, cause: GapCause, ref: RecordRef): void {
    for (const [source, heard] of this.#heard.entries()) {
      this.#heard.set(source, { at: heard.at, until: Math.min(heard.until, from), ref: refOf(ref), cause });
    }
  }

  shift(a: number): void {
    for (const [source, heard] of this.#heard.entries()) {
      const until = heard.until >= 0 && heard.until < FOREVER ? heard.until + a : heard.until;
      this.#heard.set(source, { ...heard, at: heard.at < 0 ? -1 : heard.at + a, until });
    }
  }

  /** The log of the records that were named is over. */
  forgetRecords(): void {
    for (const [source, heard] of this.#heard.entries()) this.#heard.set(source, { ...heard, ref: NOBODY });
  }

  commit(): void {
    this.#heard.commit();
  }

  discard(): void {
    this.#heard.discard();
  }

  encode(): Value {
    return [...this.#heard.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([source, { at, until, ref, cause }]) => [source, at, until, ref.slot, ref.seq, cause]);
  }

  /** @throws TypeError for what `encode` did not give */
  read(value: Value): void {
    for (const row of listIn(value)) {
      const [source, at, until, slot, seq, cause] = listIn(row);
      const heard = {
        at: numberIn(at),
        until: numberIn(until),
        ref: refIn(slot, seq),
        cause: causeIn(cause),
      };
      this.#heard.set(textIn(source), heard);
    }
    this.commit();
  }
}

/** A record's place without the rest of the record. */
export function refOf({ slot, seq }: RecordRef): RecordRef {
  return { slot, seq };
}
