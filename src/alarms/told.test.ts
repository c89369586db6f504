import { expect, it } from 'vitest';
import { NoticeResult } from '../domain/record.ts';
import { ToldList } from './told.ts';

const { queued, delivered, failed } = NoticeResult;

it('says of each notice when it was asked for, taken, and tried in vain; and which steps nobody answered', () => {
  const list = new ToldList();
  list.take(1, ['a', 'hook', 'duty/wang', 1, queued]);
  list.take(1, ['a', 'mail', 'duty', 1, queued]);
  list.take(2, ['a', 'hook', 'duty/wang', 1, failed]);
  list.take(3, ['a', 'hook', 'duty/wang', 2, delivered]);
  list.take(4, ['a', '-', 'duty', 1, queued]);
  list.take(5, ['a', 'hook', 'duty/wang', 1, queued]);
  // Of something else.
  list.take(6, ['b', 'hook', 'duty/wang', 1, delivered]);
  expect(list.told).toEqual([
    { alarm: 'a', channel: 'hook', called: 'duty/wang', askedAt: 1, toldAt: 3, failed: 1 },
    { alarm: 'a', channel: 'mail', called: 'duty', askedAt: 1, toldAt: null, failed: 0 },
    { alarm: 'a', channel: 'hook', called: 'duty/wang', askedAt: 5, toldAt: null, failed: 0 },
  ]);
  expect(list.unanswered).toEqual([{ alarm: 'a', role: 'duty', t: 4 }]);
});
