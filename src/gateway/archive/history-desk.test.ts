import { expect, it } from 'vitest';
import { HistoryDesk } from './history-desk.ts';

it('answers one question, lets 32 wait and refuses more until some are answered', async () => {
  const page = { slot: 1, unit: 'Cel', exp: -1, readings: [], erased: [], next: null };
  const gate = Promise.withResolvers<undefined>();
  let asked = 0;
  const directory = {
    history: async () => {
      asked++;
      await gate.promise;
      return asked === 2 ? null : page;
    },
    alarmHistory: () => Promise.resolve({ records: [], next: null }),
    alarmReport: () => Promise.reject(new Error('not asked')),
  };
  const desk = new HistoryDesk(directory, new Map(), () => null);
  const ask = () => desk.readings({ stream: 'a/t', from: 0, to: 1, limit: 1, cursor: null });
  const taken = Array.from({ length: 33 }, ask);
  await expect(ask()).rejects.toMatchObject({
    status: 503,
    code: 'TOO_MANY',
    message: '32 questions about the past wait already',
    headers: { 'retry-after': '1' },
  });
  expect(asked).toBe(1);
  gate.resolve(undefined);
  const answers = await Promise.allSettled(taken);
  // One that failed makes room as well.
  expect(answers.filter((a) => a.status === 'rejected')).toMatchObject([{ reason: { code: 'NOT_FOUND' } }]);
  expect(asked).toBe(33);
  await expect(ask()).resolves.toMatchObject({ stream: 'a/t', readings: [] });
});

it('tells the records about an alarm in words, with the names of people', async () => {
  const records = [
    { slot: 0, seq: 3, t: 10, type: 5, body: ['a/t/warm', 0, 1, 2, 1, 9] },
    { slot: 0, seq: 4, t: 20, type: 6, body: [7, 'operator', 'shelve', 'a/t/warm', null, '1h', 'noise', 0] },
    {
      slot: 0,
      seq: 5,
      t: 30,
      type: 6,
      body: [9, 'viewer', 'shelve', 'a/t/warm', null, null, 'NOT_ALLOWED', 1],
    },
  ] as const;
  const asked: unknown[] = [];
  const directory = {
    history: () => Promise.resolve(null),
    alarmHistory: (args: unknown) => {
      asked.push(args);
      return Promise.resolve({ records, next: 6 });
    },
    alarmReport: () => Promise.reject(new Error('not asked')),
  };
  const desk = new HistoryDesk(directory, new Map([[7, 'Zhang Wei']]), () => 'cold-1');
  const query = { alarm: 'a/t/warm', from: 0, to: 99, limit: 3, after: 0 };
  expect(await desk.alarmHistory(query)).toEqual({
    alarm: 'a/t/warm',
    entries: [
      { kind: 'transition', seq: 3, t: 10, from: 'normal', to: 'unacknowledged', priority: 'high' },
      {
        kind: 'act',
        seq: 4,
        t: 20,
        by: 'Zhang Wei',
        role: 'operator',
        verb: 'shelve',
        change: '1h',
        reason: 'noise',
        isRefused: false,
      },
      {
        kind: 'act',
        seq: 5,
        t: 30,
        by: 'viewer 9',
        role: 'viewer',
        verb: 'shelve',
        change: null,
        reason: 'NOT_ALLOWED',
        isRefused: true,
      },
    ],
    next: 6,
  });
  expect(asked).toEqual([{ ...query, zone: 'cold-1' }]);
});
