import { beforeEach, describe, expect, it } from 'vitest';
import type { OrderContent } from '../domain/goods/documents.ts';
import { GoodsVerb, StatementKind } from '../domain/record.ts';
import { stepsOf, type GoodsAct } from './goods-acts.ts';
import { epc, SITE, Yard } from './goods.fixture.ts';
import { objectionToDocument, type DocumentSite } from './objections.ts';
import type { Tellable } from './statements.ts';

let yard: Yard;
beforeEach(() => {
  yard = new Yard();
  yard.place('hall-a', 1, 2);
  yard.act('placed', 'wheat', null, 'silo');
  yard.act('placed', 'sold', null, 'silo');
  yard.act('removed', 'sold', null, 'silo');
});

const act = (verb: GoodsAct['verb'], more: Partial<GoodsAct> = {}): GoodsAct => ({
  verb,
  lot: null,
  zone: null,
  epcs: null,
  ...more,
});
const plan = (...acts: GoodsAct[]) => stepsOf(yard.goods, SITE.zones, acts);
const objection = (...acts: GoodsAct[]): string | null => {
  const planned = plan(...acts);
  return planned.ok ? null : `${planned.objection.code} ${planned.objection.why}`;
};

describe('acts on goods', () => {
  it('become one leaf for each thing, lot and zone as they are on record', () => {
    expect(
      plan(act('move', { zone: 'hall-b', epcs: [epc(1), epc(2)] }), act('remove', { epcs: [epc(1)] })),
    ).toEqual({
      ok: true,
      steps: [
        { verb: GoodsVerb.moved, lot: 'lot-1', epc: epc(1), zone: 'hall-b' },
        { verb: GoodsVerb.moved, lot: 'lot-1', epc: epc(2), zone: 'hall-b' },
        { verb: GoodsVerb.removed, lot: 'lot-1', epc: epc(1), zone: 'hall-b' },
      ],
    });
  });

  it('may follow on each other in one call', () => {
    const placed = act('place', { lot: 'new', zone: 'yard' });
    expect(
      objection(
        placed,
        act('move', { lot: 'new', zone: 'silo' }),
        act('remove', { lot: 'new', zone: 'silo' }),
      ),
    ).toBeNull();
    expect(
      objection(
        placed,
        act('move', { lot: 'new', zone: 'silo' }),
        act('remove', { lot: 'new', zone: 'yard' }),
      ),
    ).toContain('CONFLICT');
  });

  it('are refused with all that stands against them', () => {
    expect(objection(act('move', { zone: 'yard', epcs: [epc(7), epc(1), epc(8)] }))).toBe(
      `NOT_FOUND ${epc(7)} is not on record; ${epc(8)} is not on record`,
    );
    const many = Array.from({ length: 30 }, (_, n) => epc(n + 1000));
    expect(objection(act('remove', { epcs: many }))).toMatch(/; and 10 more$/);
  });

  it.each([
    [
      'a zone that is none',
      act('place', { lot: 'x', zone: 'hall-c', epcs: [epc(9)] }),
      'INVALID zone: hall-c is no zone of this configuration; did you mean "hall-a"?',
    ],
    [
      'digits that are none',
      act('place', { lot: 'x', zone: 'yard', epcs: ['30zz'] }),
      'INVALID epcs: 30zz must be an EPC',
    ],
    ['an EPC of another length', act('move', { zone: 'yard', epcs: [epc(1).slice(0, 23)] }), 'INVALID epcs:'],
    [
      'a lot with a blank before it',
      act('place', { lot: ' x', zone: 'yard' }),
      'INVALID lot: must be a lot of 1 to 64 signs',
    ],
    ['no lot', act('place', { zone: 'yard', epcs: [epc(9)] }), 'INVALID lot: is missing; place needs it'],
    ['no zone', act('move', { epcs: [epc(1)] }), 'INVALID zone: is missing; move needs it'],
    ['no tags', act('link', { lot: 'x', zone: 'yard' }), 'INVALID epcs: is missing'],
    [
      'what is there already',
      act('place', { lot: 'x', zone: 'yard', epcs: [epc(1)] }),
      `CONFLICT ${epc(1)} is on record already, lot lot-1 in zone hall-a: move it`,
    ],
    ['a tag on no record', act('remove', { epcs: [epc(9)] }), `NOT_FOUND ${epc(9)} is not on record`],
    ['another lot', act('move', { lot: 'lot-2', zone: 'yard', epcs: [epc(1)] }), 'CONFLICT'],
    ['another zone', act('remove', { zone: 'yard', epcs: [epc(1)] }), 'was put into zone hall-a, not yard'],
    [
      'a lot that is gone',
      act('move', { lot: 'sold', zone: 'yard' }),
      'CONFLICT nothing of lot sold lies in bulk',
    ],
    [
      'a lot that never was',
      act('remove', { lot: 'gold', zone: 'silo' }),
      'NOT_FOUND lot gold never was on record here',
    ],
  ])('are refused with the reason: %s', (_what, one, reason) => {
    expect(objection(one)).toContain(reason);
    // Then what stands with it is not done either.
    expect(objection(act('move', { zone: 'yard', epcs: [epc(2)] }), one)).toContain(reason);
  });
});

const SITE_OF: DocumentSite = {
  zones: SITE.zones,
  portals: ['dock-1'],
  sources: ['reader-a', 'reader-a/tags'],
  required: new Map([['quantity', ['ticket']]]),
};
const QUANTITY: Tellable = {
  kind: 'quantity',
  lot: 'wheat',
  zone: 'silo',
  amount: { value: 5, exp: 0, unit: 't' },
  by: 'weighbridge',
  gross: null,
  tare: null,
  declared: null,
  ticket: 'W-1',
};
const PACKED: Tellable = {
  kind: 'aggregation',
  parent: epc(100),
  children: [epc(1)],
  on: true,
  zone: 'hall-a',
};
const ORDER: OrderContent = {
  kind: 'order',
  order: '5a'.repeat(32),
  direction: 'out',
  receipt: null,
  lot: 'lot-1',
  epcs: [epc(1)],
  amount: { value: 1, exp: 0, unit: '1' },
  portal: 'dock-1',
  zone: 'hall-a',
  from: 1,
  until: 2,
  vehicle: null,
};

function why(document: Tellable | OrderContent): string {
  const found = objectionToDocument(yard.goods, SITE_OF, document);
  return found === null ? 'nothing' : `${found.code} ${found.why}`;
}

describe('documents', () => {
  it('against which nothing stands are taken', () => {
    expect([QUANTITY, PACKED, ORDER].map(why)).toEqual(['nothing', 'nothing', 'nothing']);
  });

  it.each<[string, Tellable | OrderContent, string]>([
    [
      'a field that this site requires',
      { ...QUANTITY, ticket: null },
      'INVALID ticket: is missing; this site requires it of every quantity',
    ],
    ['a zone that is none', { ...QUANTITY, zone: 'sillo' }, 'did you mean "silo"?'],
    ['a lot that is gone', { ...QUANTITY, lot: 'sold' }, 'CONFLICT lot: sold is gone'],
    ['a lot that never was', { ...QUANTITY, lot: 'gold' }, 'NOT_FOUND lot: gold never was'],
    ['a portal that is none', { ...ORDER, portal: 'dock-2' }, 'INVALID portal: dock-2 is no portal'],
    ['other goods', { ...ORDER, epcs: [epc(1), epc(7)] }, `NOT_FOUND epcs: ${epc(7)} is not on record`],
    ['goods of another lot', { ...ORDER, lot: 'wheat' }, 'CONFLICT'],
    ['unpacking what is not in it', { ...PACKED, on: false }, `CONFLICT children: ${epc(1)} is in nothing`],
  ])('are refused with the reason: %s', (_what, document, reason) => {
    expect(why(document)).toContain(reason);
  });

  it('do not put one thing into two, nor a thing into itself', () => {
    yard.tell(StatementKind.aggregation, {
      kind: 'aggregation',
      parent: epc(100),
      children: [epc(1)],
      on: true,
      zone: 'hall-a',
    });
    expect(why(PACKED)).toBe('nothing');
    expect(why({ ...PACKED, parent: epc(200) })).toContain(`${epc(1)} is in ${epc(100)} already`);
    expect(why({ ...PACKED, parent: epc(1), children: [epc(100)] })).toContain('holds the parent itself');
  });
});
