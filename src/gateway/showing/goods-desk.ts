import type { GoodsKeeping, GoodsWish } from '../../api/goods-port.ts';
import type { Actor } from '../../api/port.ts';
import { Refused } from '../../domain/errors.ts';
import {
  EVENTS_SLOT,
  RecordType,
  type ActBody,
  type GoodsBody,
  type StatementBody,
  type Value,
} from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import { toHex } from '../../evidence/encodings.ts';
import { writeDocument } from '../../goods/document-reader.ts';
import { stepsOf } from '../../goods/goods-acts.ts';
import type { Goods } from '../../goods/goods.ts';
import { objectionToDocument, type DocumentSite } from '../../goods/objections.ts';
import { isTellable, statementOf, type Tellable } from '../../goods/statements.ts';
import { itemPresence, zoneFigures, zoneList } from '../../goods/stock.ts';
import type { Input, InputRecord } from '../../intake/input.ts';
import { makeDurable } from '../site/durable.ts';
import { toldDocument } from '../site/told-document.ts';
import { HandOverDesk } from './hand-over-desk.ts';
import { sha256 } from '../site/primitives.ts';

export type GoodsDeskParts = {
  readonly goods: Goods;
  readonly site: DocumentSite;
  readonly add: (input: Input) => boolean;
  /** Evidence time, ms. */
  readonly now: () => number;
  /** Aborts when the gateway failed: what waits to become durable is refused. */
  readonly over: AbortSignal;
  /** Path of the proof file of an objection to a hand-over; null while there is none. */
  readonly fileOf: (handOver: string, seq: number) => string | null;
};

type By = Actor & { readonly reason: string };

/** Tags that one call may name. */
const MOST_TAGS = 5000;
/** Documents that bind others: a supervisor's. */
const BINDING: readonly string[] = ['receipt'];

/** What people ask of goods and put on record of them; checked first, then all of it in one transaction. */
export class GoodsDesk implements GoodsKeeping {
  readonly handOvers: HandOverDesk;
  readonly #parts: GoodsDeskParts;

  constructor(parts: GoodsDeskParts) {
    this.#parts = parts;
    const { goods, site, ...common } = parts;
    this.handOvers = new HandOverDesk({ handOvers: goods.handOvers, zones: site.zones, ...common });
  }

  stock(): ReturnType<GoodsKeeping['stock']> {
    const { goods, site, now } = this.#parts;
    const asOf = now();
    return zoneFigures(goods, site.zones, asOf).map((zone) => ({ ...zone, asOf }));
  }

  zone(id: string, after: string): ReturnType<GoodsKeeping['zone']> {
    const { goods, site, now } = this.#parts;
    const asOf = now();
    return site.zones.includes(id) ? { ...zoneList(goods, id, asOf, after), asOf } : null;
  }

  item(epc: string): ReturnType<GoodsKeeping['item']> {
    const { goods, now } = this.#parts;
    const asOf = now();
    const item = goods.items.get(epc);
    const stranger = goods.strangers.get(epc);
    if (item === undefined && stranger === undefined) return null;
    const { presence, confidence } =
      item === undefined ? { presence: null, confidence: null } : itemPresence(goods, item, asOf);
    return {
      epc,
      tid: filled(item?.tid),
      onRecord: item !== undefined,
      lot: filled(item?.lot),
      receipts: goods.item(epc)?.receipts ?? [],
      zone: filled(item?.zone),
      placedAt: instantOf(item?.placedAt),
      seenZone: filled(item?.seenZone ?? stranger?.zone),
      seenAt: instantOf(item?.seenAt ?? stranger?.seenAt),
      presence,
      confidence,
      parent: goods.aggregations.parentOf(epc),
      children: goods.aggregations.childrenOf(epc),
      parted: goods.aggregations.parted(epc, asOf, goods.readers.longestWindowMs),
      asOf,
    };
  }

  lot(lot: string): ReturnType<GoodsKeeping['lot']> {
    const { goods, now } = this.#parts;
    const since = goods.lots.since(lot);
    if (since === null) return null;
    const zones = new Map<string, number>();
    for (const { zone } of goods.items.ofLot(lot))
      if (zone !== '') zones.set(zone, (zones.get(zone) ?? 0) + 1);
    const tags = [...zones].sort(([a], [b]) => (a < b ? -1 : 1)).map(([zone, count]) => ({ zone, count }));
    const bulks = goods.lots.bulksOf(lot);
    return { lot, since, isGone: tags.length === 0 && bulks.length === 0, tags, bulks, asOf: now() };
  }

  async act(acts: readonly GoodsWish[], by: By): Promise<void> {
    const { goods, site, add, over } = this.#parts;
    const named = acts.reduce((n, { epcs }) => n + (epcs?.length ?? 0), 0);
    if (named > MOST_TAGS) throw new Refused('INVALID', `${named} tags in one call, at most ${MOST_TAGS}`);
    const planned = stepsOf(goods, site.zones, acts);
    if (!planned.ok) throw new Refused(planned.objection.code, planned.objection.why);
    const records = [
      ...acts.map(({ verb, ...act }) => this.#actRecord(by, verb, said(act))),
      ...planned.steps.map(({ verb, lot, epc, zone }) => {
        const tag = epc === null ? null : new Uint8Array(Buffer.from(epc, 'hex'));
        const body: GoodsBody = [verb, lot, tag, zone];
        return this.#record(RecordType.goods, body);
      }),
    ];
    await makeDurable(add, { records }, over);
  }

  async tell(raw: unknown, by: By): Promise<{ sha256: string }> {
    const { goods, site, add, over } = this.#parts;
    const document = documentOf(raw);
    if (BINDING.includes(document.kind) && by.role !== 'supervisor')
      throw new Refused('NOT_ALLOWED', `${document.kind}: only a supervisor puts one on record`);
    const objection = objectionToDocument(goods, site, document);
    if (objection !== null) throw new Refused(objection.code, objection.why);
    const bytes = writeDocument(document);
    const hash = sha256(bytes);
    const { kind, subject, qty } = statementOf(document);
    const body: StatementBody = [kind, recordText(subject), qty, hash, `person ${by.actor}`];
    const records = [
      this.#actRecord(by, 'tell-goods', `${document.kind} ${subject}`),
      this.#record(RecordType.statement, body),
    ];
    await makeDurable(add, { records, files: [{ sha256: hash, bytes }] }, over);
    return { sha256: toHex(hash) };
  }

  #actRecord({ actor, role, reason }: By, verb: string, object: string): InputRecord {
    const body: ActBody = [actor, role, verb, recordText(object), null, null, recordText(reason), 0];
    return this.#record(RecordType.act, body);
  }

  #record(type: RecordType, body: readonly Value[]): InputRecord {
    return { slot: EVENTS_SLOT, t: this.#parts.now(), type, body };
  }
}

/** @throws Refused for what is no document, or one that has a call of its own */
function documentOf(raw: unknown): Tellable {
  const document = toldDocument(raw);
  if (isTellable(document)) return document;
  throw new Refused('INVALID', `kind: ${document.kind} has a call of its own`);
}

/** What an act was about, in one line. */
function said({ lot, zone, epcs }: Omit<GoodsWish, 'verb'>): string {
  const [first] = epcs ?? [];
  const tags = epcs === null ? 'in bulk' : epcs.length === 1 ? (first ?? '') : `${epcs.length} tags`;
  return [lot, tags, zone].filter((word) => word !== null).join(' ');
}

function filled(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function instantOf(t: number | undefined): number | null {
  return t === undefined || t < 0 ? null : t;
}
