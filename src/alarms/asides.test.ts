import { beforeEach, describe, expect, it } from 'vitest';
import { AlarmState } from '../domain/alarm.ts';
import type { AlarmRule, AlarmTransition, LevelFinding } from '../domain/deciding.ts';
import type { ActBody } from '../domain/record.ts';
import { onAct, permits, permitsZone } from './acts.ts';
import { endInTime, suppressNew } from './asides.ts';
import { fireEscalations, onFinding } from './machine.ts';
import { rosterOf, type Roster } from './roster.ts';
import { AlarmsState } from './state.ts';

const MIN = 60_000;
const ALARM = 'probe-1/temperature/warm';
const OTHER = 'probe-2/temperature/warm';
const WARM: AlarmRule = {
  rule: 'warm',
  title: { en: 'Warm', zh: '超温' },
  basis: 'test',
  priority: 2,
  latch: false,
  escalate: { afterMs: 30 * MIN, to: 1 },
};

function roster(change: Partial<AlarmRule> = {}): Roster {
  const bound = { rule: { id: 'warm' }, stream: { place: 'cold-1' } };
  const elsewhere = { ...bound, stream: { place: 'dock' } };
  return rosterOf(
    new Map([
      [ALARM, bound],
      [OTHER, elsewhere],
    ]),
    new Map([['warm', { ...WARM, ...change }]]),
  );
}

let alarms: AlarmsState;
let seq: number;
beforeEach(() => {
  alarms = new AlarmsState();
  seq = 0;
});

function finds(phase: LevelFinding['phase'], t: number, rules = roster(), priority: 1 | 2 = 2): string[] {
  const cause = { slot: 1, seq: t };
  const finding = { rule: 'warm', subject: 'probe-1/temperature', phase, t, cause, v: 900, priority };
  return told(onFinding(rules, alarms, finding));
}

function does(verb: string, t: number, length: string | null = null, object = ALARM): string[] {
  const body: ActBody = [7, 'operator', verb, object, null, length, 'because', 0];
  return told(onAct(roster(), alarms, body, t, { slot: 0, seq: seq++ }));
}

function passes(until: number, blockStart = 0): string[] {
  return told(endInTime(roster(), alarms, until, blockStart));
}

function told(transitions: readonly AlarmTransition[]): string[] {
  return transitions.map(({ alarm, from, to, t }) => `${t}: ${alarm === ALARM ? '' : alarm}${from}>${to}`);
}

function restarted(): AlarmsState {
  const again = AlarmsState.decode(alarms.encode());
  expect(again.encode()).toEqual(alarms.encode());
  return again;
}

describe('shelving', () => {
  it('hides an alarm for its time and brings it back calling when its condition holds', () => {
    finds(1, 10);
    expect(does('shelve', 20, '1h')).toEqual(['20: 1>6']);
    expect(alarms.get(ALARM)?.shelved).toEqual({
      actor: 7,
      role: 'operator',
      reason: 'because',
      at: 20,
      act: { slot: 0, seq: 0 },
      until: 60 * MIN + 20,
    });
    expect(alarms.nextDeadline()).toBe(60 * MIN + 20);
    alarms = restarted();
    expect(passes(60 * MIN + 19)).toEqual([]);
    expect(passes(60 * MIN + 20)).toEqual([`${60 * MIN + 20}: 6>1`]);
    // It calls anew, so it escalates anew.
    expect(alarms.get(ALARM)?.escalateAt).toBe(90 * MIN + 20);
  });

  it('of an alarm whose condition ended meanwhile ends at normal', () => {
    finds(1, 10);
    does('shelve', 20, '1h');
    expect(finds(3, 30)).toEqual([]);
    expect(passes(61 * MIN)).toEqual([`${60 * MIN + 20}: 6>0`]);
    expect(alarms.list()).toEqual([]);
    expect(alarms.nextDeadline()).toBe(Infinity);
  });

  it('of an alarm at rest keeps it from calling, and follows its condition', () => {
    expect(does('shelve', 20, '1h')).toEqual(['20: 0>6']);
    expect(finds(1, 30)).toEqual([]);
    expect(alarms.get(ALARM)).toMatchObject({ isActive: true, since: 30 });
    expect(does('unshelve', 40)).toEqual(['40: 6>1']);
  });

  it('can be given another end, and ends by the act of a person', () => {
    finds(1, 10);
    does('shelve', 20, '1h');
    expect(does('shelve', 30, '5m')).toEqual([]);
    expect(passes(5 * MIN + 29)).toEqual([]);
    expect(does('unshelve', 40)).toEqual(['40: 6>1']);
    expect(passes(2 * 60 * MIN)).toEqual([]);
  });

  it('never outlasts a condition that becomes urgent', () => {
    finds(1, 10);
    does('shelve', 20, '1h');
    expect(finds(2, 30, roster(), 1)).toEqual(['30: 6>1']);
    expect(alarms.get(ALARM)).toMatchObject({ shelved: null, priority: 1 });
  });

  it('is no way around the reset of an alarm that latches', () => {
    const latching = roster({ latch: true });
    finds(1, 10, latching);
    does('shelve', 20, '1h');
    finds(3, 30, latching);
    expect(does('unshelve', 40)).toEqual(['40: 6>4']);
    does('acknowledge', 50);
    expect(does('reset', 60)).toEqual(['60: 5>0']);
  });

  it('does not start an escalation while it lasts', () => {
    finds(1, 10);
    does('shelve', 20, '24h');
    expect(fireEscalations(roster(), alarms, 10 * 60 * MIN, 0)).toEqual([]);
  });

  it('that ended while the gateway was off ends with the first block after', () => {
    finds(1, 10);
    does('shelve', 20, '1h');
    expect(passes(200 * MIN, 200 * MIN)).toEqual([`${200 * MIN}: 6>1`]);
  });

  it('ends as long after a clock step as before it', () => {
    does('shelve', 20, '1h');
    alarms.shift(-5);
    expect(alarms.get(ALARM)?.shelved).toMatchObject({ at: 15, until: 60 * MIN + 15 });
    expect(alarms.nextDeadline()).toBe(60 * MIN + 15);
  });

  it.each([null, 'soon', '-1h'])('without a length (%s) is none', (length) => {
    expect(does('shelve', 20, length)).toEqual([]);
  });
});

describe('shelving is refused', () => {
  const hour = 60 * MIN;
  it.each([
    ['where the rule forbids it', { shelvingMs: 0 }, hour, 'may never be shelved: its rule forbids it'],
    ['longer than the rule says', { shelvingMs: hour }, hour + 1, 'takes 1m to 1h, not 3600001ms'],
    ['longer than anybody may', {}, 25 * hour, 'takes 1m to 1d, not 25h'],
    ['for less than a minute', {}, 1000, 'takes 1m to 1d, not 1s'],
    ['without an end', {}, null, 'takes 1m to 1d, not nothing'],
    ['of what is urgent', { priority: 1 } as const, hour, 'what is urgent is never shelved'],
  ])('%s', (_, change, ms, why) => {
    expect(permits(roster(change), alarms, 'shelve', ALARM, ms)?.why).toContain(why);
  });

  it('once it is urgent, though its rule began with less', () => {
    finds(1, 10);
    expect(permits(roster(), alarms, 'shelve', ALARM, hour)).toBeNull();
    fireEscalations(roster(), alarms, 30 * MIN + 10, 0);
    expect(permits(roster(), alarms, 'shelve', ALARM, hour)?.why).toContain('urgent');
  });

  it('of an alarm that there is none of', () => {
    expect(permits(roster(), alarms, 'shelve', 'x/y/z', hour)).toEqual({
      isUnknown: true,
      why: 'there is no alarm "x/y/z"',
    });
  });
});

describe('an alarm out of service', () => {
  it('stays so until a person puts it back, over restarts and clock steps', () => {
    finds(1, 10);
    expect(does('take-out', 20)).toEqual(['20: 1>8']);
    alarms = restarted();
    expect(alarms.get(ALARM)?.out).toMatchObject({ actor: 7, reason: 'because', at: 20 });
    expect(alarms.nextDeadline()).toBe(Infinity);
    expect(does('put-back', 30)).toEqual(['30: 8>1']);
    expect(does('put-back', 40)).toEqual([]);
  });

  it('comes back to the shelf it was taken from, unless that time is over', () => {
    does('shelve', 20, '1h');
    does('take-out', 30);
    expect(does('put-back', 40)).toEqual(['40: 8>6']);
    does('take-out', 50);
    expect(passes(61 * MIN)).toEqual([]);
    expect(does('put-back', 62 * MIN)).toEqual([`${62 * MIN}: 8>0`]);
  });

  it('may be shelved and acknowledged only after', () => {
    does('take-out', 20);
    for (const verb of ['shelve', 'acknowledge', 'reset', 'unshelve', 'take-out']) {
      expect(permits(roster(), alarms, verb, ALARM, 60 * MIN)?.why).toContain('is out of service');
    }
    expect(permits(roster(), alarms, 'comment', ALARM)).toBeNull();
  });
});

describe('the maintenance of a zone', () => {
  it('suppresses every alarm about it, and no other, and ends by itself', () => {
    expect(does('maintain', 20, '4h', 'cold-1')).toEqual(['20: 0>7']);
    expect(finds(1, 30)).toEqual([]);
    alarms = restarted();
    expect(alarms.maintained()).toMatchObject([{ zone: 'cold-1', actor: 7, reason: 'because', at: 20 }]);
    expect(alarms.nextDeadline()).toBe(240 * MIN + 20);
    expect(passes(300 * MIN)).toEqual([`${240 * MIN + 20}: 7>1`]);
    expect(alarms.maintained()).toEqual([]);
  });

  it('can be ended, and be given another end', () => {
    does('maintain', 20, '4h', 'cold-1');
    expect(does('maintain', 30, '8h', 'cold-1')).toEqual([]);
    expect(passes(400 * MIN)).toEqual([]);
    expect(does('end-maintenance', 401 * MIN, null, 'cold-1')).toEqual([`${401 * MIN}: 7>0`]);
    expect(passes(999 * MIN)).toEqual([]);
  });

  it('ends over what is out of service without bringing it back, and over what is shelved with the shelf', () => {
    does('shelve', 10, '8h');
    expect(does('maintain', 20, '1h', 'cold-1')).toEqual(['20: 6>7']);
    expect(does('take-out', 30)).toEqual(['30: 7>8']);
    expect(does('put-back', 40)).toEqual(['40: 8>7']);
    expect(passes(90 * MIN)).toEqual([`${60 * MIN + 20}: 7>6`]);
    does('maintain', 91 * MIN, '1h', 'cold-1');
    does('take-out', 92 * MIN);
    expect(passes(200 * MIN)).toEqual([]);
    expect(alarms.get(ALARM)).toMatchObject({ state: AlarmState.outOfService, suppressedBy: null });
  });

  it('suppresses the alarms that a new rule set brings', () => {
    const empty = rosterOf(new Map(), new Map());
    const body: ActBody = [7, 'supervisor', 'maintain', 'cold-1', null, '4h', 'defrost', 0];
    expect(onAct(empty, alarms, body, 20, { slot: 0, seq: 0 })).toEqual([]);
    expect(told(suppressNew(roster(), alarms, 30, { slot: 0, seq: 1 }))).toEqual(['30: 0>7']);
    expect(suppressNew(roster(), alarms, 40, { slot: 0, seq: 2 })).toEqual([]);
  });

  it('keeps an alarm that latches from being forgotten', () => {
    finds(1, 10, roster({ latch: true }));
    does('maintain', 20, '1h', 'cold-1');
    finds(3, 30, roster({ latch: true }));
    expect(passes(61 * MIN)).toEqual([`${60 * MIN + 20}: 7>4`]);
  });

  it('is permitted for zones that there are, for a minute to a day', () => {
    const ms = 4 * 60 * MIN;
    expect(permitsZone(roster(), alarms, 'maintain', 'cold-1', ms)).toBeNull();
    expect(permitsZone(roster(), alarms, 'maintain', 'cold-9', ms)?.isUnknown).toBe(true);
    expect(permitsZone(roster(), alarms, 'maintain', 'cold-1', 25 * 60 * MIN)?.why).toContain('1m to 1d');
    expect(permitsZone(roster(), alarms, 'end-maintenance', 'cold-1', null)?.isUnknown).toBe(true);
    does('maintain', 20, '4h', 'cold-1');
    expect(permitsZone(roster(), alarms, 'end-maintenance', 'cold-1', null)).toBeNull();
  });
});

describe('what stands when an epoch ends', () => {
  it('goes on without the names of records that the next epoch does not have', () => {
    finds(1, 10);
    does('shelve', 20, '1h');
    does('take-out', 25, null, OTHER);
    does('maintain', 30, '1h', 'dock');
    alarms.forgetRecords();
    const none = { slot: 0, seq: 0 };
    expect(alarms.get(ALARM)).toMatchObject({ cause: none, shelved: { act: none, until: 60 * MIN + 20 } });
    expect(alarms.get(OTHER)?.out).toMatchObject({ act: none, reason: 'because' });
    expect(alarms.maintained()).toMatchObject([{ act: none }]);
  });
});
