import { describe, expect, it } from 'vitest';
import { checked, limitRule, rule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { lines, Records, Timeline } from '../../test/rules/timeline.ts';
import { bindRules, type RuleSet } from './rule-set.ts';
import { RulesState } from './state.ts';

const M = 60_000;

function bound(...raw: readonly unknown[]): RuleSet {
  return bindRules(checked(raw), STREAMS, SITE.zones);
}

const SILENT = rule({ id: 'silent', kind: 'silent', for: '3m', 'raise-after': undefined });

describe('the state of rules', () => {
  it('is empty while nothing was read', () => {
    expect(new RulesState(bound(limitRule({}), SILENT)).encode()).toEqual([]);
  });

  it('is integers, text and null only', () => {
    const line = new Timeline(bound(limitRule({ 'clear-after': '2m' }), SILENT));
    const records = new Records();
    for (const r of [records.reading(1, 5, 900), records.reading(1, 6, 700)]) line.take(r);
    expect(line.rules.encode()).toEqual([
      ['warm', 'probe-1/temperature', 1, 0, 2, [2, 3, 120_006, 1, 6, 0, 1, 1, 700]],
      ['silent', 'probe-1/temperature', 1, 0, 0, [2, 1, 180_006, 0, 0, 0, 1, 1, 700]],
    ]);
  });

  it('drops what a new rule set does not know, and the alarm returns to normal when it takes force', () => {
    const line = new Timeline(
      bound(limitRule({ do: [{ siren: 'dock' }] }), limitRule({ id: 'hot', above: 8.5 })),
    );
    const records = new Records();
    line.take(records.reading(1, 0, 900));
    const next = line.restart(bound(limitRule({ id: 'hot', above: 8.5 })));
    expect(lines(next.take(records.ruleSet(M)))).toEqual(['60000 probe-1/temperature/warm 1>0 p2 @0.0']);
    expect(next.rules.isOpen('probe-1/temperature/hot')).toBe(true);
    expect(lines(next.take(records.reading(1, 2 * M, 700)))).toEqual([
      '120000 hot closed 700 p2 @1.1',
      '120000 probe-1/temperature/hot 1>3 p2 @1.1',
    ]);
  });

  it('keeps a wait over a rule set that changed elsewhere', () => {
    const warm = limitRule({ 'raise-after': '10m' });
    const line = new Timeline(bound(warm));
    line.take(new Records().reading(1, 0, 900));
    const next = line.restart(bound(SILENT, warm));
    expect(lines(next.passTime(10 * M))[0]).toBe('600000 warm opened 900 p2 @1.0');
  });

  it('closes nothing by itself when a level goes, and lets the alarm clear with the new set', () => {
    const mild = { priority: 'medium', above: 20 };
    const both = limitRule({ levels: [{ priority: 'high', above: 8 }, mild] });
    const line = new Timeline(bound(both));
    const records = new Records();
    line.take(records.reading(1, 0, 900));
    const next = line.restart(bound(limitRule({ levels: [mild] })));
    expect(lines(next.take(records.ruleSet(M)))).toEqual(['60000 probe-1/temperature/warm 1>3 p2 @0.0']);
  });

  it('is taken back with its timers', () => {
    const line = new Timeline(bound(limitRule({ 'raise-after': '10m' }), SILENT));
    const records = new Records();
    line.take(records.reading(1, 0, 700));
    line.commit();
    const before = line.rules.encode();
    line.take(records.reading(1, M, 900));
    expect(line.rules.nextDeadline()).toBe(4 * M);
    line.discard();
    expect(line.rules.encode()).toEqual(before);
    expect(line.rules.nextDeadline()).toBe(3 * M);
    line.commit();
    line.discard();
    expect(line.rules.encode()).toEqual(before);
  });

  it('fires timers of one deadline in the order of the rules', () => {
    const line = new Timeline(bound(SILENT, limitRule({ 'raise-after': '3m' }), { ...SILENT, id: 'mute' }));
    line.take(new Records().reading(1, 0, 900));
    const said = lines(line.passTime(3 * M)).filter((l) => l.includes('opened'));
    expect(said.map((l) => l.split(' ')[1])).toEqual(['silent', 'warm', 'mute']);
  });

  it('fires timers of one rule and one deadline in the order of slots', () => {
    const everywhere = { ...SILENT, on: { stream: '*' } };
    const line = new Timeline(bindRules(checked([everywhere]), STREAMS.toReversed(), SITE.zones));
    line.take(new Records().system(0, 1));
    const said = lines(line.passTime(3 * M)).filter((l) => l.includes('>'));
    expect(said.map((l) => l.split(' ')[1])).toEqual(STREAMS.map(({ id }) => `${id}/silent`));
  });

  it('remembers nothing of a level that is off, whatever happened before', () => {
    const line = new Timeline(bound(limitRule({ when: 'device.healthy' })));
    const records = new Records();
    const before = [
      records.health(0, 'probe-1', true),
      records.reading(1, 1, 900),
      records.reading(1, 2, 700),
    ];
    for (const r of before) line.take(r);
    const next = line.restart();
    const after = [records.health(3, 'probe-1', false), records.reading(1, 4, 900)];
    for (const either of [line, next]) for (const r of after) either.take(r);
    expect(line.rules.encode()).toEqual(next.rules.encode());
  });

  it.each([
    ['no list', 'x'],
    ['an entry that is no list', [1]],
    ['an unknown truth', [['warm', 'probe-1/temperature', 3, 0, 0]]],
    ['a short level', [['warm', 'probe-1/temperature', 1, 0, 0, [1]]]],
    ['a fraction', [['warm', 'probe-1/temperature', 1, 0, 0, [2, 1, 0.5, 0, 0, 0, 0, 0, null]]]],
  ])('refuses %s', (_, value) => {
    expect(() => RulesState.decode(bound(limitRule({})), value)).toThrow(TypeError);
  });
});
