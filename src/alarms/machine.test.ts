import { describe, expect, it } from 'vitest';
import type { AlarmRule, AlarmTransition, LevelFinding } from '../domain/deciding.ts';
import type { ActBody } from '../domain/record.ts';
import { onAct, permits } from './acts.ts';
import { fireEscalations, onFinding, reconcile } from './machine.ts';
import { rosterOf, type Roster } from './roster.ts';
import { AlarmsState } from './state.ts';

const M = 60_000;
const ALARM = 'probe-1/temperature/warm';

const WARM: AlarmRule = {
  rule: 'warm',
  title: { en: 'Warm', zh: '超温' },
  basis: 'test',
  priority: 2,
  latch: false,
  escalate: null,
};
const BOUND = new Map([[ALARM, { rule: { id: 'warm' }, stream: { place: 'cold-1' } }]]);

function rules(change: Partial<AlarmRule> = {}): Roster {
  return rosterOf(BOUND, new Map([['warm', { ...WARM, ...change }]]));
}

function finding(
  phase: LevelFinding['phase'],
  t: number,
  priority: LevelFinding['priority'] = 2,
): LevelFinding {
  return {
    rule: 'warm',
    subject: 'probe-1/temperature',
    phase,
    t,
    cause: { slot: 1, seq: t },
    v: 900,
    priority,
  };
}

function act(verb: string, object = ALARM, result: 0 | 1 = 0): ActBody {
  return [7, 'operator', verb, object, null, null, 'seen', result];
}

function steps(transitions: readonly AlarmTransition[]): string[] {
  return transitions.map(({ from, to, priority, t }) => `${t}: ${from}>${to} p${priority}`);
}

describe('an alarm', () => {
  it('is raised, acknowledged and returns to normal', () => {
    const alarms = new AlarmsState();
    const out = [
      ...onFinding(rules(), alarms, finding(1, 10)),
      ...onAct(rules(), alarms, act('acknowledge'), 20, { slot: 0, seq: 5 }),
      ...onFinding(rules(), alarms, finding(3, 30)),
    ];
    expect(out).toEqual([
      { alarm: ALARM, rule: 'warm', from: 0, to: 1, priority: 2, t: 10, cause: { slot: 1, seq: 10 } },
      { alarm: ALARM, rule: 'warm', from: 1, to: 2, priority: 2, t: 20, cause: { slot: 0, seq: 5 } },
      { alarm: ALARM, rule: 'warm', from: 2, to: 0, priority: 2, t: 30, cause: { slot: 1, seq: 30 } },
    ]);
    expect(alarms.list()).toEqual([]);
  });

  it('that returned waits for its acknowledgement, and calls anew when it is raised again', () => {
    const alarms = new AlarmsState();
    const out = [
      ...onFinding(rules(), alarms, finding(1, 10)),
      ...onFinding(rules(), alarms, finding(3, 20)),
      ...onFinding(rules(), alarms, finding(1, 30, 3)),
      ...onFinding(rules(), alarms, finding(3, 40)),
      ...onAct(rules(), alarms, act('acknowledge'), 50, { slot: 0, seq: 0 }),
    ];
    expect(steps(out)).toEqual(['10: 0>1 p2', '20: 1>3 p2', '30: 3>1 p3', '40: 1>3 p3', '50: 3>0 p3']);
  });

  it('stands since it left normal, however often it calls anew', () => {
    const alarms = new AlarmsState();
    for (const [phase, t] of [
      [1, 10],
      [3, 20],
      [1, 30],
    ] as const)
      onFinding(rules(), alarms, finding(phase, t));
    expect(alarms.get(ALARM)).toMatchObject({ since: 10, cause: { slot: 1, seq: 30 } });
  });

  it('is followed while it is shelved, and stays shelved', () => {
    const alarms = AlarmsState.decode([
      [[ALARM, 'warm', 6, 3, 1, 5, 1, 5, null, 0, [7, 'operator', 'noise', 5, 0, 9, 99], null, null, 0]],
      [],
      [],
    ]);
    expect(onFinding(rules(), alarms, finding(3, 20))).toEqual([]);
    expect(alarms.get(ALARM)).toMatchObject({ state: 6, isActive: false });
    expect(onFinding(rules(), alarms, finding(1, 30))).toEqual([]);
    expect(alarms.get(ALARM)).toMatchObject({ state: 6, isActive: true, priority: 2 });
  });

  it('that latches stands until it is acknowledged and reset', () => {
    const alarms = new AlarmsState();
    const latching = rules({ latch: true });
    const reset = act('reset');
    const out = [
      ...onFinding(latching, alarms, finding(1, 10)),
      ...onFinding(latching, alarms, finding(3, 20)),
      ...onAct(rules(), alarms, reset, 25, { slot: 0, seq: 0 }),
      ...onAct(rules(), alarms, act('acknowledge'), 30, { slot: 0, seq: 1 }),
      ...onAct(rules(), alarms, reset, 40, { slot: 0, seq: 2 }),
    ];
    expect(steps(out)).toEqual(['10: 0>1 p2', '20: 1>4 p2', '30: 4>5 p2', '40: 5>0 p2']);
  });

  it('is not moved by unknown and known again', () => {
    const alarms = new AlarmsState();
    onFinding(rules(), alarms, finding(1, 10));
    expect([
      ...onFinding(rules(), alarms, finding(4, 20)),
      ...onFinding(rules(), alarms, finding(5, 30)),
    ]).toEqual([]);
    expect(alarms.get(ALARM)?.state).toBe(1);
  });

  it('rises in priority with a worse level, and calls anew when it was acknowledged', () => {
    const alarms = new AlarmsState();
    const out = [
      ...onFinding(rules(), alarms, finding(1, 10, 4)),
      ...onFinding(rules(), alarms, finding(2, 20, 3)),
      ...onFinding(rules(), alarms, finding(2, 25, 3)),
      ...onAct(rules(), alarms, act('acknowledge'), 30, { slot: 0, seq: 0 }),
      ...onFinding(rules(), alarms, finding(2, 40, 2)),
    ];
    expect(steps(out)).toEqual(['10: 0>1 p4', '20: 1>1 p3', '30: 1>2 p3', '40: 2>1 p2']);
  });

  it('escalates when nobody acknowledged it, once', () => {
    const alarms = new AlarmsState();
    const escalating = rules({ escalate: { afterMs: 30 * M, to: 1 } });
    onFinding(escalating, alarms, finding(1, 10));
    expect(alarms.nextDeadline()).toBe(30 * M + 10);
    expect(fireEscalations(escalating, alarms, 30 * M + 9, 0)).toEqual([]);
    expect(steps(fireEscalations(escalating, alarms, 31 * M, 0))).toEqual([`${30 * M + 10}: 1>1 p1`]);
    expect(alarms.get(ALARM)?.escalateAt).toBe(Infinity);
    expect(steps(onFinding(escalating, alarms, finding(2, 32 * M, 2)))).toEqual([]);
    expect(alarms.get(ALARM)?.priority).toBe(1);
  });

  it('does not escalate to where a worse level has brought it', () => {
    const alarms = new AlarmsState();
    const escalating = rules({ escalate: { afterMs: M, to: 1 } });
    onFinding(escalating, alarms, finding(1, 10, 3));
    onFinding(escalating, alarms, finding(2, 20, 2));
    expect(alarms.nextDeadline()).toBe(M + 10);
    onFinding(escalating, alarms, finding(2, 30, 1));
    expect(alarms.get(ALARM)?.escalateAt).toBe(Infinity);
  });

  it('escalates no earlier than the open block', () => {
    const alarms = new AlarmsState();
    const escalating = rules({ escalate: { afterMs: M, to: 1 } });
    onFinding(escalating, alarms, finding(1, 0));
    expect(steps(fireEscalations(escalating, alarms, 60 * M, 60 * M))).toEqual([`${60 * M}: 1>1 p1`]);
  });

  it.each([
    ['acknowledged', (a: AlarmsState) => onAct(rules(), a, act('acknowledge'), 20, { slot: 0, seq: 0 })],
    ['returned', (a: AlarmsState) => onFinding(rules(), a, finding(3, 20))],
  ])('does not escalate once it is %s', (_, step) => {
    const alarms = new AlarmsState();
    const escalating = rules({ escalate: { afterMs: M, to: 1 } });
    onFinding(escalating, alarms, finding(1, 0));
    step(alarms);
    expect(fireEscalations(escalating, alarms, 60 * M, 0)).toEqual([]);
  });

  it('moves its escalation and its instants with a clock step', () => {
    const alarms = new AlarmsState();
    onFinding(rules({ escalate: { afterMs: M, to: 1 } }), alarms, finding(1, 10));
    alarms.shift(-5);
    expect(alarms.get(ALARM)).toMatchObject({ since: 5, escalateAt: M + 5 });
  });
});

describe('escalations of one time', () => {
  it('come by deadline, then by alarm id, whatever the order of raising', () => {
    const alarms = new AlarmsState();
    const escalating = rules({ escalate: { afterMs: M, to: 1 } });
    for (const [subject, t] of [
      ['b/x', 5],
      ['a/x', 5],
      ['c/x', 1],
    ] as const) {
      onFinding(escalating, alarms, { ...finding(1, t), subject });
    }
    const order = fireEscalations(escalating, alarms, 2 * M, 0).map((x) => `${x.t} ${x.alarm}`);
    expect(order).toEqual(['60001 c/x/warm', '60005 a/x/warm', '60005 b/x/warm']);
  });
});

describe('an act', () => {
  it('that was refused, has another verb or names no standing alarm does nothing', () => {
    const alarms = new AlarmsState();
    onFinding(rules(), alarms, finding(1, 10));
    const acts = [
      act('acknowledge', ALARM, 1),
      act('comment'),
      act('acknowledge', 'probe-9/x/warm'),
      act('reset'),
    ];
    expect(acts.flatMap((a) => onAct(rules(), alarms, a, 20, { slot: 0, seq: 0 }))).toEqual([]);
  });

  it('is permitted where the table has a way, else the reason is given', () => {
    const alarms = new AlarmsState();
    const refused = (verb: string, alarm = ALARM): string | undefined =>
      permits(rules(), alarms, verb, alarm)?.why;
    onFinding(rules(), alarms, finding(1, 10));
    expect(permits(rules(), alarms, 'acknowledge', ALARM)).toBeNull();
    expect(refused('acknowlege')).toBe(
      '"acknowlege" is nothing one can do to an alarm; did you mean "acknowledge"?',
    );
    expect(refused('reset')).toBe(`alarm "${ALARM}" is unacknowledged: there is nothing to reset`);
    expect(permits(rules(), alarms, 'acknowledge', 'x/y/z')).toEqual({
      isUnknown: true,
      why: 'there is no alarm "x/y/z"',
    });
    onAct(rules(), alarms, act('acknowledge'), 20, { slot: 0, seq: 0 });
    expect(refused('acknowledge')).toBe(`alarm "${ALARM}" is acknowledged: there is nothing to acknowledge`);
  });
});

describe('a new rule set', () => {
  it('returns alarms of removed rules to normal and clears what its rules no longer say', () => {
    const alarms = new AlarmsState();
    const both = rosterOf(
      BOUND,
      new Map([
        ['warm', WARM],
        ['gone', { ...WARM, rule: 'gone' }],
      ]),
    );
    onFinding(both, alarms, { ...finding(1, 1), rule: 'gone' });
    onFinding(both, alarms, finding(1, 2));
    onFinding(both, alarms, { ...finding(1, 3), subject: 'probe-2/temperature' });
    const open = ['probe-2/temperature/warm'];
    const isOpen = (alarm: string): boolean => open.includes(alarm);
    const out = reconcile(rules(), alarms, isOpen, 50, { slot: 0, seq: 9 });
    expect(out.map((x) => `${x.alarm} ${x.from}>${x.to}`)).toEqual([
      'probe-1/temperature/gone 1>0',
      'probe-1/temperature/warm 1>3',
    ]);
    expect(reconcile(rules(), alarms, isOpen, 60, { slot: 0, seq: 10 })).toEqual([]);
  });
});

describe('the state of alarms', () => {
  it('survives its encoding', () => {
    const alarms = new AlarmsState();
    onFinding(rules({ escalate: { afterMs: M, to: 1 } }), alarms, finding(1, 10));
    onFinding(rules(), alarms, { ...finding(1, 11), subject: 'a/b' });
    expect(AlarmsState.decode(alarms.encode()).list()).toEqual(alarms.list());
  });

  it('is taken back to the last commit', () => {
    const alarms = new AlarmsState();
    onFinding(rules({ escalate: { afterMs: M, to: 1 } }), alarms, finding(1, 10));
    alarms.commit();
    const before = alarms.list();
    onAct(rules(), alarms, act('acknowledge'), 20, { slot: 0, seq: 0 });
    onFinding(rules(), alarms, finding(3, 30));
    expect(alarms.list()).toEqual([]);
    alarms.discard();
    expect(alarms.list()).toEqual(before);
    expect(alarms.nextDeadline()).toBe(M + 10);
  });

  it.each([
    ['no list', 7],
    ['a short row', [[['a/b/c', 'c', 1]], [], []]],
    ['an unknown state', [[['a/b/c', 'c', 9, 1, 1, 0, 0, 0, null, 0, null, null, null, 0]], [], []]],
    ['a fraction', [[['a/b/c', 'c', 1, 1, 1, 0.5, 0, 0, null, 0, null, null, null, 0]], [], []]],
    ['a maintenance without an act', [[], [['cold-1', null]], []]],
    ['rises without times', [[], [], [['a/b/c', 0, 5]]]],
  ])('refuses %s', (_, value) => {
    expect(() => AlarmsState.decode(value)).toThrow(TypeError);
  });
});
