import type { OrderContent } from '../domain/goods/documents.ts';
import { suggestion } from '../domain/nearest.ts';
import { bindingObjection } from './binding-check.ts';
import { objectionToZone, type GoodsObjection } from './goods-acts.ts';
import type { Tellable } from './statements.ts';
import type { Stocked } from './stock.ts';

/** What a site asks of documents, beyond their form. */
export type DocumentSite = {
  readonly zones: readonly string[];
  /** Ids of portals. */
  readonly portals: readonly string[];
  /** Ids of streams and devices that evidence comes from. */
  readonly sources: readonly string[];
  /** By kind: fields that may be null in general and not here. */
  readonly required: ReadonlyMap<string, readonly string[]>;
};

/** Why a document that is well-formed is not put on record; null when nothing stands against it. */
export function objectionToDocument(
  goods: Stocked,
  site: DocumentSite,
  document: Tellable | OrderContent,
): GoodsObjection | null {
  const lacking = (site.required.get(document.kind) ?? []).find(
    (field) => new Map(Object.entries(document)).get(field) === null,
  );
  if (lacking !== undefined)
    return invalid(`${lacking}: is missing; this site requires it of every ${document.kind}`);
  const zone = document.kind === 'receipt' ? document.place.zone : document.zone;
  return objectionToZone(zone, site.zones) ?? ofKind(goods, site, document);
}

function ofKind(
  goods: Stocked,
  site: DocumentSite,
  document: Tellable | OrderContent,
): GoodsObjection | null {
  switch (document.kind) {
    case 'order': {
      const { portal, direction, lot, epcs } = document;
      if (!site.portals.includes(portal))
        return invalid(
          `portal: ${portal} is no portal of this configuration${suggestion(portal, site.portals)}`,
        );
      if (direction === 'in') return null;
      return lotObjection(goods, lot) ?? tagsObjection(goods, lot, epcs ?? []);
    }
    case 'receipt': {
      const wrong = document.sources.find((source) => !site.sources.includes(source));
      if (wrong !== undefined)
        return invalid(`sources: ${wrong} is no stream or device here${suggestion(wrong, site.sources)}`);
      const found = bindingObjection(goods, document);
      return found === null ? null : conflict(found);
    }
    case 'quantity':
      return lotObjection(goods, document.lot);
    case 'aggregation':
      return packing(goods, document.parent, document.children, document.on);
    case 'count':
      break;
  }
  return document.what === 'manual'
    ? null
    : invalid(
        'what: only a count by people is told this way; others are made by POST /api/v1/receipts/{id}/count',
      );
}

/** A lot that never was here, and one that is gone. */
function lotObjection({ items, lots }: Stocked, lot: string): GoodsObjection | null {
  if (lots.since(lot) === null) return { code: 'NOT_FOUND', why: `lot: ${lot} never was on record here` };
  if (lots.bulksOf(lot).length > 0) return null;
  for (const item of items.ofLot(lot)) if (item.zone !== '') return null;
  return conflict(`lot: ${lot} is gone: all of it was taken out`);
}

function tagsObjection({ items }: Stocked, lot: string, epcs: readonly string[]): GoodsObjection | null {
  for (const epc of epcs) {
    const item = items.get(epc);
    if (item === undefined) return { code: 'NOT_FOUND', why: `epcs: ${epc} is not on record` };
    if (item.lot !== lot) return conflict(`epcs: ${epc} is of lot ${item.lot}, not of ${lot}`);
    if (item.zone === '') return conflict(`epcs: ${epc} was taken out already`);
  }
  return null;
}

function packing(
  { aggregations }: Stocked,
  parent: string,
  children: readonly string[],
  on: boolean,
): GoodsObjection | null {
  for (const child of children) {
    const other = aggregations.parentOf(child);
    if (!on && other !== parent)
      return conflict(`children: ${child} is ${other === null ? 'in nothing' : `in ${other}`}`);
    if (on && other !== null && other !== parent)
      return conflict(`children: ${child} is in ${other} already`);
  }
  for (
    let above = on ? aggregations.parentOf(parent) : null;
    above !== null;
    above = aggregations.parentOf(above)
  ) {
    if (children.includes(above)) return conflict(`children: ${above} holds the parent itself`);
  }
  return null;
}

function conflict(why: string): GoodsObjection {
  return { code: 'CONFLICT', why };
}

function invalid(why: string): GoodsObjection {
  return { code: 'INVALID', why };
}
