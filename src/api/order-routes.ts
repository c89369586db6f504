import { ATTEND, COMMAND, LOOK } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

const READERS = to(LOOK);

/** What may leave or come in by which portal, and the claim that opens it. */
export const ORDER_ROUTES = {
  orders: {
    method: 'GET',
    path: '/api/v1/orders',
    access: READERS,
    summary:
      'Every order of the last days, newest first: what may pass which portal until when, and what did',
    query: { state: 'only those in these states, several with a comma between' },
    status: 200,
    answer: { [JSON_TYPE]: 'Orders' },
  },
  order: {
    method: 'GET',
    path: '/api/v1/orders/{id}',
    access: READERS,
    summary: 'One order, and why its barrier was refused',
    status: 200,
    answer: { [JSON_TYPE]: 'Order' },
  },
  tellOrder: {
    method: 'POST',
    path: '/api/v1/orders',
    access: to(COMMAND),
    summary:
      'Tell what an order is about: the document is kept and named on record. The first content of an order stands',
    verb: 'tell-order',
    body: 'OrderGoods',
    status: 204,
    answer: {},
  },
  claimOrder: {
    method: 'POST',
    path: '/api/v1/orders/{id}/claim',
    access: to(ATTEND),
    summary:
      'Ask the gate to let an order’s goods out: it claims the order on the ledger and opens when the claim is final. Answered once the request is on record; what comes of it the order tells',
    verb: 'claim-order',
    body: 'Reason',
    status: 204,
    answer: {},
  },
  settleOrder: {
    method: 'POST',
    path: '/api/v1/orders/{id}/settle',
    access: to(COMMAND),
    summary: 'Settle what passed against an order, or say how much of it was moved; then it can be ended',
    verb: 'settle-order',
    body: 'OrderSettlement',
    status: 204,
    answer: {},
  },
} as const satisfies Record<string, Route>;
