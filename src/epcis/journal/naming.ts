import type { StreamId } from '../../domain/stream.ts';
import { canonicalUri } from '../canonical-uri.ts';
import type { Hashing } from '../event-hash.ts';

/** How a site's own names become the URIs of EPCIS; what has none configured gets one under the consortium's domain. */
export type Naming = {
  /** Domain of the consortium and id of the gateway, as they stand in the origin of its log. */
  readonly domain: string;
  readonly gateway: string;
  /** URIs by zone, by read point's stream, by device and by party: SGLN, PGLN, or web addresses. */
  readonly places: ReadonlyMap<string, string>;
  readonly points: ReadonlyMap<string, string>;
  readonly devices: ReadonlyMap<string, string>;
  readonly parties: ReadonlyMap<string, string>;
  /** Business step of what is seen at a read point, by its stream; others claim none. */
  readonly steps: ReadonlyMap<string, string>;
  /** What streams measure. */
  readonly quantities: ReadonlyMap<string, string>;
  /** Offset from UTC in effect at the site, such as +08:00. */
  readonly utcOffset: string;
  /** Readings of one window become one event, ms. */
  readonly windowMs: number;
  readonly hashing: Hashing;
};

/** Prefix of our own fields. */
export const OWN = 'bailee';

export class Names {
  readonly #naming: Naming;

  constructor(naming: Naming) {
    this.#naming = naming;
  }

  /** The namespace of our own fields and words. */
  get namespace(): string {
    return `https://${this.#naming.domain}/ns/bailee/`;
  }

  /** A word of our own where the standard has none. */
  word(name: string): string {
    return this.namespace + name;
  }

  zone(id: string): string {
    return this.#naming.places.get(id) ?? this.#own('zone', id);
  }

  point(stream: StreamId): string {
    return this.#naming.points.get(stream) ?? this.#own('point', stream);
  }

  device(id: string): string {
    return this.#naming.devices.get(id) ?? this.#own('device', id);
  }

  party(id: string): string {
    return this.#naming.parties.get(id) ?? this.#shared('party', id);
  }

  /** A class of goods: a lot that is written as GS1 has it keeps its name. */
  lot(lot: string): string {
    return canonicalUri(lot) ?? this.#own('lot', lot);
  }

  /** Orders and receipts have one number in the whole consortium. */
  order(id: string): string {
    return this.#shared('order', id);
  }

  receipt(id: string): string {
    return this.#shared('receipt', id);
  }

  waybill(id: string): string {
    return this.#shared('waybill', id);
  }

  #own(kind: string, id: string): string {
    const { domain, gateway } = this.#naming;
    return `https://${domain}/gw/${gateway}/${kind}/${encodeURIComponent(id)}`;
  }

  #shared(kind: string, id: string): string {
    return `https://${this.#naming.domain}/${kind}/${encodeURIComponent(id)}`;
  }
}
