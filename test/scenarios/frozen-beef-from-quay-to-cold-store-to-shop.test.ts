import { describe, expect, it } from 'vitest';
import { GoodsVerb } from '../../src/domain/record.ts';
import { describeJourney } from '../../src/cli/journey-text.ts';
import { AN_HOUR, Desk, judged, Keeper } from '../goods-journey.ts';

const COLD = Array.from({ length: 24 }, (_, i) => 40 + (i % 5));
const WARM = Array.from({ length: AN_HOUR }, () => 90);

describe('frozen beef from quay to cold store to shop with one hour at 9 °C', () => {
  it('is one journey of three bundles: linked, and no, with the very minutes; without the store’s, or under keys nobody named, it is not proven', async () => {
    using desk = new Desk();
    using quay = await Keeper.open('quay', 'a0a1a2a3a4a5a6a7');
    const began = quay.now;
    quay.put(GoodsVerb.placed);
    quay.read(...COLD);
    const quayEnd = quay.now;

    using store = await Keeper.open('store-7', 'b0b1b2b3b4b5b6b7', quayEnd);
    const storeBegin = store.now;
    store.put(GoodsVerb.placed);
    await store.takeFrom(quay, await quay.head(desk.folder, began), { at: storeBegin });
    store.read(...COLD, ...WARM, ...COLD);
    const storeEnd = store.now;

    using shop = await Keeper.open('shop-3', 'c0c1c2c3c4c5c6c7', storeEnd);
    const shopBegin = shop.now;
    shop.put(GoodsVerb.placed);
    await shop.takeFrom(store, await store.head(desk.folder, storeBegin), { at: shopBegin });
    shop.read(...COLD);
    const shopEnd = shop.now;

    // The logs went on since the hand-over: what the terms name is a prefix of what is shown.
    quay.read(...COLD);
    store.read(...COLD);
    shop.read(...COLD);
    const legs = [desk.file('quay.zip'), desk.file('store.zip'), desk.file('shop.zip')];
    await quay.bundle(legs[0] ?? '', began, Math.max(quayEnd, storeBegin));
    await store.bundle(legs[1] ?? '', storeBegin, Math.max(storeEnd, shopBegin));
    await shop.bundle(legs[2] ?? '', shopBegin, shopEnd);
    const trust = desk.trust(quay, store, shop);

    const { code, journey } = await judged(...legs, ...trust);
    expect(journey.steps.map((step) => step.code)).toEqual([
      'LEG_YES',
      'LINKED',
      'LEG_NO',
      'LINKED',
      'LEG_YES',
    ]);
    expect(journey).toMatchObject({ evidence: 'valid', answer: 'no', outMs: 3_600_000, betweenMs: 0 });
    expect(code).toBe(1);
    expect(describeJourney(journey, 'zh')).toContain('超限 60 min');

    const [first = '', , last = ''] = legs;
    const cut = await judged(first, last, ...trust);
    expect(cut.journey.steps.map((step) => step.code)).toEqual([
      'LEG_YES',
      'LEG_MISSING',
      'ROOT_UNKNOWN',
      'LEG_YES',
    ]);
    expect([cut.journey.answer, cut.code]).toEqual(['undecided', 1]);

    const unknown = await judged(...legs, ...trust.slice(0, 2));
    expect(unknown.journey.steps.map((step) => step.code)).toEqual([
      'LEG_YES',
      'KEY_UNKNOWN',
      'LEG_NO',
      'KEY_UNKNOWN',
      'LEG_YES',
    ]);
  }, 60_000);
});
