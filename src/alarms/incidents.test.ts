import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlarmState, Priority } from '../domain/alarm.ts';
import { CommandStep, NoticeResult, RecordType, SystemCode, type Value } from '../domain/record.ts';
import { IncidentWalk, type Places } from './incidents.ts';
import { atRest } from './standing.ts';

const { normal, unacknowledged, acknowledged, returnedUnacknowledged, shelved } = AlarmState;
const PLACES: Places = {
  ofAlarm: (alarm) => (alarm.startsWith('gateway/') ? 'gateway' : (alarm.split('-')[0] ?? '')),
  ofDevice: (device) => device.split('-')[0] ?? null,
};

type Row = readonly [t: number, type: RecordType, body: readonly Value[]];

const move = (t: number, alarm: string, from: AlarmState, to: AlarmState, cause = t): Row => [
  t,
  RecordType.alarm,
  [alarm, from, to, Priority.high, 1, cause],
];
const rise = (t: number, alarm: string, cause = t): Row => move(t, alarm, normal, unacknowledged, cause);
const end = (t: number, alarm: string): Row => move(t, alarm, acknowledged, normal);
const START: Row = [0, RecordType.ruleSet, [new Uint8Array(), new Uint8Array(), new Uint8Array()]];

/** As it is carried over into an epoch: the record behind it has no name there. */
const carried = (t: number, alarm: string): Row => [
  t,
  RecordType.alarm,
  [alarm, normal, unacknowledged, Priority.high, 0, 0],
];

/** The walk over these rows, and the incidents of each. */
function walked(rows: readonly Row[]) {
  const walk = new IncidentWalk(PLACES);
  const of = rows.map(([t, type, body], seq) => walk.take({ seq, t, type, body }));
  return { walk, of };
}

/** Alarms by incident. */
function stories(rows: readonly Row[]): string[][] {
  return walked(rows).walk.incidents.map(({ alarms }) => alarms.map((a) => a.alarm));
}

describe('an incident', () => {
  it('is of one place and of alarms that rise within a minute of each other', () => {
    expect(
      stories([rise(0, 'a-1'), rise(59_999, 'a-2'), rise(119_000, 'a-3'), rise(119_001, 'b-1')]),
    ).toEqual([['a-1', 'a-2', 'a-3'], ['b-1']]);
    expect(stories([rise(0, 'a-1'), rise(60_000, 'a-2')])).toEqual([['a-1'], ['a-2']]);
  });

  it('takes what has the same record behind it, wherever that is', () => {
    expect(stories([rise(0, 'a-1', 7), rise(90_000, 'gateway/alarm-flood', 7)])).toEqual([
      ['a-1', 'gateway/alarm-flood'],
    ]);
    // The record that nobody knows any more is no common cause.
    expect(stories([carried(0, 'a-1'), carried(1, 'b-1')])).toEqual([['a-1'], ['b-1']]);
  });

  it('lasts until none of its alarms is shown, and an alarm that calls again in between stays in it', () => {
    const { walk } = walked([
      rise(0, 'a-1'),
      move(10, 'a-1', unacknowledged, returnedUnacknowledged),
      move(300_000, 'a-1', returnedUnacknowledged, unacknowledged),
      move(400_000, 'a-1', unacknowledged, acknowledged),
      end(500_000, 'a-1'),
      rise(600_000, 'a-1'),
    ]);
    expect(walk.incidents).toMatchObject([
      { seq: 0, from: 0, to: 500_000, alarms: [{ alarm: 'a-1', rises: 2, risenAt: 0, state: normal }] },
      { seq: 5, from: 600_000, to: null },
    ]);
    const aside = walked([rise(0, 'a-1'), move(9, 'a-1', unacknowledged, shelved)]).walk;
    expect(aside.incidents).toMatchObject([{ to: 9 }]);
  });

  it('goes on within its minute though all returned, but not over a start', () => {
    const over = [rise(0, 'a-1'), end(10_000, 'a-1')];
    expect(stories([...over, rise(30_000, 'a-2')])).toEqual([['a-1', 'a-2']]);
    expect(stories([...over, START, rise(30_000, 'a-2')])).toEqual([['a-1'], ['a-2']]);
    expect(stories([rise(0, 'a-1'), START, rise(30_000, 'a-2')])).toEqual([['a-1', 'a-2']]);
  });

  it('goes by time without clock steps', () => {
    const step: Row = [100_000, RecordType.system, [SystemCode.clockStepped, 100_000, null, null]];
    expect(stories([rise(0, 'a-1'), step, rise(159_999, 'a-2')])).toEqual([['a-1', 'a-2']]);
    expect(stories([rise(0, 'a-1'), step, rise(160_000, 'a-2')])).toEqual([['a-1'], ['a-2']]);
  });

  it('has the acts, notices, orders and pictures that belong to it', () => {
    const sha = new Uint8Array(32);
    const { of } = walked([
      rise(0, 'a-1'),
      [1, RecordType.notice, ['a-1', 'hook', 'duty', 1, NoticeResult.queued]],
      [
        2,
        RecordType.command,
        ['a-1 cam-9 snapshot 1.0.2', 'cam-9', 'snapshot', null, 1, 0, 9, CommandStep.ordered],
      ],
      [3, RecordType.blob, [sha, 100, 'image/jpeg', 'cam-9', 3]],
      [4, RecordType.blob, [sha, 100, 'image/jpeg', 'a-cam', 3]],
      [5, RecordType.blob, [sha, 100, 'image/jpeg', 'b-cam', 3]],
      [6, RecordType.act, [1, 'operator', 'acknowledge', 'a-1', null, 'seen', '', 0]],
      [7, RecordType.act, [1, 'supervisor', 'maintain', 'a', null, '4h', 'defrost', 0]],
      [8, RecordType.act, [1, 'operator', 'comment', 'b-1', null, null, 'another', 0]],
      [9, RecordType.notice, ['b-1', 'hook', 'duty', 1, NoticeResult.queued]],
      end(10, 'a-1'),
      [11, RecordType.act, [1, 'operator', 'comment', 'a-1', null, null, 'it was the door', 0]],
    ]);
    expect(of.map((incidents) => incidents.length)).toEqual([1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1]);
  });

  it('is told the same from any start at which nothing is shown', () => {
    const step = fc.record({
      gap: fc.integer({ min: 1, max: 90_000 }),
      alarm: fc.constantFrom('a-1', 'a-2', 'b-1'),
      starts: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const shown = new Set<string>();
        const begins: number[] = [];
        let t = 0;
        const rows = steps.flatMap(({ gap, alarm, starts }, i): Row[] => {
          t += gap;
          if (starts) {
            if (shown.size === 0) begins.push(i);
            return [[t, RecordType.ruleSet, []]];
          }
          if (shown.delete(alarm)) return [end(t, alarm)];
          shown.add(alarm);
          return [rise(t, alarm)];
        });
        const whole = walked(rows).walk.incidents;
        for (const begin of begins) {
          const walk = new IncidentWalk(PLACES);
          for (const [seq, [at, type, body]] of rows.entries())
            if (seq >= begin) walk.take({ seq, t: at, type, body });
          expect(walk.incidents).toEqual(whole.filter(({ seq }) => seq >= begin));
        }
      }),
    );
  });

  it('begins with the epoch where its alarms rose before it', () => {
    const since = { ...atRest('a-1', 'r', Priority.high, 5, { slot: 0, seq: 0 }), state: acknowledged };
    const others = [
      { ...since, alarm: 'b-1', state: shelved },
      { ...since, alarm: 'c-1' },
    ];
    const walk = new IncidentWalk(PLACES, [since, ...others]);
    walk.take({ seq: 4, t: 20, type: RecordType.alarm, body: end(20, 'a-1')[2] });
    expect(walk.incidents).toMatchObject([
      { seq: 0, from: 5, to: 20, place: 'a', alarms: [{ rises: 0 }] },
      { seq: 1, from: 5, to: null, place: 'c' },
    ]);
  });
});
