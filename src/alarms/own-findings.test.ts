import { beforeEach, describe, expect, it } from 'vitest';
import type { AlarmTransition, LevelFinding } from '../domain/deciding.ts';
import { onFinding } from './machine.ts';
import { findByTime, findByTransition, isOwnOpen } from './own-findings.ts';
import { rosterOf } from './roster.ts';
import { AlarmsState } from './state.ts';

const SECOND = 1000;
const MIN = 60 * SECOND;
const HOUR = 60 * MIN;
const FLOOD = 'gateway/alarm-flood';
const STALE = 'gateway/stale-alarm';
const CHATTER = 'gateway/chattering-alarm';

const ROSTER = rosterOf(
  new Map(),
  new Map([
    [
      'warm',
      {
        rule: 'warm',
        title: { en: 'Warm', zh: '超温' },
        basis: 'test',
        priority: 2,
        latch: false,
        escalate: null,
      },
    ],
  ]),
);

let alarms: AlarmsState;
beforeEach(() => {
  alarms = new AlarmsState();
});

/** What is found, as the gateway composes it: each finding moves its alarm, each transition is watched. */
function conclude(findings: readonly LevelFinding[]): string[] {
  return findings.flatMap((f) => {
    const said = f.subject === 'gateway' ? [`${f.t} ${f.rule} ${f.phase === 1 ? 'on' : 'off'}`] : [];
    return [...said, ...onFinding(ROSTER, alarms, f).flatMap((step) => watch(step))];
  });
}

function watch(step: AlarmTransition): string[] {
  return conclude(findByTransition(alarms, step));
}

function rises(subject: string, t: number): string[] {
  return [...turn(subject, t, 1), ...turn(subject, t, 3)];
}

function turn(subject: string, t: number, phase: 1 | 3): string[] {
  return conclude([{ rule: 'warm', subject, phase, t, cause: { slot: 1, seq: t }, v: null, priority: 2 }]);
}

/** All timers up to then, as the gateway fires them. */
function passTime(until: number): string[] {
  const found: string[] = [];
  for (let due = alarms.nextDeadline(); due <= until; due = alarms.nextDeadline()) {
    found.push(...conclude(findByTime(alarms, due, 0)));
  }
  return found;
}

describe('a flood', () => {
  it('is more than 10 alarms in 10 minutes, and is over with fewer than 5', () => {
    const found = Array.from({ length: 12 }, (_, i) => rises(`probe-${i}/t`, i * MIN * 0.9)).flat();
    expect(found).toEqual([`${10 * 54 * SECOND} alarm-flood on`]);
    expect(alarms.watch.isFlood).toBe(true);
    // Of the 12 the last four are younger than 10 minutes from here on.
    expect(passTime(HOUR)).toEqual([`${7 * 54 * SECOND + 10 * MIN} alarm-flood off`]);
    expect([alarms.watch.isFlood, isOwnOpen(alarms, FLOOD)]).toEqual([false, false]);
    expect(alarms.get(FLOOD)).toMatchObject({ state: 3, priority: 2 });
  });

  it('is not 10 in 10 minutes, nor 11 in more', () => {
    for (let i = 0; i < 30; i++) expect(rises(`probe-${i}/t`, i * MIN)).toEqual([]);
  });

  it('is not made or kept by the alarms about it', () => {
    for (let i = 0; i < 9; i++) rises(`probe-${i}/t`, i);
    for (let i = 0; i < 5; i++) rises('probe-0/t', 100 + i);
    const state = AlarmsState.decode(alarms.encode());
    expect(state.get(FLOOD)?.isActive).toBe(true);
    expect(state.get(CHATTER)?.isActive).toBe(true);
    expect(state.nextDeadline()).toBe(alarms.nextDeadline());
  });
});

describe('a stale alarm', () => {
  it('stands for more than 24 hours; the last one that goes ends it', () => {
    turn('a/t', 10, 1);
    turn('b/t', 20, 1);
    expect(passTime(24 * HOUR + 9)).toEqual([]);
    expect(passTime(24 * HOUR + 10)).toEqual([`${24 * HOUR + 10} stale-alarm on`]);
    expect(passTime(24 * HOUR + 20)).toEqual([]);
    expect([alarms.get('a/t/warm')?.isStale, alarms.get(STALE)?.priority]).toEqual([true, 3]);
    const acknowledged = (alarm: string, t: number): string[] => {
      const s = alarms.get(alarm);
      if (s === undefined) throw new Error(`${alarm} does not stand`);
      alarms.put({ ...s, state: 0 });
      const { rule, priority, cause } = s;
      return watch({ alarm, rule, from: s.state, to: 0, priority, t, cause });
    };
    expect(acknowledged('a/t/warm', 25 * HOUR)).toEqual([]);
    expect(acknowledged('b/t/warm', 26 * HOUR)).toEqual([`${26 * HOUR} stale-alarm off`]);
    expect(alarms.nextDeadline()).toBe(Infinity);
  });
});

describe('a chatter', () => {
  it('is the same alarm three times within 60 s, and is over after 10 quiet minutes', () => {
    expect([...rises('a/t', 0), ...rises('a/t', 59 * SECOND)]).toEqual([]);
    expect(rises('a/t', 60 * SECOND)).toEqual([]);
    expect(rises('a/t', 118 * SECOND)).toEqual(['118000 chattering-alarm on']);
    expect([alarms.watch.isChattering('a/t/warm'), alarms.watch.isChattering('b/t/warm')]).toEqual([
      true,
      false,
    ]);
    expect(rises('a/t', 5 * MIN)).toEqual([]);
    expect(passTime(HOUR)).toEqual([`${15 * MIN} chattering-alarm off`]);
  });

  it('of two alarms is over with the last', () => {
    for (const t of [0, 1, 2]) rises('a/t', t);
    for (const t of [3 * MIN, 3 * MIN + 1, 3 * MIN + 2]) rises('b/t', t);
    expect(passTime(HOUR)).toEqual([`${13 * MIN + 2} chattering-alarm off`]);
  });

  it('is not made by people who set it aside and bring it back', () => {
    const back = {
      alarm: 'a/t/warm',
      rule: 'warm',
      from: 6,
      to: 1,
      priority: 2,
      cause: { slot: 0, seq: 1 },
    } as const;
    expect([1, 2, 3, 4].flatMap((t) => watch({ ...back, t }))).toEqual([]);
  });

  it('is taken back with the batch that made it', () => {
    for (const t of [0, 1]) rises('a/t', t);
    alarms.commit();
    const before = alarms.encode();
    expect(rises('a/t', 2)).toEqual(['2 chattering-alarm on']);
    alarms.discard();
    expect(alarms.encode()).toEqual(before);
    expect(alarms.watch.hasChatter).toBe(false);
    expect(alarms.nextDeadline()).toBe(24 * HOUR);
  });
});
