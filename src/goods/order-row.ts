import type { OrderContent } from '../domain/goods/documents.ts';
import type { OrderBreach, OrderFact, OrderState } from '../domain/goods/orders.ts';
import type { Value } from '../domain/record.ts';

/** An order as it is remembered. Rows are replaced, never changed, so that an overlay can take them back. */
export type OrderRow = Omit<OrderFact, 'moved' | 'isDisputed'> & {
  /** What the ledger let go, then what the gate said was moved; null before. */
  readonly doneQty: number | null;
  /** What a scale or a person told while it was open. */
  readonly toldQty: number | null;
  /** How many of the breaches a person has settled. */
  readonly settled: number;
};

export function newRow(order: string, t: number): OrderRow {
  return {
    order,
    content: null,
    state: 'known',
    since: t,
    openedAt: null,
    endedAt: null,
    passed: [],
    breaches: [],
    refused: null,
    doneQty: null,
    toldQty: null,
    settled: 0,
  };
}

/** What was moved as far as tags and scales tell; null where a person has to say. */
function movedBy({ content, passed, toldQty, doneQty }: OrderRow): number | null {
  if (doneQty !== null) return doneQty;
  if (toldQty !== null) return toldQty;
  if (content === null) return null;
  const { amount, epcs } = content;
  if (amount.unit === '1' && amount.exp === 0) return Math.min(passed.length, amount.value);
  if (epcs === null) return null;
  if (passed.length === epcs.length) return amount.value;
  return passed.length === 0 ? 0 : null;
}

export function factOf(row: OrderRow): OrderFact {
  const { order, content, state, since, openedAt, endedAt, passed, breaches, refused } = row;
  const isDisputed = row.settled < breaches.length;
  const moved = movedBy(row);
  return { order, content, state, since, openedAt, endedAt, passed, breaches, refused, isDisputed, moved };
}

/** Moves what happened here; the window of an order is wall time, which a step only comes nearer to. */
export function shifted(row: OrderRow, a: number): OrderRow {
  const move = (t: number | null): number | null => (t === null ? null : t + a);
  return {
    ...row,
    since: row.since + a,
    openedAt: move(row.openedAt),
    endedAt: move(row.endedAt),
    breaches: row.breaches.map((b) => ({ ...b, at: b.at + a })),
    refused: row.refused === null ? null : { ...row.refused, at: row.refused.at + a },
  };
}

export function encodeRow(row: OrderRow): Value {
  const { content, refused } = row;
  return [
    row.order,
    content === null ? 0 : 1,
    row.state,
    row.since,
    row.openedAt,
    row.endedAt,
    row.passed,
    // All of it flat: a state may not nest deeply (evidence section 2).
    row.breaches.flatMap(({ epc, is, at }): Value[] => [epc, is, at]),
    row.settled,
    row.doneQty,
    row.toldQty,
    refused?.at ?? null,
    refused?.why ?? null,
    ...(content === null ? [] : encodeContent(content)),
  ];
}

function encodeContent(c: OrderContent): readonly Value[] {
  const { value, exp, unit } = c.amount;
  const where = [c.portal, c.zone, c.from, c.until, c.vehicle];
  return [c.direction, c.receipt, c.lot, c.epcs, value, exp, unit, ...where];
}

/** @throws TypeError for what `encodeRow` did not give */
export function decodeRow(value: Value): OrderRow {
  const row = listIn(value);
  const [order, isTold, state, since, openedAt, endedAt, passed, breaches, settled, doneQty, toldQty] = row;
  const [refusedAt, why, ...content] = row.slice(11);
  return {
    order: textIn(order),
    content: isTold === 0 ? null : decodeContent(textIn(order), content),
    state: wordIn(STATES, state),
    since: numberIn(since),
    openedAt: orNull(openedAt, numberIn),
    endedAt: orNull(endedAt, numberIn),
    passed: listIn(passed).map(textIn),
    breaches: breachesIn(listIn(breaches)),
    settled: numberIn(settled),
    doneQty: orNull(doneQty, numberIn),
    toldQty: orNull(toldQty, numberIn),
    refused: orNull(refusedAt, (at) => ({ at: numberIn(at), why: textIn(why) })),
  };
}

const STATES: readonly OrderState[] = [
  'known',
  'requested',
  'authorised',
  'claimed',
  'open',
  'done',
  'cancelled',
  'expired',
];
const BREACHES: readonly OrderBreach['is'][] = ['excess', 'wrong-goods', 'wrong-way'];
const DIRECTIONS: readonly OrderContent['direction'][] = ['in', 'out', 'move'];

function decodeContent(order: string, content: readonly Value[]): OrderContent {
  const [direction, receipt, lot, epcs, number, exp, unit, portal, zone, ...rest] = content;
  const [from, until, vehicle] = rest;
  return {
    kind: 'order',
    order,
    direction: wordIn(DIRECTIONS, direction),
    receipt: orNull(receipt, textIn),
    lot: textIn(lot),
    epcs: orNull(epcs, (list) => listIn(list).map(textIn)),
    amount: { value: numberIn(number), exp: numberIn(exp), unit: textIn(unit) },
    portal: textIn(portal),
    zone: textIn(zone),
    from: numberIn(from),
    until: numberIn(until),
    vehicle: orNull(vehicle, textIn),
  };
}

function breachesIn(flat: readonly Value[]): OrderBreach[] {
  const breaches: OrderBreach[] = [];
  for (let i = 0; i < flat.length; i += 3)
    breaches.push({ epc: textIn(flat[i]), is: wordIn(BREACHES, flat[i + 1]), at: numberIn(flat[i + 2]) });
  return breaches;
}

export function listIn(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new TypeError('orders: not a list');
  return value as readonly Value[];
}

export function textIn(value: Value | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`orders: ${String(value)} is no text`);
  return value;
}

export function numberIn(value: Value | undefined): number {
  if (typeof value !== 'number') throw new TypeError(`orders: ${String(value)} is no number`);
  return value;
}

function orNull<T>(value: Value | undefined, read: (value: Value | undefined) => T): T | null {
  return value === null || value === undefined ? null : read(value);
}

function wordIn<T extends string>(words: readonly T[], value: Value | undefined): T {
  const word = words.find((w) => w === value);
  if (word === undefined) throw new TypeError(`orders: ${String(value)} is no word known here`);
  return word;
}
