import type { ItemFact, Release } from '../domain/goods/facts.ts';
import type { OrderBreach, OrderFact } from '../domain/goods/orders.ts';
import type { Portal } from '../domain/goods/portals.ts';
import { Overlay } from '../domain/overlay.ts';
import { Quality } from '../domain/reading.ts';
import { RecordType, StatementKind, SystemCode, type LogRecord, type Value } from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import { hexOf } from '../domain/hex.ts';
import { listIn, numberIn, textIn } from './order-row.ts';
import type { Orders } from './orders.ts';
import type { Part } from './part.ts';

type Way = 'out' | 'in';
/** Where a tag was seen last at a portal, by whose time, and when that was recorded. */
type Sighting = { readonly side: Way; readonly at: number; readonly t: number };
type Door = Portal & { readonly slot: number; readonly dev: string };

/** Places in the body of an observation. */
const [EPC, ANTENNA, LAST_SEEN, QUALITY] = [0, 2, 4, 7];
/** Tags remembered at all portals together; the one seen longest ago is forgotten first. */
const MOST_SIGHTINGS = 5000;

/**
 * Which tag goes through which portal which way, and whether an order lets it. A tag passes outward when it is
 * read by an antenna inside and within `withinMs` by one outside. It counts when it passed by its reader's own
 * time, also when the reader tells late.
 */
export class Passages implements Part {
  readonly #portals: readonly Door[];
  readonly #orders: Orders;
  readonly #item: (epc: string) => ItemFact | null;
  readonly #seen = new Overlay<string, Sighting>();
  readonly #ill = new Overlay<string, 1>();

  /**
   * @param item what is on record about a tag
   * @throws TypeError for a state that `encode` did not give
   */
  constructor(
    { portals, streams }: { readonly portals: readonly Portal[]; readonly streams: readonly OpenStream[] },
    orders: Orders,
    item: (epc: string) => ItemFact | null,
    state: Value | null,
  ) {
    this.#portals = portals.flatMap((portal) => {
      const stream = streams.find((s) => s.id === portal.point);
      return stream === undefined ? [] : [{ ...portal, slot: stream.slot, dev: stream.dev }];
    });
    this.#orders = orders;
    this.#item = item;
    this.#restore(state ?? []);
  }

  take(record: LogRecord): void {
    const { type, slot, body, t } = record;
    if (type === RecordType.observation) {
      const portal = this.#portals.find((p) => p.slot === slot);
      if (portal !== undefined) this.#see(portal, body, t);
    } else if (type === RecordType.statement && body[0] === StatementKind.device) {
      const [, device, isWell] = body;
      if (typeof device !== 'string' || !this.#portals.some((p) => p.dev === device)) return;
      if (isWell === 0) this.#ill.set(device, 1);
      else this.#ill.delete(device);
    } else if (type === RecordType.system) {
      const [code, a] = body;
      if (code !== SystemCode.clockStepped || typeof a !== 'number') return;
      for (const [key, { side, at, t: was }] of this.#seen.entries())
        this.#seen.set(key, { side, at: at + a, t: was + a });
    }
  }

  /** Whether the reader of a portal is known to be ill. */
  isIll(portal: string): boolean {
    const dev = this.#portals.find(({ id }) => id === portal)?.dev;
    return dev === undefined || this.#ill.get(dev) === 1;
  }

  /** @param t when it passes, evidence time */
  release(epc: string, point: string, way: Way, t: number): Release {
    const portal = this.#portals.find((p) => p.point === point);
    if (portal === undefined) return { is: 'unknown', why: `no portal is configured at ${point}` };
    if (this.#ill.get(portal.dev) === 1) return { is: 'unknown', why: `the reader ${portal.dev} is ill` };
    return way === 'out' ? this.#outward(epc, portal, t) : this.#inward(epc, portal, t);
  }

  commit(): void {
    this.#seen.commit();
    this.#ill.commit();
  }

  discard(): void {
    this.#seen.discard();
    this.#ill.discard();
  }

  /** Sightings that may still be half a passage, by portal and tag; devices that are ill. */
  encode(): Value {
    const newest = Math.max(0, ...[...this.#seen.entries()].map(([, { t }]) => t));
    const longest = Math.max(0, ...this.#portals.map(({ withinMs }) => withinMs));
    const seen = [...this.#seen.entries()]
      .filter(([, { t }]) => t >= newest - longest)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { side, at, t }]): Value => [key, side, at, t]);
    const ill = [...this.#ill.entries()].map(([device]) => device).sort();
    return seen.length === 0 && ill.length === 0 ? [] : [seen, ill];
  }

  #restore(value: Value): void {
    const [seen = [], ill = []] = listIn(value);
    for (const row of listIn(seen)) {
      const [key, side, at, t] = listIn(row);
      if (side !== 'in' && side !== 'out') throw new TypeError(`passages: ${String(side)} is no side`);
      this.#seen.set(textIn(key), { side, at: numberIn(at), t: numberIn(t) });
    }
    for (const device of listIn(ill)) this.#ill.set(textIn(device), 1);
    this.commit();
  }

  #see(portal: Door, body: readonly Value[], t: number): void {
    const [tag, antenna, last, q] = [body[EPC], body[ANTENNA], body[LAST_SEEN], body[QUALITY]];
    if (!(tag instanceof Uint8Array) || typeof antenna !== 'number' || typeof q !== 'number') return;
    const side = portal.outside.includes(antenna) ? 'out' : portal.inside.includes(antenna) ? 'in' : null;
    if (side === null) return;
    const epc = hexOf(tag);
    const key = `${portal.id} ${epc}`;
    const at = (q & Quality.backfilled) !== 0 && typeof last === 'number' ? last : t;
    const before = this.#seen.get(key);
    this.#remember(key, { side, at, t });
    if (before === undefined || before.side === side) return;
    const took = at - before.at;
    if (took >= 0 && took <= portal.withinMs) this.#cross(portal, epc, side, at);
  }

  #remember(key: string, sighting: Sighting): void {
    // Behind all others, so that the first is the oldest.
    this.#seen.delete(key);
    this.#seen.set(key, sighting);
    if (this.#seen.size <= MOST_SIGHTINGS) return;
    for (const [oldest] of this.#seen.entries()) {
      this.#seen.delete(oldest);
      return;
    }
  }

  /** What goes through is held against the order whose portal it is. */
  #cross(portal: Door, epc: string, way: Way, at: number): void {
    if (way === 'in') {
      for (const { order, passed } of this.#orders.openAt(portal.id, at))
        if (passed.includes(epc)) return this.#orders.comeBack(order, epc);
    }
    // An ill reader's reads count: they show what passed, and not that nothing else did.
    const found = way === 'out' ? this.#outward(epc, portal, at) : this.#inward(epc, portal, at);
    if (found.is === 'released') return this.#orders.pass(found.order, epc);
    if (isBreach(found)) this.#orders.breach(found.order, { epc, is: found.is, at });
    return undefined;
  }

  /** The same before and after the passage was held against its order. */
  #outward(epc: string, portal: Door, t: number): Release {
    const item = this.#item(epc);
    const open = this.#orders.openAt(portal.id, t);
    const passed = open.find((one) => one.passed.includes(epc));
    if (passed !== undefined) return { is: 'released', order: passed.order };
    for (const one of open) {
      const found = one.breaches.find((breach) => breach.epc === epc);
      if (found !== undefined) return { is: found.is, order: one.order };
    }
    const covers = open.find((one) => isIn(one, epc, item));
    if (covers !== undefined)
      return isFull(covers) ? excess(covers) : { is: 'released', order: covers.order };
    const inside = this.#orders.inside(portal.id, t).find((one) => isIn(one, epc, item));
    if (inside !== undefined && inside.content?.direction === 'in')
      return { is: 'wrong-way', order: inside.order };
    if (item === null || item.receipts.length === 0) return { is: 'free' };
    const [other] = open;
    if (other === undefined) return { is: 'unreleased' };
    const isSameLot = other.content?.lot === item.lot;
    return isSameLot && isFull(other) ? excess(other) : { is: 'wrong-goods', order: other.order };
  }

  #inward(epc: string, portal: Door, t: number): Release {
    const item = this.#item(epc);
    const open = this.#orders.openAt(portal.id, t);
    const against = open.find((one) => one.breaches.some((b) => b.epc === epc && b.is === 'wrong-way'));
    if (against !== undefined) return { is: 'wrong-way', order: against.order };
    const inside = this.#orders.inside(portal.id, t).find((one) => isIn(one, epc, item));
    return inside === undefined ? { is: 'free' } : { is: 'released', order: inside.order };
  }
}

function isBreach(
  found: Release,
): found is Release & { readonly is: OrderBreach['is']; readonly order: string } {
  return found.is === 'excess' || found.is === 'wrong-goods' || found.is === 'wrong-way';
}

/** Whether a tag is of the goods that an order names: one by one, or by their lot. */
function isIn({ content }: OrderFact, epc: string, item: ItemFact | null): boolean {
  if (content === null) return false;
  return content.epcs === null ? item?.lot === content.lot : content.epcs.includes(epc);
}

/** Whether all has passed that may; of goods told by weight tags do not say. */
function isFull({ content, passed }: OrderFact): boolean {
  if (content === null) return true;
  const { amount, epcs } = content;
  if (epcs !== null && passed.length >= epcs.length) return true;
  return amount.unit === '1' && amount.exp === 0 && passed.length >= amount.value;
}

function excess({ order }: OrderFact): Release {
  return { is: 'excess', order };
}
