import { COMMAND, LOOK, TEND } from './roles.ts';
import { EVERYONE, JSON_TYPE, to, type Route } from './route.ts';

const LIST = 'as EPCIS 2.0 has it; several values with | between';
const INSTANT = 'an instant with its zone';

/** What a Digital Link may begin with: SSCC, GTIN, GLN, GRAI, GIAI. */
const LINK = {
  method: 'GET',
  access: EVERYONE,
  summary:
    'What is on record of the thing that a GS1 Digital Link names: JSON, a linkset, or a page by Accept',
  status: 200,
  answer: {},
  hidden: true,
} as const;

/** Events of EPCIS 2.0 and GS1 Digital Link. */
export const EPCIS_ROUTES = {
  epcisEvents: {
    method: 'GET',
    path: '/epcis/v2/events',
    access: to(LOOK),
    summary:
      'Events of EPCIS 2.0 made from the sealed history, in the order in which they became known; Link has the way to the next page, which may be short',
    query: {
      eventType: LIST,
      GE_eventTime: INSTANT,
      LT_eventTime: INSTANT,
      GE_recordTime: INSTANT,
      LT_recordTime: INSTANT,
      EQ_action: LIST,
      EQ_bizStep: LIST,
      EQ_disposition: LIST,
      EQ_readPoint: LIST,
      EQ_bizLocation: LIST,
      MATCH_epc: LIST,
      MATCH_parentID: LIST,
      MATCH_anyEPC: LIST,
      MATCH_epcClass: LIST,
      MATCH_anyEPCClass: LIST,
      EQ_eventID: LIST,
      EQ_bizTransaction: 'of any type; EQ_bizTransaction_TYPE, EQ_source_TYPE, EQ_destination_TYPE: of one',
      EQ_deviceID: LIST,
      EXISTS_errorDeclaration: 'true: only events that were declared wrong',
      EQ_errorReason: LIST,
      EQ_correctiveEventID: LIST,
      perPage: '1 to 1000, 30 when left out',
      nextPageToken: 'as the Link of the page before has it',
    },
    status: 200,
    answer: { [JSON_TYPE]: null, 'application/ld+json': null },
  },
  epcisOutbox: {
    method: 'GET',
    path: '/api/v1/epcis/outbox',
    access: to(TEND),
    summary:
      "How a partner's EPCIS repository is told: what waits, the capture job under way, what it refused",
    status: 200,
    answer: { [JSON_TYPE]: 'EpcisOutbox' },
  },
  withdrawEvent: {
    method: 'POST',
    path: '/api/v1/epcis/withdrawals',
    access: to(COMMAND),
    summary: 'Say that an event was wrong: it stays, and is told again with an error declaration',
    verb: 'withdraw-event',
    body: 'EventWithdrawal',
    status: 204,
    answer: {},
  },
  linkSscc: { ...LINK, path: '/00/{+path}' },
  linkGtin: { ...LINK, path: '/01/{+path}' },
  linkGln: { ...LINK, path: '/414/{+path}' },
  linkGrai: { ...LINK, path: '/8003/{+path}' },
  linkGiai: { ...LINK, path: '/8004/{+path}' },
} as const satisfies Record<string, Route>;
