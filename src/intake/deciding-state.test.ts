import { describe, expect, it } from 'vitest';
import { checked, limitRule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import type { Value } from '../domain/record.ts';
import { bindRules } from '../rules/rule-set.ts';
import { Deciding } from './deciding.ts';
import { UnreadableState } from './deciding-state.ts';

const set = bindRules(checked([limitRule({ latch: true })]), STREAMS, SITE.zones);
const [instance] = set.instances;
if (instance === undefined) throw new Error('no rule');
const { rule, subject } = instance;
const ALARM = `${subject}/${rule.id}`;

/** The rule's level at high is on since a reading 1/7 of 9.1 °C. */
const RULES: Value = [[rule.id, subject, 1, 0, 2, [2, 2, null, 0, 50, 1, 1, 7, 91]]];
const FIRST: Value = [ALARM, rule.id, 1, 2, 1, 50, 1, 7, null];
const LATER: Value = [...FIRST, 1, null, null, null, 0];

describe('a stored state of deciding', () => {
  it('is a version and named parts, without those that have nothing to remember', () => {
    expect(Deciding.decode(set, null).encode()).toEqual([3, ['alarms', [[], [], []]]]);
  });

  it.each([
    ['nine fields of an alarm and nothing else', [RULES, [FIRST]]],
    ['alarms with what is set aside', [RULES, [[LATER], [], []]]],
    ['calls that climb', [RULES, [[LATER], [], []], []]],
    ['fires', [RULES, [[LATER], [], []], [], []]],
    ['names', [3, ['rules', RULES], ['alarms', [[LATER], [], []]]]],
  ])('is read as it was written with %s', (_form, state) => {
    expect(Deciding.decode(set, state).encode()).toEqual([
      3,
      ['rules', RULES],
      ['alarms', [[LATER], [], []]],
    ]);
  });

  it('of the first form is read as a latched alarm only where it was one, or its rule says so', () => {
    const other: Value = ['a/b/gone', 'gone', 4, 1, 0, 50, 1, 7, null];
    const quiet: Value = ['a/b/quiet', 'quiet', 1, 1, 1, 50, 1, 7, null];
    const listed = Deciding.decode(set, [[], [other, quiet]]).alarms.list();
    expect(listed.map(({ rule: id, isLatched }) => [id, isLatched])).toEqual([
      ['gone', true],
      ['quiet', false],
    ]);
  });

  it('that says nothing is a state of the first form without alarms', () => {
    expect(Deciding.decode(set, [[], []]).encode()).toEqual(Deciding.decode(set, null).encode());
  });

  it.each([
    ['no list', 7],
    ['an empty list', []],
    ['a later form', [4, ['rules', RULES]]],
    ['a part of a later build', [3, ['prophecies', [[1]]]]],
    ['a part without a name', [3, 7]],
    ['calls of a form that had none', [RULES, [FIRST], []]],
    ['an alarm of no known form', [RULES, [FIRST.slice(0, 8)]]],
    ['a rule that is none', [3, ['rules', [[rule.id, subject, 7, 0, 0]]]]],
  ])('is refused with %s', (_what, state) => {
    expect(() => Deciding.decode(set, state)).toThrow(UnreadableState);
  });
});
