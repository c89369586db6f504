import { NONE, type Drafting, type MadeEvent, type Told } from './drafting.ts';
import type { KnownStream, Streams } from './streams.ts';

/** Which device looks at which place: told when the first of its streams there opens and the last one closes (leaf type 12). */
export class Installing {
  readonly #draft: Drafting;
  readonly #streams: Streams;

  constructor(draft: Drafting, streams: Streams) {
    this.#draft = draft;
    this.#streams = streams;
  }

  take(told: Told): MadeEvent[] {
    const change = this.#streams.take(told.record);
    if (change === null) return [];
    const { before, after } = change;
    if (at(before) === at(after)) return [];
    return [
      ...(before !== null && before.place !== '' && this.#others(before) === 0
        ? [this.#event(told, before, 'DELETE')]
        : []),
      ...(after !== null && after.place !== '' && this.#others(after) === 0
        ? [this.#event(told, after, 'ADD')]
        : []),
    ];
  }

  /** Streams of the same device that look at the same place, besides this one. */
  #others({ slot, dev, place }: KnownStream): number {
    return this.#streams.at(place).filter((s) => s.dev === dev && s.slot !== slot).length;
  }

  #event(told: Told, { dev, place }: KnownStream, action: 'ADD' | 'DELETE'): MadeEvent {
    const { names } = this.#draft;
    const zone = names.zone(place);
    return this.#draft.made('device', {
      type: 'AssociationEvent',
      action,
      ...this.#draft.common(told, told.record.t),
      parentID: zone,
      childEPCs: [names.device(dev)],
      bizStep: action === 'ADD' ? 'installing' : 'removing',
      bizLocation: { id: zone, extensions: NONE },
    });
  }
}

/** Null for what looks at no place. */
function at(stream: KnownStream | null): string | null {
  return stream === null || stream.place === '' ? null : `${stream.dev}\t${stream.place}`;
}
