import { COMMAND, LOOK } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

const LOOKING = { ...to(LOOK), grants: ['financier', 'holder', 'regulator'] } as const;

/** Warehouse receipts: who controls their goods, since when, and with which gaps. */
export const RECEIPT_ROUTES = {
  receipts: {
    method: 'GET',
    path: '/api/v1/receipts',
    access: LOOKING,
    summary: 'The status of every receipt bound to goods here that the asker may see',
    status: 200,
    answer: { [JSON_TYPE]: 'ReceiptStatuses' },
  },
  receipt: {
    method: 'GET',
    path: '/api/v1/receipts/{id}',
    access: LOOKING,
    summary: 'What is true of a receipt now; after `validUntil` nothing of it is proven',
    status: 200,
    answer: { [JSON_TYPE]: 'ReceiptStatus' },
  },
  receiptStatement: {
    method: 'GET',
    path: '/api/v1/receipts/{id}/statement',
    access: LOOKING,
    summary: 'The same, signed by the key of the log; `bailee receipts verify` checks it without a network',
    status: 200,
    answer: { [JSON_TYPE]: 'SignedStatement' },
  },
  receiptTimeline: {
    method: 'GET',
    path: '/api/v1/receipts/{id}/timeline',
    access: LOOKING,
    summary: 'Periods, gaps, breaches, movements, counts and alarms in order of time, with their records',
    status: 200,
    answer: { [JSON_TYPE]: 'Timeline' },
  },
  receiptGaps: {
    method: 'GET',
    path: '/api/v1/receipts/{id}/gaps',
    access: LOOKING,
    summary: 'Every gap in control and every breach, with cause, sources and records',
    status: 200,
    answer: { [JSON_TYPE]: 'ReceiptGaps' },
  },
  receiptMovements: {
    method: 'GET',
    path: '/api/v1/receipts/{id}/movements',
    access: LOOKING,
    summary: 'Orders of its goods, and what was moved under them; the newest first',
    status: 200,
    answer: { [JSON_TYPE]: 'Movements' },
  },
  receiptScore: {
    method: 'GET',
    path: '/api/v1/receipts/{id}/score',
    access: LOOKING,
    summary: 'The condition-and-control score with its formula’s input and evidence; no opinion on credit',
    status: 200,
    answer: { [JSON_TYPE]: 'Score' },
  },
  actOnReceipt: {
    method: 'POST',
    path: '/api/v1/receipts/{id}/acts',
    access: to(COMMAND),
    summary:
      'Sign the start or the end of control, close a breach or, as a second person, confirm that; dispute, settle or cancel the receipt',
    verb: 'act-on-receipt',
    body: 'ReceiptAct',
    status: 204,
    answer: {},
  },
  controlChanges: {
    method: 'GET',
    path: '/api/v1/control-changes',
    access: to(LOOK),
    summary: 'Changes of control as they are pushed, signed and numbered, and how far each receiver is told',
    query: { after: 'number of the last change known; 0 when left out' },
    status: 200,
    answer: { [JSON_TYPE]: 'ControlChanges' },
  },
  stockStatement: {
    method: 'GET',
    path: '/api/v1/stock-statements/{day}',
    access: to(LOOK),
    summary: 'The signed stock statement of a local day, e.g. 2026-11-24; it is made when the day is over',
    status: 200,
    answer: { [JSON_TYPE]: 'SignedStatement' },
  },
} as const satisfies Record<string, Route>;
