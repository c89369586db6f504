import { LOOK } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

const LOOKING = { ...to(LOOK), grants: ['financier', 'holder', 'regulator'] } as const;

/** What the page of a receipt, and the list of receipts, say. */
export const STANDING_ROUTES = {
  portfolio: {
    method: 'GET',
    path: '/api/v1/portfolio',
    access: LOOKING,
    summary: 'The receipts that the asker may see, the worst first',
    status: 200,
    answer: { [JSON_TYPE]: 'Portfolio' },
  },
  standing: {
    method: 'GET',
    path: '/api/v1/receipts/{id}/standing',
    access: LOOKING,
    summary:
      'All that the page of a receipt says: control, coverage, gaps, quantity, exposure, uniqueness and age of proof',
    status: 200,
    answer: { [JSON_TYPE]: 'Standing' },
  },
  readingsOfReceipt: {
    method: 'GET',
    path: '/api/v1/receipts/{id}/readings',
    access: LOOKING,
    summary: 'What one stream recorded where the goods lie, since they came',
    query: {
      stream: 'DEVICE/CHANNEL, one of the receipt’s `streams`',
      from: 'ISO 8601 instant or ms since 1970, inclusive',
      to: 'the same, exclusive; now when left out',
    },
    status: 200,
    answer: { [JSON_TYPE]: 'ReadingsPage' },
  },
} as const satisfies Record<string, Route>;
