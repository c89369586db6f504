import { hexOf } from '../../domain/hex.ts';
import { Quality } from '../../domain/reading.ts';
import { RecordType } from '../../domain/record.ts';
import { listed, NONE, type Drafting, type MadeEvent, type Told } from './drafting.ts';
import { namedBy } from './epc-uri.ts';
import type { Memory } from './memory.ts';
import type { Streams } from './streams.ts';
import type { Things } from './things.ts';

/**
 * Sightings of one tag at one read point that follow each other within the point's max_gap are one stay, and
 * its beginning is one event. What was stored up and sent late is told by itself: it joins no stay.
 */
export class Presence {
  readonly #draft: Drafting;
  readonly #memory: Memory;
  readonly #streams: Streams;
  readonly #things: Things;

  constructor(draft: Drafting, memory: Memory, streams: Streams, things: Things) {
    this.#draft = draft;
    this.#memory = memory;
    this.#streams = streams;
    this.#things = things;
  }

  take(told: Told): MadeEvent[] {
    const { slot, type, body } = told.record;
    const [epc, , antenna, first, last, , , q] = body;
    const stream = this.#streams.of(slot);
    if (type !== RecordType.observation || stream === null || !(epc instanceof Uint8Array)) return [];
    const named = namedBy(epc);
    if (named === null || typeof first !== 'number' || typeof last !== 'number') return [];
    const isLate = (Number(q) & Quality.backfilled) !== 0;
    if (!isLate && this.#isOngoing(stream.id, epc, first, last, stream.maxGapMs)) {
      this.#things.seen(epc, named, told, stream, last);
      return [];
    }
    if (!isLate) this.#things.seen(epc, named, told, stream, last);
    const { names, naming } = this.#draft;
    const { epcs, classes } = listed([named]);
    const step = naming.steps.get(stream.id);
    const event = this.#draft.made('presence', {
      type: 'ObjectEvent',
      action: 'OBSERVE',
      ...this.#draft.common(told, first, { antenna: String(antenna) }),
      ...(named.isClass ? { quantityList: classes } : { epcList: epcs }),
      ...(step === undefined ? {} : { bizStep: step }),
      readPoint: { id: names.point(stream.id), extensions: NONE },
      ...(stream.place === '' ? {} : { bizLocation: { id: names.zone(stream.place), extensions: NONE } }),
    });
    return [event];
  }

  /** Whether this sighting belongs to a stay that was told; it is remembered either way. */
  #isOngoing(stream: string, epc: Uint8Array, first: number, last: number, maxGapMs: number): boolean {
    const key = `stay/${stream}/${hexOf(epc)}`;
    const until = this.#memory.get(key);
    this.#memory.set(key, String(Math.max(last, Number(until ?? 0))));
    return until !== null && first <= Number(until) + maxGapMs;
  }
}
