import { ATTEND, LOOK } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

const READERS = to(LOOK);

/** Goods on record: what lies where, and what people put on record of it. */
export const GOODS_ROUTES = {
  stock: {
    method: 'GET',
    path: '/api/v1/stock',
    access: READERS,
    summary:
      'What lies in each zone: expected, seen, missing, elsewhere, unknown, unexpected, and its last count. A zone whose readers are not well is unknown, never missing',
    status: 200,
    answer: { [JSON_TYPE]: 'Stock' },
  },
  stockOfZone: {
    method: 'GET',
    path: '/api/v1/stock/{id}',
    access: READERS,
    summary: 'What lies in one zone, thing by thing, with how sure that is; 2000 things an answer',
    query: { after: '`next` of the answer before' },
    status: 200,
    answer: { [JSON_TYPE]: 'ZoneStock' },
  },
  item: {
    method: 'GET',
    path: '/api/v1/items/{id}',
    access: READERS,
    summary: 'One thing by its EPC in hexadecimal digits, what is in it, and the receipts that name it',
    status: 200,
    answer: { [JSON_TYPE]: 'Item' },
  },
  lot: {
    method: 'GET',
    path: '/api/v1/lots/{id}',
    access: READERS,
    summary: 'One lot: where how much of it lies, with tags and in bulk',
    status: 200,
    answer: { [JSON_TYPE]: 'Lot' },
  },
  actOnGoods: {
    method: 'POST',
    path: '/api/v1/goods',
    access: to(ATTEND),
    summary:
      'Put goods into zones, move them, take them out, link tags to lots and unlink them: all of it on record in one transaction, or nothing and the reason',
    verb: 'goods',
    body: 'GoodsOrder',
    status: 204,
    answer: {},
  },
  tellOfGoods: {
    method: 'POST',
    path: '/api/v1/goods/documents',
    access: to(ATTEND),
    summary:
      'Put a document on record by its hash: aggregation, quantity, count by people; a supervisor also receipts',
    verb: 'tell-goods',
    body: 'GoodsDocument',
    status: 200,
    answer: { [JSON_TYPE]: 'DocumentTold' },
  },
} as const satisfies Record<string, Route>;
