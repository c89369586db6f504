import { describe, expect, it } from 'vitest';
import { checked, limitRule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { lines, Records, Timeline, type Outcome } from '../../test/rules/timeline.ts';
import type { CallRoute } from '../domain/calling.ts';
import { SystemCode } from '../domain/record.ts';
import { checkRules } from './check.ts';
import { bindRules } from './rule-set.ts';

const M = 60_000;
const WARM = 'probe-1/temperature/warm';

/** On duty by the hour, so that who is called shows when it was decided. */
const chain: CallRoute = {
  id: 'chain',
  steps: [
    { role: 'duty', channels: ['sms', 'siren'], afterMs: { 1: 0, 2: 5 * M, 3: null, 4: null } },
    { role: 'boss', channels: ['sms'], afterMs: { 1: 3 * M, 2: 15 * M, 3: null, 4: null } },
    { role: 'lender', channels: ['hook'], afterMs: { 1: 10 * M, 2: null, 3: null, 4: null } },
  ],
  answerMs: 7 * M,
  smsAtOnce: 0,
  people: (role, channel, t) => {
    if (channel !== 'sms') return [];
    return role === 'duty' ? ['wang', 'li'] : [t < 60 * M ? 'zhao' : 'sun'];
  },
};
const site = { ...SITE, routes: new Map([['chain', chain]]) };

function timeline(...rules: readonly unknown[]): Timeline {
  return new Timeline(bindRules(checked(rules, site), STREAMS, site.zones));
}

const calling = (priority: string, rest: object = {}) =>
  limitRule({ priority, do: [{ notify: 'chain' }], ...rest });

function told(outcomes: readonly Outcome[]): string[] {
  return lines(outcomes.filter((o) => o.is === 'action')).map((line) =>
    line.replace(` notice ${WARM}`, '').replace(/ \d+\.\d+\.\d+(\.\d+)?$/, ''),
  );
}

describe('a call along a route', () => {
  it('climbs until the end, and each step that went unanswered is on record', () => {
    const line = timeline(calling('urgent'));
    const at = line.take(new Records().reading(1, 0, 900));
    expect(told(at)).toEqual(['0 sms duty/wang', '0 sms duty/li', '0 siren duty']);
    expect(told(line.passTime(60 * M))).toEqual([
      '180000 unanswered duty',
      '180000 sms boss/zhao',
      '600000 unanswered boss',
      '600000 hook lender',
      '1020000 unanswered lender',
    ]);
    expect(line.calls.list()).toEqual([]);
  });

  it('waits by its priority, and climbs no further than that', () => {
    const line = timeline(calling('high'));
    expect(told(line.take(new Records().reading(1, 0, 900)))).toEqual([]);
    expect(told(line.passTime(60 * M))).toEqual([
      '300000 sms duty/wang',
      '300000 sms duty/li',
      '300000 siren duty',
      '900000 unanswered duty',
      '900000 sms boss/zhao',
      '1320000 unanswered boss',
    ]);
    expect(told(timeline(calling('low')).take(new Records().reading(1, 0, 900)))).toEqual([]);
  });

  it('ends when somebody acknowledges, and not because the condition is over', () => {
    const line = timeline(calling('urgent'));
    const records = new Records();
    line.take(records.reading(1, 0, 900));
    line.take(records.reading(1, M, 100));
    expect(told(line.passTime(4 * M))).toEqual(['180000 unanswered duty', '180000 sms boss/zhao']);
    line.take(records.act(5 * M, 'acknowledge', WARM));
    expect(told(line.passTime(60 * M))).toEqual([]);
    expect(line.calls.nextDeadline()).toBe(Infinity);
  });

  it('asks who is on duty when the step comes', () => {
    const line = timeline(calling('urgent'));
    line.take(new Records().reading(1, 58 * M, 900));
    expect(told(line.passTime(62 * M))).toEqual([`${61 * M} unanswered duty`, `${61 * M} sms boss/sun`]);
  });

  it('begins anew when the priority rises', () => {
    const line = timeline(calling('high', { escalate: { after: '10m', to: 'urgent' } }));
    line.take(new Records().reading(1, 0, 900));
    expect(told(line.passTime(14 * M))).toEqual([
      '300000 sms duty/wang',
      '300000 sms duty/li',
      '300000 siren duty',
      '600000 sms duty/wang',
      '600000 sms duty/li',
      '600000 siren duty',
      '780000 unanswered duty',
      '780000 sms boss/zhao',
    ]);
  });

  it('goes on over a restart and repeats nothing, with every key once', () => {
    let line = timeline(calling('urgent'));
    const out = line.take(new Records().reading(1, 0, 900));
    for (let t = M / 2; t <= 20 * M; t += M / 2) {
      line = line.restart();
      out.push(...line.passTime(t));
    }
    const keys = out.flatMap((o) => (o.is === 'action' && o.draft.outbox ? [o.draft.outbox.key] : []));
    expect(keys).toHaveLength(5);
    expect(new Set(keys).size).toBe(5);
  });

  it('is not hurried or delayed by a clock step, and ends with its route', () => {
    const line = timeline(calling('urgent'));
    const records = new Records();
    line.take(records.reading(1, 0, 900));
    line.take(records.system(M + 3_600_000, SystemCode.clockStepped, 3_600_000));
    expect(line.calls.nextDeadline()).toBe(3 * M + 3_600_000);
    const other = line.restart(bindRules(checked([limitRule({})], site), STREAMS, site.zones));
    expect(told(other.passTime(5 * 3_600_000))).toEqual([]);
    expect(other.calls.list()).toEqual([]);
  });

  it('takes back what a failed commit decided', () => {
    const line = timeline(calling('urgent'));
    line.commit();
    line.take(new Records().reading(1, 0, 900));
    line.discard();
    expect([line.calls.list(), line.calls.nextDeadline()]).toEqual([[], Infinity]);
  });
});

const gsp = (smsAtOnce: number) => {
  const routes = new Map([['chain', { ...chain, smsAtOnce }]]);
  const result = checkRules([calling('high')], { ...site, routes, profile: 'gsp' });
  return result.ok ? [] : result.problems.map((p) => `${p.path.join('.')} ${p.message}`);
};

describe('a rule under the profile gsp', () => {
  it('tells at least three people by SMS at once', () => {
    expect(gsp(3)).toEqual([]);
    expect(gsp(2)).toEqual([
      '0.do tells 2 people by SMS at once; under the profile gsp it must be 3: notify a route whose first step has "after: 0s", an SMS channel, and a role with 3 people at every hour',
    ]);
  });
});
