import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './call.fixture.ts';
import { ROLES } from './roles.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';

const CALLERS = [null, ...ROLES] as const;

/**
 * What each caller gets, written once more from the design's role table: nobody, Viewer, Operator,
 * Supervisor, Installer, Admin, aUditor. 400 and 404 are answers to somebody who was let in.
 */
const EXPECTED: Readonly<Record<string, string>> = {
  //                                           nobody V   O   S   I   A   U
  'GET /api/v1/status': '401 200 200 200 200 200 200',
  'GET /api/v1/streams': '401 200 200 200 200 200 200',
  'GET /api/v1/streams/{id}/readings': '401 200 200 200 200 200 200',
  'GET /api/v1/alarms': '401 200 200 200 200 200 200',
  'GET /api/v1/alarms/{id}': '401 200 200 200 200 200 200',
  'GET /api/v1/alarms/{id}/history': '401 200 200 200 200 200 200',
  'GET /api/v1/alarm-figures': '401 200 200 200 200 200 200',
  'GET /api/v1/push': '401 200 200 200 200 200 200',
  'POST /api/v1/push': '401 400 400 400 400 400 400',
  'POST /api/v1/push/remove': '401 400 400 400 400 400 400',
  'GET /api/v1/incidents': '401 200 200 200 200 200 200',
  'GET /api/v1/incidents/{id}': '401 404 404 404 404 404 404',
  'GET /api/v1/incidents/{id}/bundle': '401 403 403 404 403 403 404',
  'GET /api/v1/maintenance': '401 200 200 200 200 200 200',
  'POST /api/v1/alarms/{id}/acknowledge': '401 403 204 204 403 403 403',
  'POST /api/v1/alarms/{id}/reset': '401 403 204 204 403 403 403',
  'POST /api/v1/alarms/{id}/shelve': '401 403 204 204 403 403 403',
  'POST /api/v1/alarms/{id}/unshelve': '401 403 204 204 403 403 403',
  'POST /api/v1/alarms/{id}/comments': '401 403 204 204 403 403 403',
  'POST /api/v1/alarms/{id}/out-of-service': '401 403 403 204 204 403 403',
  'POST /api/v1/alarms/{id}/in-service': '401 403 403 204 204 403 403',
  'POST /api/v1/streams/{id}/acts': '401 403 204 204 403 403 403',
  'POST /api/v1/zones/{id}/maintenance': '401 403 403 204 204 403 403',
  'POST /api/v1/zones/{id}/maintenance/end': '401 403 403 204 204 403 403',
  'GET /api/v1/orders': '401 200 200 200 200 200 200',
  'GET /api/v1/orders/{id}': '401 404 404 404 404 404 404',
  'POST /api/v1/orders': '401 403 403 400 403 403 403',
  'POST /api/v1/orders/{id}/claim': '401 403 404 404 403 403 403',
  'POST /api/v1/orders/{id}/settle': '401 403 403 204 403 403 403',
  'GET /api/v1/bundles': '401 403 403 400 403 403 400',
  'GET /api/v1/erasures': '401 403 403 200 403 200 200',
  'POST /api/v1/erasures': '401 403 403 403 403 400 403',
  'GET /api/v1/receipts': '401 200 200 200 200 200 200',
  'GET /api/v1/receipts/{id}': '401 404 404 404 404 404 404',
  'GET /api/v1/receipts/{id}/statement': '401 404 404 404 404 404 404',
  'GET /api/v1/receipts/{id}/timeline': '401 404 404 404 404 404 404',
  'GET /api/v1/receipts/{id}/gaps': '401 404 404 404 404 404 404',
  'GET /api/v1/receipts/{id}/movements': '401 404 404 404 404 404 404',
  'GET /api/v1/receipts/{id}/score': '401 404 404 404 404 404 404',
  'POST /api/v1/receipts/{id}/acts': '401 403 403 400 403 403 403',
  'GET /api/v1/control-changes': '401 200 200 200 200 200 200',
  'GET /api/v1/stock-statements/{day}': '401 404 404 404 404 404 404',
  'POST /api/v1/receipts/{id}/count': '401 403 400 400 403 403 403',
  'GET /api/v1/receipts/{id}/counts': '401 200 200 200 200 200 200',
  'GET /api/v1/receipts/{id}/counts/{challenge}': '401 404 404 404 404 404 404',
  'GET /api/v1/counts': '401 200 200 200 200 200 200',
  'GET /api/v1/stock': '401 404 404 404 404 404 404',
  'GET /api/v1/stock/{id}': '401 404 404 404 404 404 404',
  'GET /api/v1/items/{id}': '401 404 404 404 404 404 404',
  'GET /api/v1/lots/{id}': '401 404 404 404 404 404 404',
  'POST /api/v1/goods': '401 403 404 404 403 403 403',
  'POST /api/v1/goods/documents': '401 403 404 404 403 403 403',
  'GET /api/v1/portfolio': '401 200 200 200 200 200 200',
  'GET /api/v1/receipts/{id}/standing': '401 404 404 404 404 404 404',
  'GET /api/v1/receipts/{id}/readings': '401 404 404 404 404 404 404',
  'GET /api/v1/hand-overs': '401 404 404 404 404 404 404',
  'GET /api/v1/hand-overs/{id}': '401 404 404 404 404 404 404',
  'POST /api/v1/hand-overs': '401 403 404 404 403 403 403',
  'POST /api/v1/hand-overs/{id}/links': '401 403 404 404 403 403 403',
  'POST /api/v1/hand-overs/{id}/signatures': '401 403 404 404 403 403 403',
  'POST /api/v1/hand-overs/{id}/exceptions': '401 403 404 404 403 403 403',
  'GET /api/v1/hand-overs/{id}/exceptions/{seq}/bundle': '401 403 403 404 403 403 404',
  'POST /api/v1/hand-overs/{id}/settle': '401 403 403 404 403 403 403',
  'POST /api/v1/parties/{id}/keys': '401 403 403 404 403 403 403',
  'GET /dock/{token}': '404 404 404 404 404 404 404',
  'GET /dock/{token}/terms': '404 404 404 404 404 404 404',
  'POST /dock/{token}/signature': '404 404 404 404 404 404 404',
  'POST /dock/{token}/exception': '404 404 404 404 404 404 404',
  'GET /api/v1/grants': '401 403 403 200 403 200 200',
  'GET /epcis/v2/events': '401 404 404 404 404 404 404',
  'GET /api/v1/epcis/outbox': '401 403 404 404 404 404 403',
  'POST /api/v1/epcis/withdrawals': '401 403 403 400 403 403 403',
  'GET /00/{+path}': '404 404 404 404 404 404 404',
  'GET /01/{+path}': '404 404 404 404 404 404 404',
  'GET /414/{+path}': '404 404 404 404 404 404 404',
  'GET /8003/{+path}': '404 404 404 404 404 404 404',
  'GET /8004/{+path}': '404 404 404 404 404 404 404',
  'POST /api/v1/grants': '401 403 403 400 403 403 403',
  'POST /api/v1/grants/{id}/revoke': '401 403 403 404 403 403 403',
  'GET /api/v1/rules': '401 200 200 200 200 200 200',
  'POST /api/v1/rules/confirm': '401 403 403 204 204 204 403',
  'POST /api/v1/rules/revert': '401 403 403 204 204 204 403',
  'POST /api/v1/rules/try': '401 403 403 204 204 204 403',
  'GET /api/v1/tags': '401 200 200 200 200 200 200',
  'POST /api/v1/tags/{id}/binding': '401 403 403 400 403 403 403',
  'GET /api/v1/pictures': '401 200 200 200 200 200 200',
  'GET /api/v1/pictures/{sha256}': '401 404 404 404 404 404 404',
  'GET /api/v1/devices': '401 403 200 200 200 200 403',
  'GET /metrics': '200 403 200 200 200 200 403',
  'GET /tlog/checkpoint': '401 200 200 200 200 200 200',
  'GET /tlog/tile/{+path}': '401 200 200 200 200 200 200',
  'DELETE /api/v1/session': '401 409 409 409 409 409 409',
  'GET /api/v1/session': '200 200 200 200 200 200 200',
  'POST /api/v1/session': '400 400 400 400 400 400 400',
  'GET /api/v1/openapi.json': '200 200 200 200 200 200 200',
  'GET /healthz': '200 200 200 200 200 200 200',
  'POST /api/v1/devices/{id}/break-glass': '401 403 403 204 403 403 403',
  'GET /answer/{token}': '404 404 404 404 404 404 404',
  'POST /answer/{token}': '404 404 404 404 404 404 404',
  'GET /': '404 404 404 404 404 404 404',
  'GET /{file}': '404 404 404 404 404 404 404',
};
const STREAM = 'GET /api/v1/events';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const PATHS = [...new Set(Object.values<Route>(ROUTES).map((r) => r.path))];

function concrete(path: string): string {
  const id = path.includes('/alarms/') ? 'probe-1/temperature/cold-room-warm' : 'probe-1/temperature';
  return path
    .replace('{id}', encodeURIComponent(path.includes('/zones/') ? 'cold-1' : id))
    .replace('{file}', 'page.js')
    .replace('{challenge}', 'c-1')
    .replace('{sha256}', 'ab'.repeat(32))
    .replace('{+path}', '0/000.p/3');
}

function bodyOf(path: string): object {
  if (path.endsWith('/acknowledge')) return { meaning: 'seen', reason: 'x' };
  if (path.endsWith('/acts')) return { verb: 'restart', reason: 'x' };
  return path.endsWith('/shelve') ? { reason: 'x', forMs: 60_000 } : { reason: 'x' };
}

describe('routes', () => {
  it('are each in the table of expectations, with a word for each caller', () => {
    const known = Object.values<Route>(ROUTES).map((r) => `${r.method} ${r.path}`);
    expect(known.toSorted()).toEqual([...Object.keys(EXPECTED), STREAM].toSorted());
    for (const row of Object.values(EXPECTED)) expect(row.split(' ')).toHaveLength(CALLERS.length);
  });

  it('name who may use them, and a word for the record when they change something', () => {
    for (const route of Object.values<Route>(ROUTES)) {
      expect(route.verb === undefined, route.path).toBe(route.method === 'GET');
      if (!route.access.open) expect(route.access.roles.length, route.path).toBeGreaterThan(0);
    }
  });

  it('that take something out of sight or away ask for a new sign-in', () => {
    const stepUp = Object.values<Route>(ROUTES).filter((r) => !r.access.open && r.access.stepUp === true);
    expect(stepUp.map((r) => String(r.verb)).toSorted()).toEqual([
      'act-on-receipt',
      'bind-tag',
      'break-glass',
      'confirm-rules',
      'end-maintenance',
      'erase',
      'grant',
      'maintain',
      'put-back',
      'retry-rules',
      'revert-rules',
      'revoke',
      'settle-hand-over',
      'settle-order',
      'take-out',
      'tell-order',
      'trust-key',
      'withdraw-event',
    ]);
  });
});

const groups = CALLERS.flatMap((as, column) =>
  PATHS.map((path) => [as ?? 'nobody', path, as, column] as const),
);

// A site of its own for each group, so that the rate limit does not speak.
describe.each(groups)('%s at %s', (_, path, as, column) => {
  const site = new MemorySite();
  let api: Api;
  beforeAll(async () => {
    api = await site.open();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it.each(METHODS.filter((method) => `${method} ${path}` !== STREAM))('%s', async (method) => {
    const row = EXPECTED[`${method} ${path}`]?.split(' ').map(Number);
    const body = method === 'POST' ? { body: bodyOf(path) } : {};
    const answer = await call(`${api.url}${concrete(path)}`, { method, as, ...body });
    expect(answer.status).toBe(row === undefined ? 405 : row[column]);
    if (row === undefined) expect(answer.headers.allow).toBe(allowed(path));
    if (answer.status >= 400 && method !== 'HEAD') {
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
  });
});

function allowed(path: string): string {
  return Object.values<Route>(ROUTES)
    .filter((r) => r.path === path)
    .map((r) => r.method)
    .join(', ');
}
