import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './call.fixture.ts';
import { ROUTES, type Route } from './routes.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';

/** What a caller of each role gets; the rows of the design's role table that exist so far. */
const EXPECTED: Readonly<Record<string, readonly [nobody: number, viewer: number, operator: number]>> = {
  'GET /api/v1/status': [401, 200, 200],
  'GET /api/v1/streams': [401, 200, 200],
  'GET /api/v1/streams/{id}/readings': [401, 200, 200],
  'GET /api/v1/bundles': [401, 400, 400],
  'GET /api/v1/erasures': [401, 403, 200],
  'POST /api/v1/erasures': [401, 403, 400],
  'GET /api/v1/devices': [401, 403, 200],
  'GET /api/v1/alarms': [401, 200, 200],
  'POST /api/v1/alarms/{id}/acknowledge': [401, 403, 204],
  'GET /api/v1/session': [200, 200, 200],
  'POST /api/v1/session': [400, 400, 400],
  'DELETE /api/v1/session': [401, 409, 409],
  'GET /api/v1/openapi.json': [200, 200, 200],
  'GET /healthz': [200, 200, 200],
  'GET /metrics': [200, 403, 200],
  'GET /tlog/checkpoint': [401, 200, 200],
  'GET /tlog/tile/{+path}': [401, 200, 200],
  'GET /': [404, 404, 404],
  'GET /{file}': [404, 404, 404],
};
const STREAM = 'GET /api/v1/events';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const CALLERS = [null, 'viewer', 'operator'] as const;
const PATHS = [...new Set(Object.values<Route>(ROUTES).map((r) => r.path))];

function concrete(path: string): string {
  const id = path.includes('/alarms/') ? 'probe-1/temperature/cold-room-warm' : 'probe-1/temperature';
  return path
    .replace('{id}', encodeURIComponent(id))
    .replace('{file}', 'page.js')
    .replace('{+path}', '0/000.p/3');
}

describe('routes', () => {
  it('are each in the table of expectations', () => {
    const known = Object.values<Route>(ROUTES).map((r) => `${r.method} ${r.path}`);
    expect(known.toSorted()).toEqual([...Object.keys(EXPECTED), STREAM].toSorted());
  });

  it('name who may use them, and a word for the record when they change something', () => {
    for (const route of Object.values<Route>(ROUTES)) {
      expect(route.verb === undefined, route.path).toBe(route.method === 'GET');
      if (!route.access.open) expect(route.access.roles).toContain('operator');
    }
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
    const row = EXPECTED[`${method} ${path}`];
    const body = method === 'POST' ? { body: { meaning: 'seen', reason: 'x' } } : {};
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
