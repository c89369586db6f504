import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmFigures, type AlarmFigures, type FigureRecord } from './figures.ts';
import { atRest } from './standing.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;

function step(t: number, alarm: string, from: number, to: number, priority = 2): FigureRecord {
  return { t, type: 5, body: [alarm, from, to, priority, 1, 1] };
}

function act(t: number, verb: string, object: string, result = 0): FigureRecord {
  return { t, type: 6, body: [7, 'operator', verb, object, null, null, 'x', result] };
}

/** Twelve alarms, one a second. */
function burst(from: number): FigureRecord[] {
  return Array.from({ length: 12 }, (_, i) => step(from + i * 1000, `a${i}-${from}`, 0, 1));
}

function figures(records: readonly FigureRecord[], from = 0, to = 24 * HOUR, operators = 1): AlarmFigures {
  return alarmFigures([], records, { from, to, operators });
}

describe('the figures of an alarm system', () => {
  it('of a quiet day are zero, and of nobody answered nothing is said', () => {
    expect(figures([])).toMatchObject({
      annunciated: 0,
      perHour: 0,
      busiestHour: 0,
      floods: { count: 0, ms: 0, most: 0 },
      priorities: { urgent: { n: 0, share: 0 } },
      acknowledged: { n: 0, medianMs: null, p95Ms: null, waiting: 0 },
    });
  });

  it('count what called: rises and what came back from the shelf, not a higher priority or a return', () => {
    const told = figures(
      [
        step(1, 'a', 0, 1, 3),
        step(2, 'a', 1, 1, 2),
        step(3, 'a', 1, 3),
        step(4, 'a', 3, 1, 1),
        step(5, 'b', 0, 6),
        step(6, 'b', 6, 1, 4),
        step(7, 'gateway/alarm-flood', 0, 1),
      ],
      0,
      2 * HOUR,
      3,
    );
    expect(told).toMatchObject({ annunciated: 3, perHour: 1.5, perOperatorHour: 0.5, busiestHour: 3 });
    expect(told.mostFrequent).toEqual([
      { alarm: 'a', n: 2, share: 2 / 3 },
      { alarm: 'b', n: 1, share: 1 / 3 },
    ]);
    expect(told.priorities).toMatchObject({
      urgent: { n: 1 },
      high: { n: 0 },
      medium: { n: 1 },
      low: { n: 1 },
    });
  });

  it('measure the time from the call to its acknowledgement, and who still waits', () => {
    const records = [1, 2, 3, 4].flatMap((n) => [
      step(n, `a${n}`, 0, 1),
      act(n * 10 * MIN + n, 'acknowledge', `a${n}`),
    ]);
    const told = figures([
      ...records.toSorted((a, b) => a.t - b.t),
      act(50 * MIN, 'acknowledge', 'a1'),
      step(51 * MIN, 'late', 0, 1),
      act(52 * MIN, 'acknowledge', 'late', 1),
      step(53 * MIN, 'shelf', 0, 1),
      step(54 * MIN, 'shelf', 1, 6),
    ]);
    expect(told.acknowledged).toEqual({ n: 4, medianMs: 20 * MIN, p95Ms: 40 * MIN, waiting: 1 });
  });

  it('tell floods with their length, also of one that goes on', () => {
    const told = figures([...burst(0), ...burst(2 * HOUR)], 0, 2 * HOUR + 15_000);
    // On with the 11th, over 10 minutes after the 5th newest of 12.
    expect(told.floods).toEqual({ count: 2, ms: 10 * MIN + 7000 - 10_000 + 5000, most: 12 });
  });

  it('name what stands, what is stale, what chatters and what is set aside', () => {
    const seeded = { ...atRest('old', 'warm', 2, -30 * HOUR, { slot: 0, seq: 0 }), state: 2 } as const;
    const told = alarmFigures(
      [seeded],
      [
        step(1, 'c', 0, 1),
        step(2, 'c', 1, 3),
        step(3, 'c', 3, 1),
        step(4, 'c', 1, 3),
        step(5, 'c', 3, 1),
        act(6, 'shelve', 'd'),
        step(6, 'd', 0, 6),
        act(7, 'take-out', 'e'),
        step(7, 'e', 0, 8),
        act(8, 'maintain', 'cold-1'),
        step(8, 'f', 0, 7),
      ],
      { from: 0, to: HOUR, operators: 1 },
    );
    expect(told.stale).toEqual([{ alarm: 'old', ms: 31 * HOUR }]);
    expect(told.chattering).toEqual([{ alarm: 'c', episodes: 1 }]);
    expect(told.standing).toBe(2);
    expect(told.setAside).toEqual({
      shelvings: 1,
      takenOut: 1,
      maintenances: 1,
      shelved: 1,
      suppressed: 1,
      outOfService: 1,
    });
  });

  it('are not hurried by a clock that is set', () => {
    const clock = { t: 10 * MIN + HOUR, type: 13, body: [3, HOUR, null, null] } as const;
    const told = figures([step(0, 'a', 0, 1), clock, act(11 * MIN + HOUR, 'acknowledge', 'a')]);
    expect(told.acknowledged.medianMs).toBe(11 * MIN);
  });
});

type Sketch = {
  readonly alarm: number;
  readonly wait: number;
  readonly turn: number;
  readonly priority: number;
};

/** Walks of a few alarms through rise, acknowledgement, return and shelf, with the acts behind them. */
const journal = fc
  .array(
    fc.record<Sketch>({
      alarm: fc.nat(3),
      wait: fc.constantFrom(0, 1, 5_000, 20_000, 60_000, 300_000, 4 * HOUR),
      turn: fc.nat(4),
      priority: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 120 },
  )
  .map((steps) => {
    const states = [0, 0, 0, 0];
    let t = 1_000_000;
    return steps.flatMap(({ alarm, wait, turn, priority }): FigureRecord[] => {
      t += wait;
      const id = `alarm-${alarm}`;
      const before = states[alarm] ?? 0;
      const [after, verb] = ([
        [before === 0 || before === 3 ? 1 : before, null],
        [before === 1 ? 2 : 0, before === 1 || before === 3 ? 'acknowledge' : null],
        [before === 1 ? 3 : before, null],
        [before === 6 ? 1 : 6, before === 6 ? 'unshelve' : 'shelve'],
        [before === 2 ? 0 : before, null],
      ][turn] ?? [before, null]) as [number, string | null];
      if (after === before || (turn === 1 && verb === null)) return [];
      states[alarm] = after;
      return [...(verb === null ? [] : [act(t, verb, id)]), step(t, id, before, after, priority)];
    });
  });

/** The same figures the slow way: every question asked of the whole list. */
function naive(records: readonly FigureRecord[], from: number, to: number) {
  const all = records.filter((r) => r.t < to);
  const rises = all.filter((r) => r.type === 5 && r.body[2] === 1 && r.body[1] !== 1);
  const inside = rises.filter((r) => r.t >= from);
  const count = (by: (r: FigureRecord) => boolean): number => inside.filter(by).length;
  const most = (ms: number): number =>
    Math.max(
      0,
      ...inside.map(
        (r) =>
          inside.filter((o) => o.t > r.t - ms && o.t <= r.t && inside.indexOf(o) <= inside.indexOf(r)).length,
      ),
    );
  const answers = all.flatMap((r, i) => {
    if (r.type !== 6 || r.body[2] !== 'acknowledge' || r.t < from) return [];
    const call = all.slice(0, i).findLast((o) => rises.includes(o) && o.body[0] === r.body[3]);
    return call === undefined ? [] : [r.t - call.t];
  });
  answers.sort((a, b) => a - b);
  const ids = [...new Set(all.filter((r) => r.type === 5).map((r) => String(r.body[0])))];
  const last = (id: string): number =>
    Number(all.findLast((r) => r.type === 5 && r.body[0] === id)?.body[2] ?? 0);
  return {
    annunciated: inside.length,
    busiestHour: most(HOUR),
    most: most(10 * MIN),
    byPriority: [1, 2, 3, 4].map((p) => count((r) => r.body[3] === p)),
    byAlarm: Object.fromEntries(ids.map((id) => [id, count((r) => r.body[0] === id)])),
    standing: ids.filter((id) => last(id) >= 1 && last(id) <= 5).length,
    shelved: ids.filter((id) => last(id) === 6).length,
    answered: answers.length,
    median: answers[Math.max(0, Math.ceil(answers.length / 2) - 1)] ?? null,
  };
}

describe('figures', () => {
  it('are those of a naive count', () => {
    fc.assert(
      fc.property(journal, fc.nat(48), fc.nat(48), (records, skip, length) => {
        const from = 1_000_000 + skip * HOUR;
        const to = from + (length + 1) * HOUR;
        const told = figures(records, from, to);
        const expected = naive(records, from, to);
        const { urgent, high, medium, low } = told.priorities;
        expect({
          annunciated: told.annunciated,
          busiestHour: told.busiestHour,
          most: told.floods.most,
          byPriority: [urgent.n, high.n, medium.n, low.n],
          byAlarm: {
            ...Object.fromEntries(Object.keys(expected.byAlarm).map((id) => [id, 0])),
            ...Object.fromEntries(told.mostFrequent.map(({ alarm, n }) => [alarm, n])),
          },
          standing: told.standing,
          shelved: told.setAside.shelved,
          answered: told.acknowledged.n,
          median: told.acknowledged.medianMs,
        }).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });
});
