import { expect, it } from 'vitest';
import { HistoryDesk } from './history-desk.ts';

it('answers one question, lets 32 wait and refuses more until some are answered', async () => {
  const page = { slot: 1, unit: 'Cel', exp: -1, readings: [], erased: [], next: null };
  const gate = Promise.withResolvers<undefined>();
  let asked = 0;
  const desk = new HistoryDesk({
    history: async () => {
      asked++;
      await gate.promise;
      return asked === 2 ? null : page;
    },
  });
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
