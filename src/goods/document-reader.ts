import type { Checked, Problem } from '../domain/errors.ts';
import type {
  Aggregation,
  Amount,
  CountReply,
  GoodsDocument,
  GoodsRange,
  HandOver,
  HandOverException,
  HandOverSignature,
  OrderContent,
  QuantityTold,
  ReceiptBinding,
} from '../domain/goods/documents.ts';
import { isJsonObject, parseStrictJson } from '../domain/strict-json.ts';
import {
  fields,
  flag,
  listOf,
  number,
  orNull,
  setOf,
  text,
  whole,
  word,
  type Field,
} from './document-fields.ts';

/** Of one document. */
const MOST_BYTES = 4_000_000;
/** EPCs that one document names. */
const MOST_EPCS = 50_000;

/** What an EPC looks like here: as many bytes as a tag can hold (Gen2: 62), small digits. */
export const EPC_FORM = /^(?:[0-9a-f]{4}){1,31}$/;
export const EPC_SAYS =
  'an EPC in small hexadecimal digits, 4 to 124 of them and a multiple of 4, as the tag holds whole words';
export const LOT_FORM = /^[^\s\p{Cc}](?:[^\p{Cc}]{0,62}[^\s\p{Cc}])?$/u;
export const LOT_SAYS = 'a lot of 1 to 64 signs, with no blank at its ends';
const ZONE_FORM = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const ZONE_SAYS = 'the id of a zone';

const epc = text(EPC_FORM, EPC_SAYS);
const lot = text(LOT_FORM, LOT_SAYS);
const zone = text(ZONE_FORM, ZONE_SAYS);
const hash = text(/^[0-9a-f]{64}$/, '64 small hexadecimal digits');
const party = text(/^\S{1,64}$/u, 'a party: 1 to 64 signs without a blank');
const name = text(/^[^\p{Cc}]{1,128}$/u, 'a text of 1 to 128 signs');
const note = text(/^[^\p{Cc}]{0,200}$/u, 'a text of at most 200 signs');
const id = text(/^[!-~]{1,64}$/, '1 to 64 signs without a blank');
const stream = text(/^[!-~]{1,128}$/, 'the id of a stream, DEVICE/CHANNEL');
const instant = whole(0, Number.MAX_SAFE_INTEGER);
const count = whole(0, 1_000_000_000);
const epcs = setOf(epc, 1, MOST_EPCS);

const amount = fields<Amount>({
  value: whole(0, Number.MAX_SAFE_INTEGER),
  exp: whole(-9, 9),
  unit: text(/^[!-~]{1,16}$/, 'a unit of UCUM, such as kg, t or 1 for pieces'),
});

const order = fields<OrderContent>({
  kind: word('order'),
  order: hash,
  direction: word('in', 'out', 'move'),
  receipt: orNull(hash),
  lot,
  epcs: orNull(epcs),
  amount,
  portal: id,
  zone,
  from: instant,
  until: instant,
  vehicle: orNull(name),
});

const range = fields<GoodsRange>({
  quantity: id,
  min: orNull(number),
  max: orNull(number),
  unit: id,
  allowedMs: whole(0, Number.MAX_SAFE_INTEGER),
});

const receipt = fields<ReceiptBinding>({
  kind: word('receipt'),
  receipt: hash,
  number: name,
  docHash: hash,
  goodsKey: hash,
  keeper: party,
  depositor: party,
  holder: party,
  financier: orNull(party),
  agreement: orNull(id),
  goods: fields<ReceiptBinding['goods']>({ name, spec: note, lot, packages: orNull(count), marks: note }),
  amount,
  floor: orNull(amount),
  place: fields<ReceiptBinding['place']>({ zone, location: note }),
  epcs: orNull(epcs),
  sources: setOf(stream, 1, 64),
  attestedBy: word('tags', 'weight', 'count'),
  scale: orNull(stream),
  range: orNull(range),
  countWithinMs: whole(60_000, 366 * 86_400_000),
  storage: fields<ReceiptBinding['storage']>({ from: instant, until: orNull(instant) }),
  lossPerMille: whole(0, 1000),
  insuredUntil: orNull(instant),
  issuedAt: instant,
  override: orNull(fields<NonNullable<ReceiptBinding['override']>>({ by: count, reason: name })),
});

const countReply = fields<CountReply>({
  kind: word('count'),
  challenge: id,
  nonce: text(/^[!-~]{0,128}$/, 'a nonce of at most 128 signs'),
  receipt: orNull(hash),
  zone,
  what: word('rfid-count', 'snapshot', 'weigh', 'manual'),
  startedAt: instant,
  finishedAt: instant,
  result: word('complete', 'incomplete', 'refused'),
  reason: note,
  expected: count,
  seen: count,
  missing: count,
  unexpected: count,
  epcSetHash: orNull(hash),
  readers: listOf(fields<CountReply['readers'][number]>({ stream, healthy: flag, rounds: count }), 0, 256),
  snapshots: listOf(
    fields<CountReply['snapshots'][number]>({ sha256: hash, at: instant, camera: id }),
    0,
    64,
  ),
  weights: listOf(fields<CountReply['weights'][number]>({ stream, amount, stable: flag }), 0, 64),
});

const aggregation = fields<Aggregation>({
  kind: word('aggregation'),
  parent: epc,
  children: setOf(epc, 1, 10_000),
  on: flag,
  zone,
});

const quantity = fields<QuantityTold>({
  kind: word('quantity'),
  lot,
  zone,
  amount,
  by: word('scale', 'weighbridge', 'bin', 'person'),
  gross: orNull(instant),
  tare: orNull(instant),
  declared: orNull(instant),
  ticket: orNull(name),
});

const handOver = fields<HandOver>({
  kind: word('hand-over'),
  handOver: id,
  waybill: id,
  giver: party,
  taker: party,
  goods: fields<HandOver['goods']>({ lot, epcs: orNull(epcs), amount }),
  zone,
  at: instant,
  vehicle: orNull(name),
  condition: fields<HandOver['condition']>({ accepted: flag, minutesOutside: orNull(count), note }),
  exceptions: listOf(
    fields<HandOver['exceptions'][number]>({ code: id, note, pictures: setOf(hash, 0, 32) }),
    0,
    64,
  ),
  from: orNull(text(/^[!-~]{1,96} \d{1,16} [A-Za-z0-9+/]{43}=$/, '<origin> <size> <base64 root>')),
});

const signature = fields<HandOverSignature>({
  kind: word('signature'),
  handOver: id,
  document: hash,
  by: word('giver', 'taker'),
  party,
  key: hash,
  signature: text(/^[0-9a-f]{128}$/, '128 small hexadecimal digits of an Ed25519 signature'),
});

const exception = fields<HandOverException>({
  kind: word('exception'),
  handOver: id,
  by: party,
  code: id,
  note: name,
  pictures: setOf(hash, 0, 32),
});

const KINDS: { readonly [K in GoodsDocument['kind']]: Field<GoodsDocument & { readonly kind: K }> } = {
  order,
  receipt,
  count: countReply,
  aggregation,
  quantity,
  'hand-over': handOver,
  signature,
  exception,
};

/** Reads a document whole, or tells every field that is wrong and what would be right. */
export function readDocument(bytes: Uint8Array): Checked<GoodsDocument> {
  const parsed = parseStrictJson(bytes, MOST_BYTES);
  if (!parsed.ok) return { ok: false, problems: [{ path: [], message: `is no JSON: ${parsed.reason}` }] };
  const { value } = parsed;
  const faults: Problem[] = [];
  const kind = word(...kindsOf())(isJsonObject(value) ? value.get('kind') : undefined, ['kind'], faults);
  const document = kind === undefined ? undefined : KINDS[kind](value, [], faults);
  if (document === undefined) return { ok: false, problems: faults };
  const fault = contradiction(document);
  return fault === null ? { ok: true, value: document } : { ok: false, problems: [fault] };
}

/** The document in the one form in which it is kept: fields in their order, no blanks. */
export function writeDocument(document: GoodsDocument): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document));
}

function kindsOf(): readonly GoodsDocument['kind'][] {
  return ['order', 'receipt', 'count', 'aggregation', 'quantity', 'hand-over', 'signature', 'exception'];
}

/** What no field shows by itself. */
function contradiction(document: GoodsDocument): Problem | null {
  switch (document.kind) {
    case 'order':
      return document.until > document.from ? null : at('until', 'must be later than from', document.until);
    case 'count':
      return document.finishedAt >= document.startedAt
        ? null
        : at('finishedAt', 'must not be before startedAt', document.finishedAt);
    case 'aggregation':
      return document.children.includes(document.parent)
        ? at('children', 'must not hold the parent itself', document.parent)
        : null;
    case 'quantity': {
      const { gross, tare } = document;
      return gross !== null && tare !== null && gross < tare
        ? at('gross', `must not be less than the tare ${tare}`, gross)
        : null;
    }
    case 'receipt': {
      const { amount: all, floor, attestedBy, scale } = document;
      if (attestedBy === 'weight' && scale === null)
        return at('scale', 'is needed where weight attests', null);
      if (floor === null || (floor.unit === all.unit && floor.exp === all.exp)) return null;
      return at('floor', `must have the unit ${all.unit} and exponent ${all.exp} of the amount`, floor.unit);
    }
    case 'hand-over':
    case 'signature':
    case 'exception':
      break;
  }
  return null;
}

function at(field: string, message: string, found: string | number | null): Problem {
  return { path: [field], message, found: String(found) };
}
