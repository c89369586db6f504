import { describe, expect, it } from 'vitest';
import { describeJourney } from '../../src/cli/journey-text.ts';
import { GoodsVerb } from '../../src/domain/record.ts';
import { BY } from '../../src/gateway/showing/hand-over.fixture.ts';
import { Desk, judged, Keeper } from '../goods-journey.ts';

const COLD = Array.from({ length: 12 }, () => 50);
const HALF_AN_HOUR = 1_800_000;

describe('a vaccine refused at hand-over for an incomplete journey', () => {
  it('is told which leg is missing or has a gap; with the objection the hand-over stays disputed, whoever signed', async () => {
    using desk = new Desk();
    using truck = await Keeper.open('coldtruck', 'a0a1a2a3a4a5a6a7');
    const began = truck.now;
    truck.put(GoodsVerb.placed);
    truck.read(...COLD);
    truck.sleep(HALF_AN_HOUR);
    truck.read(...COLD);
    const arrived = truck.now;

    using clinic = await Keeper.open('clinic', 'b0b1b2b3b4b5b6b7', arrived);
    const taken = clinic.now;
    clinic.put(GoodsVerb.placed);
    const terms = await clinic.takeFrom(truck, await truck.head(desk.folder, began), { at: taken });
    clinic.read(...COLD);
    const checked = clinic.now;
    truck.read(...COLD);
    clinic.read(...COLD);
    const [first, last] = [desk.file('truck.zip'), desk.file('clinic.zip')];
    await truck.bundle(first, began, taken);
    await clinic.bundle(last, taken, checked);
    const trust = desk.trust(truck, clinic);

    const silent = await judged(first, last, ...trust);
    expect(silent.journey.steps.map(({ code }) => code)).toEqual(['LEG_UNDECIDED', 'LINKED', 'LEG_YES']);
    expect([silent.code, silent.journey.answer]).toEqual([1, 'undecided']);
    // A reading covers 60 s, of which the next one came after 50.
    expect(silent.journey.gapMs).toBeGreaterThanOrEqual(HALF_AN_HOUR - 10_000);
    expect(silent.journey.gapMs).toBeLessThan(HALF_AN_HOUR);

    const alone = await judged(last, ...trust);
    expect(alone.journey.steps.map(({ code }) => code)).toEqual(['LEG_MISSING', 'ROOT_UNKNOWN', 'LEG_YES']);
    expect(describeJourney(alone.journey, 'zh')).toContain('货物来自此日志，但缺少其证明包');

    await clinic.desk.object(
      terms.handOver,
      { by: 'clinic', code: 'incomplete', note: '30 min without a reading', pictures: [] },
      BY,
    );
    expect(clinic.desk.get(terms.handOver)).toMatchObject({ state: 'disputed', giver: {}, taker: {} });
    clinic.read(...COLD);
    await clinic.bundle(last, taken, clinic.now);
    const refused = await judged(first, last, ...trust);
    expect(refused.journey.steps[1]).toMatchObject({
      code: 'DISPUTED',
      handOver: { handOver: terms.handOver },
    });
  }, 60_000);

  it('is no evidence with another root or an altered bundle, and undecided about other goods', async () => {
    using desk = new Desk();
    using truck = await Keeper.open('coldtruck', 'a0a1a2a3a4a5a6a7');
    const began = truck.now;
    truck.put(GoodsVerb.placed);
    truck.read(...COLD);
    using clinic = await Keeper.open('clinic', 'b0b1b2b3b4b5b6b7', truck.now);
    const taken = clinic.now;
    clinic.put(GoodsVerb.placed);
    const [origin = '', size = ''] = (await truck.head(desk.folder, began)).split(' ');
    const forged = `${origin} ${size} ${Buffer.alloc(32, 7).toString('base64')}`;
    await clinic.takeFrom(truck, forged, { at: taken });
    clinic.read(...COLD);
    const [first, last] = [desk.file('truck.zip'), desk.file('clinic.zip')];
    await truck.bundle(first, began, taken);
    await clinic.bundle(last, taken, clinic.now);
    const trust = desk.trust(truck, clinic);
    const fork = await judged(first, last, ...trust);
    expect(fork.journey.steps[1]).toMatchObject({ code: 'ROOT_CONFLICT' });
    expect([fork.code, fork.journey.evidence, fork.journey.answer]).toEqual([2, 'invalid', 'undecided']);
    const other = await judged(first, last, ...trust, '--lot', 'beef-0612');
    expect(other.journey.steps[1]).toMatchObject({ code: 'OTHER_GOODS' });
    const altered = desk.flipped(first);
    const broken = await judged(altered, last, ...trust);
    expect(broken.journey.steps.map(({ code }) => code)).toContain('LEG_INVALID');
    expect(broken.code).toBe(2);
  }, 60_000);
});
