import type { GoodsFacts, ReceiptAmounts, WeighingTicket } from '../../domain/goods/facts.ts';
import { RecordType, StatementKind } from '../../domain/record.ts';
import type { Fields } from '../fields.ts';
import { remembers } from '../remembers.ts';
import type { Condition } from '../rule.ts';
import { Signal } from '../signal.ts';
import { readDuration, readShare } from '../values.ts';
import { numberIn, type Cell } from '../watch.ts';
import type { Kind } from './kind.ts';

const CHECKS = ['count', 'floor', 'declared'] as const;
const KEYS = { count: ['apart'], floor: ['below', 'back'], declared: ['by'] } as const;
/** What can change an answer: bindings, counts, amounts told, goods put elsewhere, releases carried out. */
const TELLING: readonly number[] = [StatementKind.receipt, StatementKind.count, StatementKind.quantity];

/**
 * Goods of a zone that are not what their receipts say. `check: count`: two complete counts `apart: 5m` differ from the
 * receipt, an equal one clears. `check: floor`: what is attested is `below: 105 %` of what must stay, back at `back: 106 %`;
 * what was attested too long ago is not known. `check: declared`: a vehicle's net weight is off what was declared by more
 * than `by: 0.3 %`, or its gross is less than its tare.
 */
export const stock: Kind = {
  about: 'zone',
  keys: ['check', 'apart', 'below', 'back', 'by'],
  raiseAfter: false,
  seesLate: false,
  looksAround: true,
  check(level) {
    const check = CHECKS.find((word) => word === level.raw('check'));
    if (check === undefined) return level.fail('check', `must be one of ${CHECKS.join(', ')}`);
    const strange = ['apart', 'below', 'back', 'by'].find(
      (key) => level.has(key) && !KEYS[check].some((own) => own === key),
    );
    if (strange !== undefined) return level.fail(strange, `has no meaning beside check: ${check}`);
    if (check === 'count') return readCount(level);
    return check === 'floor' ? readFloor(level) : readDeclared(level);
  },
};

function readCount(level: Fields): ReturnType<Kind['check']> {
  const apartMs = readDuration(level, 'apart', 0);
  return apartMs === null ? null : ({ place }) => countsOf(place, apartMs);
}

function readFloor(level: Fields): ReturnType<Kind['check']> {
  const below = readShare(level, 'below', 10);
  const back = readShare(level, 'back', 10);
  if (below === null || back === null) return null;
  if (back < below) return level.fail('back', 'is less than below: it would clear while it raises');
  return ({ place }) => floorOf(place, below, back);
}

function readDeclared(level: Fields): ReturnType<Kind['check']> {
  const by = readShare(level, 'by', 1);
  return by === null ? null : ({ place }) => declaredOf(place, by);
}

type Judge = (cells: Cell[], goods: GoodsFacts, t: number) => Signal;

/** The parts that all three have: asked anew at each record that can change the answer. */
function asked(meaning: string, judge: Judge, until: number | null = null): Condition {
  return remembers({
    records: [RecordType.statement, RecordType.goods, RecordType.release],
    meaning: `stock ${meaning}`,
    fresh: () => (until === null ? [] : [null]),
    take: (cells, happening) => {
      if (happening.is === 'start') return Signal.notYet;
      if (happening.is === 'time') {
        if (until !== null) cells[until] = null;
        return Signal.unknown;
      }
      if (happening.is !== 'record') return null;
      const { type, body } = happening.record;
      if (type === RecordType.statement && !TELLING.includes(Number(body[0]))) return null;
      return happening.goods === null ? Signal.unknown : judge(cells, happening.goods, happening.t);
    },
    due: (cells) => (until === null ? Infinity : (numberIn(cells, until) ?? Infinity)),
    shift: (cells, a) => {
      cells.forEach((cell, i) => {
        if (typeof cell === 'number') cells[i] = cell + a;
      });
    },
  });
}

/** Cells: receipt, its newest count that was told, and the first of those that differ one after another. */
const WIDTH = 3;

function countsOf(zone: string, apartMs: number): Condition {
  return asked('count', (cells, goods) => {
    const receipts = goods.receiptsIn(zone);
    for (let i = cells.length - WIDTH; i >= 0; i -= WIDTH)
      if (!receipts.includes(String(cells[i]))) cells.splice(i, WIDTH);
    return worst(receipts.map((receipt) => countOf(cells, goods, receipt, apartMs)));
  });
}

function countOf(cells: Cell[], goods: GoodsFacts, receipt: string, apartMs: number): Signal {
  const count = goods.counted(receipt);
  if (count === null) return Signal.notYet;
  if (count.seen === null) return Signal.unknown;
  const isEqual = count.seen === count.expected;
  let i = 0;
  while (i < cells.length && cells[i] !== receipt) i += WIDTH;
  if (i === cells.length) cells.push(receipt, null, null);
  cells[i + 1] = count.at;
  const since = numberIn(cells, i + 2) ?? count.at;
  cells[i + 2] = isEqual ? null : since;
  if (isEqual) return Signal.clear;
  return count.at - since >= apartMs && count.at > since ? Signal.raise : Signal.hold;
}

function floorOf(zone: string, below: number, back: number): Condition {
  const UNTIL = 0;
  return asked(
    'floor',
    (cells, goods, t) => {
      const all = goods.receiptsIn(zone).flatMap((receipt) => goods.amounts(receipt) ?? []);
      const bounded = all.filter(({ floor }) => floor !== null);
      const ends = bounded.flatMap(({ goodUntil }) =>
        goodUntil === null || goodUntil <= t ? [] : [goodUntil],
      );
      cells[UNTIL] = ends.length === 0 ? null : Math.min(...ends);
      return worst(bounded.map((amounts) => floorSignal(amounts, below, back, t)));
    },
    UNTIL,
  );
}

function floorSignal(
  { attested, goodUntil, floor }: ReceiptAmounts,
  below: number,
  back: number,
  t: number,
): Signal {
  if (attested === null || floor === null || (goodUntil !== null && goodUntil <= t)) return Signal.unknown;
  if (attested < floor * below) return Signal.raise;
  return attested >= floor * back ? Signal.clear : Signal.hold;
}

function declaredOf(zone: string, by: number): Condition {
  return asked('declared', (_, goods) => {
    const ticket = goods.ticket(zone);
    return ticket === null ? Signal.notYet : ticketSignal(ticket, by);
  });
}

function ticketSignal({ net, declared, gross, tare }: WeighingTicket, by: number): Signal {
  if (gross !== null && tare !== null && gross < tare) return Signal.raise;
  if (declared === null) return Signal.unknown;
  return Math.abs(net - declared) > declared * by ? Signal.raise : Signal.clear;
}

/** What raises goes before what is not known, and that before what is well. */
function worst(signals: readonly Signal[]): Signal {
  const order = [Signal.raise, Signal.unknown, Signal.hold, Signal.notYet];
  return order.find((signal) => signals.includes(signal)) ?? Signal.clear;
}
