import { LOOK } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

/** Browsers that want to be told. */
export const PUSH_ROUTES = {
  push: {
    method: 'GET',
    path: '/api/v1/push',
    access: to(LOOK),
    summary: 'Whether browsers of who asks may be told of alarms, the key for it, and how many are',
    status: 200,
    answer: { [JSON_TYPE]: 'PushState' },
  },
  subscribePush: {
    method: 'POST',
    path: '/api/v1/push',
    access: to(LOOK),
    summary: 'Tell this browser of alarms (Web Push)',
    verb: 'subscribe',
    body: 'PushOrder',
    status: 204,
    answer: {},
  },
  unsubscribePush: {
    method: 'POST',
    path: '/api/v1/push/remove',
    access: to(LOOK),
    summary: 'Tell this browser no more',
    verb: 'unsubscribe',
    body: 'PushRemoval',
    status: 204,
    answer: {},
  },
} as const satisfies Record<string, Route>;
