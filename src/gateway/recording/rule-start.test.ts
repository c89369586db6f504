import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CONFIGURATION, Life, Place, RULES } from '../data-directory.fixture.ts';
import type { User } from '../../config/configuration.ts';
import { RecordType } from '../../domain/record.ts';
import { chooseRules } from '../site/rule-choice.ts';
import type { SiteConfiguration } from '../site/site.ts';
import { RuleBook } from './rule-book.ts';
import { choose, loosen, once, rewrite, RulesLife } from './rules-life.fixture.ts';

const MINUTE = 60_000;

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => {
  vi.restoreAllMocks();
  place[Symbol.dispose]();
});

function user(number: number, role: User['role']): User {
  return { id: `u${number}`, number, name: 'x', role, tokenHash: '' };
}

describe('rules at a start', () => {
  it('are confirmed by themselves where nothing was before, and stay so', async () => {
    {
      using first = await RulesLife.open(place);
      expect(first.choice).toMatchObject({ step: 'same', changes: [] });
      expect(first.acts).toEqual([]);
      expect(first.stored).toMatchObject({
        changed: null,
        confirmed: { confirmMs: 15 * MINUTE, two: false },
      });
    }
    rewrite(place, 'rules/cold.yaml', (text) => `# a comment\n${text}`);
    rewrite(place, 'gateway.yaml', (text) => `${text}listen: { port: 8686 }\n`);
    using second = await RulesLife.open(place);
    expect(second.choice.step).toBe('same');
    expect(second.acts).toEqual([]);
    expect(second.desk.state()).toMatchObject({ state: 'confirmed', changes: [] });
  });

  it('are on trial when they changed, until a time that a restart does not move', async () => {
    await once(place);
    loosen(place);
    let until: number | null = null;
    {
      using trial = await RulesLife.open(place);
      expect(trial.acts).toEqual([
        [0, 'change-rules', 'rules/cold-room-warm/above', 0],
        [0, 'try-rules', 'rules', 0],
      ]);
      const { since, ...state } = trial.desk.state();
      until = state.until;
      expect(until).toBe((since ?? 0) + 15 * MINUTE);
      expect(state).toMatchObject({
        state: 'trial',
        changes: [{ path: 'rules/cold-room-warm/above', old: '8 °C', new: '9 °C' }],
      });
    }
    using again = await RulesLife.open(place);
    expect(again.acts).toEqual([]);
    expect(again.desk.state()).toMatchObject({ state: 'trial', until });
    expect(again.stored?.changed).toMatchObject({ starts: 2, until });
  });

  it('are those confirmed before once that time is over, whenever that was noticed', async () => {
    await once(place);
    loosen(place);
    let until = 0;
    {
      using trial = await RulesLife.open(place);
      until = trial.desk.state().until ?? 0;
    }
    vi.spyOn(Date, 'now').mockReturnValue(until);
    using back = await RulesLife.open(place);
    expect(back.choice.step).toBe('back');
    expect(back.choice.site.rules.find(({ id }) => id === 'cold-room-warm')).toBeDefined();
    expect(Buffer.from(back.choice.site.files.rules[0]?.bytes ?? []).toString()).toBe(RULES);
    expect(back.acts).toEqual([[0, 'roll-back-rules', 'rules', 0]]);
    const notices = back.life.records.filter(({ type }) => type === RecordType.notice);
    expect(notices.map(({ body }) => body.slice(0, 2))).toContainEqual(['gateway/rules-rolled-back', 'duty']);
    expect(back.desk.state()).toMatchObject({
      state: 'rolled-back',
      why: `not confirmed by ${new Date(until).toISOString()}`,
    });
  });

  it('are those confirmed before when the others bring the gateway down again and again', async () => {
    await once(place);
    loosen(place);
    for (let n = 1; n <= 5; n += 1) {
      const choice = await choose(place);
      expect(choice.step).toBe('try');
      using life = new Life(await place.site(), null);
      // It died before its first commit.
      new RuleBook(choice).keepStart(life.journal);
    }
    using back = await RulesLife.open(place);
    expect(back.desk.state()).toMatchObject({
      state: 'rolled-back',
      why: expect.stringContaining('5 times'),
    });
  });

  it('do not count a start that was followed by an orderly stop', async () => {
    await once(place);
    loosen(place);
    for (let n = 1; n <= 6; n += 1) {
      using trial = await RulesLife.open(place);
      expect(trial.choice.step).toBe('try');
      trial.desk.noteStop();
      expect(trial.stored?.changed?.starts).toBe(0);
    }
  });

  it('move the end of the trial with the clock, in the commit of the step', async () => {
    await once(place);
    loosen(place);
    using trial = await RulesLife.open(place);
    const { since, until } = trial.desk.state();
    trial.life.blocks.step(3_600_000);
    expect(trial.stored?.changed).toMatchObject({
      since: (since ?? 0) + 3_600_000,
      until: (until ?? 0) + 3_600_000,
    });
  });

  it('stay as they are where the confirmed ones ask for no confirmation, and it is on record', async () => {
    rewrite(place, 'gateway.yaml', (text) => `${text}rule-changes: { confirm-within: never }\n`);
    await once(place);
    loosen(place);
    using next = await RulesLife.open(place);
    expect(next.acts).toEqual([
      [0, 'change-rules', 'rules/cold-room-warm/above', 0],
      [0, 'adopt-rules', 'rules', 0],
    ]);
    expect(next.desk.state()).toMatchObject({ state: 'confirmed' });
  });

  it('cannot do away with the confirmation by the same change', async () => {
    await once(place);
    loosen(place);
    rewrite(place, 'gateway.yaml', (text) => `${text}rule-changes: { confirm-within: never }\n`);
    using trial = await RulesLife.open(place);
    expect(trial.desk.state()).toMatchObject({ state: 'trial' });
  });

  it('are no trial any more when the files are the confirmed ones again', async () => {
    await once(place);
    loosen(place);
    {
      using _trial = await RulesLife.open(place);
    }
    rewrite(place, 'rules/cold.yaml', () => RULES);
    using next = await RulesLife.open(place);
    expect(next.acts).toEqual([[0, 'revert-rules', 'rules', 0]]);
    expect(next.stored?.changed).toBeNull();
  });

  it('are for two persons under gsp, where the configuration names two who may confirm', async () => {
    const site = await place.site();
    const asks = async (profile: 'gsp' | 'none', ...users: SiteConfiguration['users']): Promise<boolean> => {
      const { notes } = await chooseRules({ ...site, profile, users }, { checked: true, directory: null });
      return notes.confirmed.two;
    };
    const two = [user(2, 'supervisor'), user(3, 'installer')] as const;
    expect(await asks('gsp', ...two)).toBe(true);
    expect(await asks('gsp', user(2, 'supervisor'), user(3, 'operator'))).toBe(false);
    expect(await asks('gsp')).toBe(false);
    expect(await asks('none', ...two)).toBe(false);
  });

  it('stay in force when those before cannot come back, and everybody is told that once', async () => {
    await once(place);
    rewrite(place, 'gateway.yaml', () =>
      CONFIGURATION.replace(
        "{ id: duty, kind: webhook, url: 'https://duty.example/hook', secret: file:hook-secret }",
        "{ id: duty, kind: webhook, url: 'https://duty.example/hook', secret: file:other }",
      ),
    );
    writeFileSync(join(place.root, 'other'), 'another secret\n', { mode: 0o600 });
    rmSync(join(place.root, 'hook-secret'));
    let until = 0;
    {
      using trial = await RulesLife.open(place);
      until = trial.desk.state().until ?? 0;
      // Addresses and secrets of channels are nobody's business.
      expect(trial.desk.state().changes).toEqual([
        { path: 'notify/channels/duty/secret', old: '…', new: '…' },
      ]);
    }
    vi.spyOn(Date, 'now').mockReturnValue(until);
    for (const acts of [[[0, 'roll-back-rules', 'rules', 1]], []]) {
      using stuck = await RulesLife.open(place);
      expect(stuck.acts).toEqual(acts);
      expect(stuck.desk.state()).toMatchObject({
        state: 'stuck',
        why: expect.stringContaining('hook-secret'),
      });
    }
  });
});
