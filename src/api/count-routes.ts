import { ATTEND, LOOK } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

const LOOKING = { ...to(LOOK), grants: ['financier', 'holder', 'regulator'] } as const;

/** Counting now, on somebody's challenge. */
export const COUNT_ROUTES = {
  countNow: {
    method: 'POST',
    path: '/api/v1/receipts/{id}/count',
    access: { ...to(ATTEND), grants: ['financier'] },
    summary:
      'Count the goods of a receipt now, by readers, cameras or the scale. On record before anything is done, done once for the same challengeId, and it cannot be called off; 6 a day for each receipt',
    verb: 'count',
    body: 'CountOrder',
    status: 200,
    answer: { [JSON_TYPE]: 'Count' },
  },
  countsOfReceipt: {
    method: 'GET',
    path: '/api/v1/receipts/{id}/counts',
    access: LOOKING,
    summary: 'Challenges to count this receipt, and their signed replies',
    status: 200,
    answer: { [JSON_TYPE]: 'Counts' },
  },
  count: {
    method: 'GET',
    path: '/api/v1/receipts/{id}/counts/{challenge}',
    access: LOOKING,
    summary: 'One challenge; `lists` has EPCs and the salt for the financier, the holder and staff',
    status: 200,
    answer: { [JSON_TYPE]: 'Count' },
  },
  countsRunning: {
    method: 'GET',
    path: '/api/v1/counts',
    access: to(LOOK),
    summary: 'What is being counted now, and for whom',
    status: 200,
    answer: { [JSON_TYPE]: 'Counts' },
  },
} as const satisfies Record<string, Route>;
