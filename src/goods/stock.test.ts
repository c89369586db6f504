import { beforeEach, describe, expect, it } from 'vitest';
import { StatementKind, RecordType } from '../domain/record.ts';
import { epc, Yard } from './goods.fixture.ts';
import { itemPresence, zoneList, type ZoneList } from './stock.ts';

let yard: Yard;
beforeEach(() => {
  yard = new Yard();
});

/** What a zone says by its figures it says thing by thing too. */
function hall(zone = 'hall-a'): ZoneList {
  const list = zoneList(yard.goods, zone, yard.t);
  for (const presence of ['seen', 'missing', 'elsewhere', 'unknown'] as const) {
    expect(list.items.filter((item) => item.presence === presence)).toHaveLength(list[presence]);
  }
  expect(list.items).toHaveLength(list.expected);
  expect(list.strangers).toHaveLength(list.unexpected);
  return list;
}
const figures = ({ expected, seen, missing, elsewhere, unknown, unexpected }: ZoneList): unknown => ({
  expected,
  seen,
  missing,
  elsewhere,
  unknown,
  unexpected,
});
const NONE = { expected: 0, seen: 0, missing: 0, elsewhere: 0, unknown: 0, unexpected: 0 };

describe('what lies in a zone', () => {
  it('is seen while readers see it, and missing once a reader that is well had the time to read it', () => {
    yard.place('hall-a', 1, 2, 3);
    expect(figures(hall())).toEqual({ ...NONE, expected: 3, unknown: 3 });
    yard.watch(1, 5000, 1, 2);
    expect(figures(hall())).toEqual({ ...NONE, expected: 3, seen: 2, unknown: 1 });
    yard.watch(1, 30_000, 1, 2);
    expect(figures(hall())).toEqual({ ...NONE, expected: 3, seen: 2, missing: 1 });
    expect(hall().items.map((i) => [i.epc, i.presence, i.confidence])).toEqual([
      [epc(1), 'seen', 10_000],
      [epc(2), 'seen', 10_000],
      [epc(3), 'missing', 9999],
    ]);
  });

  it('is unknown, not missing, when its reader falls silent, and known again when that is back for long enough', () => {
    yard.place('hall-a', 1, 2);
    yard.watch(1, 30_000, 1, 2);
    yard.t += 60_000;
    expect(figures(hall())).toEqual({ ...NONE, expected: 2, unknown: 2 });
    expect(hall()).toMatchObject({ why: 'reader-silent', since: yard.t - 55_000 });
    yard.see(1, 1);
    expect(figures(hall())).toEqual({ ...NONE, expected: 2, seen: 1, unknown: 1 });
    yard.watch(1, 15_000, 1);
    expect(figures(hall())).toEqual({ ...NONE, expected: 2, seen: 1, missing: 1 });
  });

  it('is unknown at once when the reader says that it is ill, or the gateway started anew', () => {
    yard.place('hall-a', 1, 2);
    yard.watch(1, 30_000, 1);
    expect(hall().missing).toBe(1);
    yard.device('reader-a', false);
    expect(hall()).toMatchObject({ why: 'reader-ill', missing: 0, seen: 1, unknown: 1 });
    yard.device('reader-a', true);
    yard.watch(1, 30_000, 1);
    expect(hall().missing).toBe(1);
    yard.start();
    expect(hall()).toMatchObject({ why: 'reader-silent', missing: 0, unknown: 1 });
  });

  it('is not missing while only one of two readers looks', () => {
    yard.place('hall-b', 1);
    yard.watch(2, 30_000);
    expect(hall('hall-b')).toMatchObject({ missing: 0, unknown: 1, why: 'reader-silent' });
    expect(hall('hall-b').readers.map((r) => [r.stream, r.healthy])).toEqual([
      ['reader-b/tags', true],
      ['reader-b2/tags', false],
    ]);
  });

  it('is unknown where no reader looks', () => {
    yard.place('yard', 1);
    yard.t += 1_000_000;
    expect(hall('yard')).toMatchObject({ why: 'no-read-point', unknown: 1, missing: 0 });
  });

  it('is elsewhere when the reader of another zone sees it, where it is unexpected', () => {
    yard.place('hall-a', 1);
    yard.watch(1, 15_000, 1);
    yard.watch(2, 15_000, 1, 9);
    expect(hall()).toMatchObject({ elsewhere: 1, missing: 0, seen: 0 });
    expect(hall('hall-b')).toMatchObject({ unexpected: 2, strangers: [epc(1), epc(9)], expected: 0 });
    expect(yard.goods.item(epc(1))).toMatchObject({ zone: 'hall-b' });
  });

  it('counts a late observation for nothing', () => {
    yard.place('hall-a', 1);
    yard.watch(1, 30_000);
    yard.take(1, RecordType.observation, [Buffer.from(epc(1), 'hex'), null, 1, yard.t, yard.t, 1, -5000, 32]);
    expect(hall().missing).toBe(1);
  });

  it('is the less surely missing the worse the zone reads', () => {
    yard.place('hall-a', 1, 2, 3, 4);
    yard.watch(1, 15_000, 1, 2, 3, 4);
    yard.watch(1, 10_000, 1, 2);
    const [, , third] = hall().items;
    expect(hall().readRate).toBe(5000);
    expect(third).toMatchObject({ presence: 'missing', confidence: 5000 });
    yard.watch(1, 10_000, 1, 2);
    expect(hall().items[2]).toMatchObject({ presence: 'missing' });
  });

  it('follows a clock step without anything becoming missing', () => {
    yard.place('hall-a', 1);
    yard.watch(1, 30_000, 1);
    const before = figures(hall());
    yard.t += 3_600_000;
    yard.take(0, RecordType.system, [3, 3_600_000, null, null]);
    expect(figures(hall())).toEqual(before);
  });

  it('is gone when it was taken out, unless a receipt names it', () => {
    yard.place('hall-a', 1);
    yard.act('removed', 'lot-1', epc(1), 'hall-a');
    expect(yard.goods.item(epc(1))).toBeNull();
    expect(hall().expected).toBe(0);
  });
});

describe('a count', () => {
  const COUNT = {
    kind: 'count',
    challenge: 'c-1',
    nonce: '',
    receipt: null,
    zone: 'hall-a',
    what: 'manual',
    startedAt: 1,
    finishedAt: 2,
    result: 'complete',
    reason: '',
    expected: 10,
    seen: 9,
    missing: 1,
    unexpected: 0,
    epcSetHash: null,
    readers: [],
    snapshots: [],
    weights: [],
  } as const;

  it('that is not complete is no smaller count', () => {
    yard.tell(StatementKind.count, COUNT);
    const at = yard.t;
    yard.t += 1000;
    yard.tell(StatementKind.count, {
      ...COUNT,
      result: 'incomplete',
      reason: 'antenna',
      seen: 4,
      missing: 6,
    });
    expect(hall().counts).toMatchObject({
      last: { result: 'incomplete', reason: 'antenna' },
      complete: { at, seen: 9, expected: 10 },
    });
  });
});

describe('goods in bulk', () => {
  it('are what a scale shows and what was told of them', () => {
    yard.act('placed', 'wheat', null, 'silo');
    yard.take(4, RecordType.reading, [251_100, 0]);
    yard.take(4, RecordType.reading, [null, 0]);
    yard.tell(StatementKind.quantity, {
      kind: 'quantity',
      lot: 'wheat',
      zone: 'silo',
      amount: { value: 25_110, exp: 0, unit: 'kg' },
      by: 'weighbridge',
      gross: null,
      tare: null,
      declared: 25_000,
      ticket: 'W-1',
    });
    expect(hall('silo')).toMatchObject({
      scales: [{ stream: 'scale-1/weight', amount: { value: 251_100, exp: -1, unit: 'kg' }, fresh: true }],
      bulks: [{ lot: 'wheat', told: { amount: { value: 25_110 }, ticket: 'W-1', declared: 25_000 } }],
    });
    yard.t += 10_000;
    expect(hall('silo').scales[0]?.fresh).toBe(false);
    yard.act('moved', 'wheat', null, 'yard');
    expect(hall('silo').bulks).toEqual([]);
    expect(hall('yard').bulks).toMatchObject([{ lot: 'wheat', told: { ticket: 'W-1' } }]);
    yard.act('removed', 'wheat', null, 'yard');
    expect(hall('yard').bulks).toEqual([]);
    expect(yard.goods.lots.since('wheat')).not.toBeNull();
  });
});

function packed(on: boolean): void {
  yard.tell(StatementKind.aggregation, {
    kind: 'aggregation',
    parent: epc(100),
    children: [epc(1), epc(2)],
    on,
    zone: 'hall-a',
  });
}

describe('a pallet with its cases', () => {
  it('is whole on its way, and parted when a case stays apart', () => {
    yard.place('hall-a', 100, 1, 2);
    packed(true);
    expect(yard.goods.aggregations.childrenOf(epc(100))).toEqual([epc(1), epc(2)]);
    yard.watch(1, 10_000, 100, 1, 2);
    // The reader of the other hall sees the case first, then the pallet.
    yard.see(2, 1);
    yard.t += 2000;
    yard.see(2, 100, 2);
    expect(hall().parted).toEqual([]);
    const parted = yard.t;
    for (let i = 0; i < 4; i++) {
      yard.watch(2, 5000, 100, 1);
      yard.see(1, 2);
    }
    expect(hall('hall-b').parted).toMatchObject([
      { child: epc(2), childZone: 'hall-a', parent: epc(100), parentZone: 'hall-b' },
    ]);
    expect(hall('hall-b').parted[0]?.since).toBeGreaterThan(parted);
    packed(false);
    expect(hall('hall-b').parted).toEqual([]);
    expect(yard.goods.aggregations.parentOf(epc(1))).toBeNull();
  });
});

it('a zone of very many things is told in several answers, each thing once', () => {
  const numbers = Array.from({ length: 4500 }, (_, n) => n);
  yard.place('hall-a', ...numbers);
  const told: string[] = [];
  let after: string | null = '';
  while (after !== null) {
    const { items, next, expected }: ZoneList = zoneList(yard.goods, 'hall-a', yard.t, after);
    expect(expected).toBe(4500);
    told.push(...items.map((item) => item.epc));
    after = next;
  }
  expect(told).toEqual(numbers.map(epc));
});

it('one thing is told as its zone is', () => {
  yard.place('hall-a', 1);
  yard.watch(1, 30_000);
  const item = yard.goods.items.get(epc(1));
  expect(item && itemPresence(yard.goods, item, yard.t)).toMatchObject({ presence: 'missing' });
});
