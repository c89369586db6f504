import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Place } from '../data-directory.fixture.ts';
import { loosen, once, RulesLife } from './rules-life.fixture.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => {
  vi.restoreAllMocks();
  place[Symbol.dispose]();
});

describe('rules on trial', () => {
  const by = { actor: 1, role: 'supervisor', reason: 'agreed' } as const;

  it('go back while the gateway runs: it opens again for that', async () => {
    await once(place);
    loosen(place);
    using trial = await RulesLife.open(place);
    const until = trial.desk.state().until ?? 0;
    trial.desk.look();
    expect(trial.stored?.changed?.state).toBe('trial');
    vi.spyOn(trial.life.core.clock, 'now').mockReturnValue(until);
    trial.desk.look();
    trial.desk.look();
    await vi.waitFor(() => expect(trial.restarts).toHaveLength(1));
    expect(trial.stored?.changed?.state).toBe('due');
    expect(() => trial.desk.confirm(by)).toThrow('no changed rules wait');
    expect(trial.errors).toEqual([]);
  });

  it('stay once a person said so with a reason', async () => {
    await once(place);
    loosen(place);
    {
      using trial = await RulesLife.open(place);
      trial.desk.confirm(by);
      expect(trial.acts.at(-1)).toEqual([1, 'confirm-rules', 'rules', 0]);
      expect(() => trial.desk.confirm(by)).toThrow('no changed rules wait');
    }
    using next = await RulesLife.open(place);
    expect(next.choice.step).toBe('same');
    expect(next.acts).toEqual([]);
  });

  it('stay by two named persons where the rules ask for that, both on record', async () => {
    await once(place);
    loosen(place);
    using trial = await RulesLife.open(place, (choice) => {
      const { confirmed, changed } = choice.notes;
      return { ...choice, notes: { confirmed: { ...confirmed, two: true }, changed } };
    });
    expect(() => trial.desk.confirm(by)).toThrow('two named persons');
    trial.desk.confirm({ ...by, actor: 7 });
    expect(trial.desk.state()).toMatchObject({ state: 'trial', needsTwo: true, endorsedBy: 'Lin' });
    expect(trial.stored?.changed?.endorsed).toBe(7);
    expect(() => trial.desk.confirm({ ...by, actor: 7 })).toThrow('a second person must');
    trial.desk.confirm({ ...by, actor: 8 });
    expect(trial.acts.slice(2)).toEqual([
      [7, 'endorse-rules', 'rules', 0],
      [8, 'confirm-rules', 'rules', 0],
    ]);
    expect(trial.desk.state()).toMatchObject({ state: 'confirmed' });
  });

  it('are tried again for a whole time when somebody says so', async () => {
    await once(place);
    loosen(place);
    {
      using trial = await RulesLife.open(place);
      expect(() => trial.desk.tryAgain(by)).toThrow('no rules went back');
      await trial.desk.revert(by);
      expect(trial.desk.state()).toMatchObject({ state: 'trial' });
      const restarts = ['the rules that were confirmed last come back'];
      await vi.waitFor(() => expect(trial.restarts).toEqual(restarts));
    }
    {
      using back = await RulesLife.open(place);
      expect(back.desk.state()).toMatchObject({ state: 'rolled-back', why: 'reverted: agreed' });
      expect(back.acts).toEqual([]);
      await expect(back.desk.revert(by)).rejects.toThrow('no changed rules are in force');
      back.desk.tryAgain(by);
    }
    using again = await RulesLife.open(place);
    expect(again.desk.state()).toMatchObject({ state: 'trial' });
    expect(again.acts.map((act) => act[1])).toEqual(['change-rules', 'try-rules']);
  });
});
