import { ALARM_ROUTES } from './alarm-routes.ts';
import { INCIDENT_ROUTES } from './incident-routes.ts';
import { PUSH_ROUTES } from './push-routes.ts';
import { STANDING_ROUTES } from './standing-routes.ts';
import { COUNT_ROUTES } from './count-routes.ts';
import { GOODS_ROUTES } from './goods-routes.ts';
import { EPCIS_ROUTES } from './epcis-routes.ts';
import { HAND_OVER_ROUTES } from './hand-over-routes.ts';
import { GRANT_ROUTES } from './grant-routes.ts';
import { ORDER_ROUTES } from './order-routes.ts';
import { RECEIPT_ROUTES } from './receipt-routes.ts';
import { ADMINISTER, LOOK, OVERSEE, PROVE, TEND } from './roles.ts';
import { EVERYONE, JSON_TYPE, to, type Access, type Route } from './route.ts';
import { RULE_ROUTES } from './rule-routes.ts';
import { SEEN_ROUTES } from './seen-routes.ts';

/**
 * Every route there is, and who may use it. What is not here does not exist: the server registers
 * from this table, the OpenAPI document is made from it, and a test holds it against the server.
 */

const READERS = to(LOOK);
const LOG_READERS: Access = { open: false, ...LOOK, tlog: true };

export const ROUTES = {
  status: {
    method: 'GET',
    path: '/api/v1/status',
    access: READERS,
    summary: 'The gateway itself: journal, anchor, health',
    status: 200,
    answer: { [JSON_TYPE]: 'Status' },
  },
  streams: {
    method: 'GET',
    path: '/api/v1/streams',
    access: READERS,
    summary: 'Every stream with its newest value',
    status: 200,
    answer: { [JSON_TYPE]: 'Streams' },
  },
  readings: {
    method: 'GET',
    path: '/api/v1/streams/{id}/readings',
    access: READERS,
    summary:
      'What one stream recorded in a window, in order of time; JSON, or CSV by the Accept header. A page is of one epoch of the log: follow `next`',
    query: {
      from: 'ISO 8601 instant or ms since 1970, inclusive; 24 h before `to` when left out',
      to: 'ISO 8601 instant or ms since 1970, exclusive; now when left out',
      limit: '1 to 10000, 1000 when left out',
      cursor: '`next` of the page before',
    },
    status: 200,
    answer: { [JSON_TYPE]: 'ReadingsPage', 'text/csv': null },
  },
  bundles: {
    method: 'GET',
    path: '/api/v1/bundles',
    access: { ...to(PROVE), grants: ['financier', 'holder', 'regulator', 'partner'] },
    summary:
      'A proof file of what was recorded in a window, checked before it is sent; of a long window the first part, and Link has the way to the next',
    query: {
      stream: 'DEVICE/CHANNEL, several with a comma between',
      zone: 'all streams that looked at this zone in the window',
      tag: 'EPC in hexadecimal: was it seen by the readers of stream or zone, or by all',
      receipt:
        'id of a warehouse receipt: its sources and the places where its goods lay, with the events about them; of goods that were moved the first place, and Link has the way to the next',
      lot: 'the same by lot, for staff',
      from: 'ISO 8601 instant or ms since 1970, inclusive; of a receipt or lot its begin when left out',
      to: 'the same, exclusive; now when left out',
      mode: 'full (when left out), summary: headers only, partial: single records with their proofs',
      show: 'partial: FROM/TO of the records to show, several with a comma between; else those the question is after',
      min: 'least value allowed',
      max: 'greatest value allowed',
      unit: 'unit of the limits',
      'max-gap': 'time one reading covers at most, e.g. 90s; the stream’s own when left out',
      'allow-out': 'time out of range that is borne with',
      'allow-gap': 'time without readings that is borne with',
      events: 'true: with all events, rule files and snapshots',
    },
    status: 200,
    answer: { 'application/zip': null },
  },
  erasures: {
    method: 'GET',
    path: '/api/v1/erasures',
    access: to(OVERSEE),
    summary: 'Erasures that are on record and not done yet',
    status: 200,
    answer: { [JSON_TYPE]: 'Erasures' },
  },
  erase: {
    method: 'POST',
    path: '/api/v1/erasures',
    access: to(ADMINISTER),
    summary:
      'Erase sealed readings and the keys of their salts; answered once the act is on record, what it erases goes after that',
    verb: 'erase',
    body: 'ErasureOrder',
    status: 204,
    answer: {},
  },
  devices: {
    method: 'GET',
    path: '/api/v1/devices',
    access: to(TEND),
    summary: 'Health of every device and what was refused from it',
    status: 200,
    answer: { [JSON_TYPE]: 'Devices' },
  },
  ...ALARM_ROUTES,
  ...RECEIPT_ROUTES,
  ...ORDER_ROUTES,
  ...INCIDENT_ROUTES,
  ...PUSH_ROUTES,
  ...GRANT_ROUTES,
  ...EPCIS_ROUTES,
  ...RULE_ROUTES,
  ...SEEN_ROUTES,
  ...COUNT_ROUTES,
  ...STANDING_ROUTES,
  ...GOODS_ROUTES,
  ...HAND_OVER_ROUTES,
  events: {
    method: 'GET',
    path: '/api/v1/events',
    access: READERS,
    summary:
      'Server-sent events; resumes after Last-Event-ID or says `reset`. Device health goes to operators only',
    status: 200,
    answer: { 'text/event-stream': 'Event' },
  },
  session: {
    method: 'GET',
    path: '/api/v1/session',
    access: EVERYONE,
    summary: 'Who is signed in; null when nobody is',
    status: 200,
    answer: { [JSON_TYPE]: 'SessionOrNone' },
  },
  signIn: {
    method: 'POST',
    path: '/api/v1/session',
    access: EVERYONE,
    summary: 'Sign in with a token; sets the session cookie',
    verb: 'sign-in',
    body: 'SignIn',
    status: 200,
    answer: { [JSON_TYPE]: 'Session' },
  },
  signOut: {
    method: 'DELETE',
    path: '/api/v1/session',
    access: READERS,
    summary: 'Sign out; the session cookie is dead afterwards',
    verb: 'sign-out',
    status: 204,
    answer: {},
  },
  document: {
    method: 'GET',
    path: '/api/v1/openapi.json',
    access: EVERYONE,
    summary: 'This document',
    status: 200,
    answer: { [JSON_TYPE]: null },
  },
  healthz: {
    method: 'GET',
    path: '/healthz',
    access: EVERYONE,
    summary: '200 while records get committed, else 503',
    status: 200,
    answer: { 'text/plain': null },
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    access: { open: false, ...TEND, loopback: true },
    summary: 'Prometheus metrics; without a token only from this machine',
    status: 200,
    answer: { 'text/plain': null },
  },
  checkpoint: {
    method: 'GET',
    path: '/tlog/checkpoint',
    access: LOG_READERS,
    summary: 'The newest signed head of the log (C2SP tlog-tiles)',
    status: 200,
    answer: { 'text/plain': null },
  },
  tile: {
    method: 'GET',
    path: '/tlog/tile/{+path}',
    access: LOG_READERS,
    summary: 'A tile of hashes or a bundle of entries (C2SP tlog-tiles)',
    status: 200,
    answer: {},
    hidden: true,
  },
  showAnswer: {
    method: 'GET',
    path: '/answer/{token}',
    access: EVERYONE,
    summary: "The page behind the link in a person's notice; changes nothing",
    status: 200,
    answer: {},
    hidden: true,
  },
  takeAnswer: {
    method: 'POST',
    path: '/answer/{token}',
    access: EVERYONE,
    summary: 'Acknowledge by the link of a notice',
    verb: 'acknowledge',
    status: 200,
    answer: {},
    hidden: true,
  },
  page: {
    method: 'GET',
    path: '/',
    access: EVERYONE,
    summary: 'The page',
    status: 200,
    answer: {},
    hidden: true,
  },
  pageFile: {
    method: 'GET',
    path: '/{file}',
    access: EVERYONE,
    summary: 'A file of the page',
    status: 200,
    answer: {},
    hidden: true,
  },
} as const satisfies Record<string, Route>;
export type RouteName = keyof typeof ROUTES;

/** Fastify's spelling of a path. */
export function fastifyPath(path: string): string {
  return path.replaceAll(/\{\+\w+\}/g, '*').replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Methods known for a path that was asked for; empty when there is no such path. */
export function methodsOf(path: string): string[] {
  const routes = Object.values(ROUTES).filter((route) => pattern(route.path).test(path));
  return [...new Set(routes.map((route) => route.method))];
}

function pattern(path: string): RegExp {
  const escaped = path
    .replaceAll('.', String.raw`\.`)
    .replaceAll(/\{\+\w+\}/g, '.+')
    .replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${escaped}$`);
}
