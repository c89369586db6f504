import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, signIn } from './call.fixture.ts';
import { GRANT_TOKENS, RECEIPT_A, RECEIPT_B } from './grants.fixture.ts';
import type { Grantee, GrantMade } from './grant-types.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';
import { NOON } from './site-things.fixture.ts';
import type { Problem, Session } from './types.ts';

let site: MemorySite;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

const GRANTEES = Object.keys(GRANT_TOKENS) as Grantee[];
const ORDER = {
  as: 'financier',
  party: 'bank-a',
  receipts: [RECEIPT_A],
  until: NOON + 86_400_000,
  reason: 'loan 2026-17',
  consent: { owner: 'owner-1', document: 'c3'.repeat(32) },
} as const;

const closed = GRANTEES.flatMap((as) =>
  Object.values<Route>(ROUTES)
    .filter(({ access }) => !access.open && access.grants?.includes(as) !== true && access.tlog !== true)
    .filter(({ path }) => path.startsWith('/api/'))
    .map((route) => [as, route.method, route.path, route] as const),
);

describe('a party with a grant', () => {
  it('has routes that are closed to it', () => expect(closed.length).toBeGreaterThan(60));

  it.each(closed)('%s finds nothing at %s %s, and that is on record', async (as, method, path) => {
    const url = `${api.url}${path.replace('{id}', encodeURIComponent('probe-1/temperature'))}`;
    const answer = await call(url, { method, as, ...(method === 'POST' ? { body: {} } : {}) });
    // Signing out is for whoever signed in.
    if (path === '/api/v1/session') return;
    expect([answer.status, (answer.json as Problem).code]).toEqual([404, 'NOT_FOUND']);
    expect(site.acts).toHaveLength(1);
    expect(site.acts[0]).toMatchObject({
      actor: 1_000_001 + GRANTEES.indexOf(as),
      role: as,
      result: 'refused',
    });
  });

  it('is told no more than 60 times an hour that there is nothing, and each of them is on record', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 64; i++) {
      const { status } = await call(`${api.url}/api/v1/alarms`, { as: 'partner', headers: {} });
      statuses.push(status);
      if (i % 18 === 17) await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    expect(statuses.filter((s) => s === 404)).toHaveLength(60);
    expect(statuses.slice(60)).toEqual([429, 429, 429, 429]);
    expect(site.acts).toHaveLength(60);
    // Others are not held up by it.
    expect((await call(`${api.url}/api/v1/alarms`, { as: 'regulator' })).status).toBe(404);
  });

  it('signs in with its token, and the session ends with the grant', async () => {
    const { cookie } = await signIn(api.url, 'financier');
    const who = await call(`${api.url}/api/v1/session`, { headers: { cookie } });
    expect(who.json).toMatchObject({ name: 'financier-1', role: 'financier' });
    expect((who.json as Session).may).not.toContain('acknowledge');
    expect(site.acts.at(-1)).toMatchObject({ verb: 'sign-in', role: 'financier', result: 'done' });

    const revoked = await call(`${api.url}/api/v1/grants/grant-1/revoke`, {
      method: 'POST',
      as: 'supervisor',
      body: { reason: 'loan paid back' },
    });
    expect(revoked.status).toBe(204);
    expect((await call(`${api.url}/api/v1/session`, { headers: { cookie } })).json).toBeNull();
    expect((await call(`${api.url}/api/v1/grants`, { as: 'financier' })).status).toBe(401);
  });
});

describe('grants', () => {
  it('are given by a supervisor on the consent of the owner in writing; the token opens from then on', async () => {
    const made = await call(`${api.url}/api/v1/grants`, { method: 'POST', as: 'supervisor', body: ORDER });
    expect(made.status).toBe(200);
    const { token, grant } = made.json as GrantMade;
    expect(grant).toMatchObject({ ...ORDER, by: 'supervisor', isInForce: true });
    const headers = { authorization: `Bearer ${token}` };
    const who = await call(`${api.url}/api/v1/session`, { headers });
    expect(who.json).toMatchObject({ name: 'bank-a', role: 'financier' });
    const list = await call(`${api.url}/api/v1/grants`, { as: 'auditor' });
    expect(JSON.stringify(list.json)).not.toContain(token);
  });

  it.each([
    ['no consent', { ...ORDER, consent: null }, 'consent'],
    ['nothing that is opened', { ...ORDER, receipts: [] }, 'receipts'],
    ['a receipt that is no id', { ...ORDER, receipts: ['A1'] }, 'receipts.0'],
    ['a party with spaces', { ...ORDER, party: 'bank a' }, 'party'],
    ['no reason', { ...ORDER, reason: ' ' }, 'reason'],
    ['a field that there is none of', { ...ORDER, role: 'admin' }, 'role'],
  ])('are refused with %s', async (_, body, field) => {
    const answer = await call(`${api.url}/api/v1/grants`, { method: 'POST', as: 'supervisor', body });
    expect(answer.status).toBe(400);
    expect((answer.json as Problem).detail).toContain(field);
    expect(site.acts.at(-1)).toMatchObject({ verb: 'grant', result: 'refused' });
    expect(site.granting.grants).toHaveLength(4);
  });

  it('need no consent where the law opens: a regulator', async () => {
    const body = { ...ORDER, as: 'regulator', party: 'nfra-sh', consent: null };
    const made = await call(`${api.url}/api/v1/grants`, { method: 'POST', as: 'supervisor', body });
    expect(made.status).toBe(200);
  });

  it('are handed on by a holder, for its own goods, no longer than its own, and taken back', async () => {
    const post = (body: object) => call(`${api.url}/api/v1/grants`, { method: 'POST', as: 'holder', body });
    const own = { ...ORDER, consent: null };
    const made = await post(own);
    expect(made.status).toBe(200);
    expect((await post({ ...own, receipts: [RECEIPT_B] })).status).toBe(404);
    expect((await post({ ...own, as: 'regulator' })).status).toBe(400);
    expect((await post({ ...own, until: NOON * 3 })).status).toBe(400);
    expect((await post(ORDER)).status).toBe(400);

    site.granting.grant({ ...ORDER, receipts: [RECEIPT_B], items: [], actor: 3, role: 'supervisor' });
    const seen = (await call(`${api.url}/api/v1/grants`, { as: 'holder' })).json as GrantMade['grant'][];
    expect(seen.map((g) => g.id)).toEqual(['grant-1', 'grant-2', 'grant-3', 'grant-4', 'grant-5']);
    const end = (id: string) =>
      call(`${api.url}/api/v1/grants/${id}/revoke`, { method: 'POST', as: 'holder', body: { reason: 'x' } });
    // Those the supervisor gave are not the holder's to end, and look as if there were none.
    expect((await end('grant-1')).status).toBe(404);
    expect((await end('grant-5')).status).toBe(204);
    expect((await end('grant-5')).status).toBe(409);
  });
});
