import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from './call.fixture.ts';
import { INCIDENT } from './incidents.fixture.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';
import { NOON } from './site-things.fixture.ts';

let site: MemorySite;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

const ask = (path: string, as: 'viewer' | 'auditor' = 'viewer') =>
  call(`${api.url}/api/v1/incidents${path}`, { as });

describe('incidents', () => {
  it('are those of the last day, or of the window that is asked for', async () => {
    const answer = await ask('');
    expect(answer.json).toMatchObject([{ id: '0-17', alarms: [{ rises: 1 }] }]);
    await ask(`?from=${NOON - 5000}&to=${NOON}&limit=3`);
    expect(site.incidents.asked).toEqual([
      { from: site.now - 86_400_000, to: site.now, limit: 100 },
      { from: NOON - 5000, to: NOON, limit: 3 },
    ]);
  });

  it.each(['?limit=501', '?since=1', `?from=${NOON}&to=${NOON}`])('refuse %s', async (query) => {
    expect((await ask(query)).status).toBe(400);
  });

  it('are told whole by their id', async () => {
    expect((await ask('/0-17')).json).toEqual(INCIDENT);
    expect((await ask('/0-18')).status).toBe(404);
  });

  it('are proven by one file', async () => {
    const bundle = await ask('/0-17/bundle', 'auditor');
    expect(bundle.status).toBe(200);
    expect(bundle.headers['content-type']).toBe('application/zip');
    expect(bundle.headers['content-disposition']).toBe('attachment; filename="incident-0-17.zip"');
    expect(site.bundleQueries).toMatchObject([{ select: { kind: 'zone', zone: 'cold-1' }, events: true }]);
    expect((await ask('/0-18/bundle', 'auditor')).status).toBe(404);
    expect((await ask('/0-17/bundle')).status).toBe(403);
  });
});
