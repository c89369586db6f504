import type { SqliteArchive } from '../../buffer/archive.ts';
import type { BundleSelect } from '../../domain/bundle-wish.ts';
import type { GoodsDocument, GoodsRange, ReceiptBinding } from '../../domain/goods/documents.ts';
import { GoodsVerb, isAct, RecordType, type LogRecord, type Value } from '../../domain/record.ts';
import { readDocument } from '../../goods/document-reader.ts';
import { HAND_OVER_VERBS } from '../../goods/hand-overs.ts';
import { decodeDescriptor } from '../../evidence/descriptor.ts';
import type { Had } from '../keys/policy.ts';
import { eventsBetween } from './event-walk.ts';

/** Where goods lay: in these zones over [from, to), ms. */
export type Leg = { readonly zones: readonly string[]; readonly from: number; readonly to: number };

/** What the log says of the goods of a receipt or a lot. */
export type GoodsTrail = {
  readonly legs: readonly Leg[];
  readonly sources: readonly string[];
  readonly range: GoodsRange | null;
  /** One EPC of theirs, where they have tags. */
  readonly epc: string | null;
  /** Places in slot 0 of the events that are about them. */
  readonly seqs: ReadonlySet<number>;
};

export type GoodsSelect = Extract<BundleSelect, { kind: 'receipt' | 'lot' }>;

/** Follows goods through the events of one epoch, up to `to`. @throws StorageError */
export function followGoods(archive: SqliteArchive, select: GoodsSelect, to: number): Had<GoodsTrail> {
  const walk = new Walk(archive, select);
  for (const record of eventsBetween(archive, 0, to)) walk.take(record);
  const trail = walk.trail(to);
  if (trail !== null) return { ok: true, value: trail };
  const what = select.kind === 'receipt' ? `receipt ${select.receipt}` : `lot ${select.lot}`;
  return { ok: false, why: `the log has no ${what} in this epoch` };
}

class Walk {
  readonly #archive: SqliteArchive;
  readonly #select: GoodsSelect;
  /** Streams by the zone they look at. */
  readonly #places: ReadonlyMap<string, string>;
  readonly #epcs = new Map<string, string>();
  readonly #orders = new Set<string>();
  readonly #handOvers = new Set<string>();
  readonly #seqs = new Set<number>();
  readonly #sources = new Set<string>();
  readonly #legs: Leg[] = [];
  #lot: string | null;
  #range: GoodsRange | null = null;
  /** Where goods without tags lie; null before anything is known. */
  #zone: string | null = null;

  constructor(archive: SqliteArchive, select: GoodsSelect) {
    this.#archive = archive;
    this.#select = select;
    this.#lot = select.kind === 'lot' ? select.lot : null;
    this.#places = new Map(
      archive.streams().map((r) => [`${r.dev}/${r.ch}`, decodeDescriptor(r.descriptor).place]),
    );
  }

  take(record: LogRecord): void {
    const { type, body, seq, t } = record;
    const isAbout =
      (type === RecordType.statement && this.#statement(body)) ||
      (type === RecordType.goods && this.#move(body)) ||
      (type === RecordType.release && this.#orders.has(hexOf(body[0]))) ||
      (type === RecordType.finding && this.#isHere(String(body[1]))) ||
      (type === RecordType.alarm && this.#isHere(String(body[0]).split('/').slice(0, -1).join('/'))) ||
      (type === RecordType.act && this.#act(body));
    if (!isAbout) return;
    this.#seqs.add(seq);
    this.#note(t);
  }

  trail(to: number): GoodsTrail | null {
    const last = this.#legs.at(-1);
    if (last === undefined) return null;
    return {
      legs: [...this.#legs.slice(0, -1), { ...last, to }].filter(
        (leg) => leg.to > leg.from && leg.zones.length > 0,
      ),
      sources: [...this.#sources],
      range: this.#range,
      epc: this.#epcs.keys().next().value ?? null,
      seqs: this.#seqs,
    };
  }

  #statement(body: readonly Value[]): boolean {
    const sha256 = body[3];
    const bytes = sha256 instanceof Uint8Array ? this.#archive.file(sha256) : null;
    const read = bytes === null ? null : readDocument(bytes);
    return read?.ok === true && this.#learn(read.value);
  }

  /** Whether a document is about these goods; what it says of them is remembered. */
  #learn(document: GoodsDocument): boolean {
    const { receipt } = this.#select.kind === 'receipt' ? this.#select : { receipt: null };
    const { kind } = document;
    if (kind === 'receipt') {
      if (receipt === null ? document.goods.lot !== this.#lot : document.receipt !== receipt) return false;
      this.#bind(document);
      return true;
    }
    if (kind === 'order') {
      if (receipt === null ? document.lot !== this.#lot : document.receipt !== receipt) return false;
      this.#orders.add(document.order);
      return true;
    }
    if (kind === 'count') return receipt !== null && document.receipt === receipt;
    if (kind === 'quantity') return document.lot === this.#lot;
    if (kind === 'hand-over') {
      if (document.goods.lot !== this.#lot) return false;
      this.#handOvers.add(document.handOver);
      return true;
    }
    if (kind === 'signature' || kind === 'exception') return this.#handOvers.has(document.handOver);
    return [document.parent, ...document.children].some((epc) => this.#epcs.has(epc));
  }

  #bind({ goods, place, sources, range, epcs }: ReceiptBinding): void {
    this.#lot = goods.lot;
    this.#zone = place.zone;
    this.#range = range ?? this.#range;
    for (const source of sources) this.#sources.add(source);
    for (const epc of epcs ?? []) if (!this.#epcs.has(epc)) this.#epcs.set(epc, place.zone);
  }

  #move([verb, lot, epc, zone]: readonly Value[]): boolean {
    const place = typeof zone === 'string' ? zone : '';
    if (!(epc instanceof Uint8Array)) {
      if (lot !== this.#lot) return false;
      if (verb === GoodsVerb.removed) this.#zone = null;
      else if (verb === GoodsVerb.placed || verb === GoodsVerb.moved) {
        this.#zone = place;
        for (const own of this.#epcs.keys()) this.#epcs.set(own, place);
      }
      return true;
    }
    const hex = hexOf(epc);
    // Of a receipt are the tags that it names; of a lot whatever is put to it.
    if (!this.#epcs.has(hex) && (this.#select.kind === 'receipt' || lot !== this.#lot)) return false;
    if (verb === GoodsVerb.removed || verb === GoodsVerb.unlinked) this.#epcs.delete(hex);
    else this.#epcs.set(hex, place);
    return true;
  }

  #act(body: readonly Value[]): boolean {
    if (!isAct(body)) return false;
    const [, , verb, object] = body;
    // Of hand-overs: whether what was objected stands.
    if (verb === HAND_OVER_VERBS.settle) return this.#handOvers.has(object);
    return this.#select.kind === 'receipt' && object === this.#select.receipt;
  }

  /** Findings and alarms are about a stream or a zone. */
  #isHere(subject: string): boolean {
    const zones = this.#zones();
    const place = this.#places.get(subject);
    if (this.#sources.has(subject) || zones.includes(subject)) return this.#legs.length > 0;
    return place !== undefined && zones.includes(place);
  }

  #zones(): readonly string[] {
    const of = this.#epcs.size > 0 ? [...new Set(this.#epcs.values())] : [this.#zone ?? ''];
    return of.filter((zone) => zone !== '').sort();
  }

  /** A leg ends where the zones change. */
  #note(t: number): void {
    const zones = this.#zones();
    const last = this.#legs.at(-1);
    if (last !== undefined && last.zones.join(' ') === zones.join(' ')) return;
    if (last !== undefined) this.#legs[this.#legs.length - 1] = { ...last, to: t };
    this.#legs.push({ zones, from: t, to: t });
  }
}

function hexOf(bytes: Value | undefined): string {
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('hex') : '';
}
