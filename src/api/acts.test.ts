import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../domain/errors.ts';
import { call, signIn } from './call.fixture.ts';
import type { Api } from './server.ts';
import { MemorySite, TOKENS } from './site.fixture.ts';
import type { Problem } from './types.ts';

const ALARM = 'probe-1/temperature/cold-room-warm';
const SEEN = { meaning: 'seen', reason: 'on my way' };

let site: MemorySite;
let api: Api;
let acknowledgeUrl: string;
let sessionUrl: string;
let erasuresUrl: string;
beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
  acknowledgeUrl = `${api.url}/api/v1/alarms/${encodeURIComponent(ALARM)}/acknowledge`;
  sessionUrl = `${api.url}/api/v1/session`;
  erasuresUrl = `${api.url}/api/v1/erasures`;
});
afterEach(() => api[Symbol.asyncDispose]());

/** Every record the calls so far have left. */
function records(): number {
  return site.acts.length + site.acknowledged.length;
}

describe('a gateway that is stopping', () => {
  it('records nothing any more and says so, not that it broke', async () => {
    site.isStopping = true;
    const answer = await call(acknowledgeUrl, { method: 'POST', as: 'viewer', body: SEEN });
    expect(answer).toMatchObject({ status: 503, json: { detail: 'the gateway is stopping' } });
    expect(site.errors).toEqual([]);
  });
});

describe('erasing readings', () => {
  const order = { streams: ['probe-1/temperature'], from: 1, to: 9, reason: 'retention of a year' };
  it('reaches the gateway with who, what and why, and tells how far it is', async () => {
    expect(await call(erasuresUrl, { method: 'POST', as: 'admin', body: order })).toMatchObject({
      status: 204,
    });
    expect(site.erasures).toEqual([{ ...order, actor: 5, role: 'admin', force: false }]);
    const { json } = await call(erasuresUrl, { as: 'admin' });
    expect(json).toEqual([
      { stream: 'probe-1/temperature', from: 1, to: 9, act: { block: 3, seq: 7 }, blocksLeft: 2 },
    ]);
  });

  it.each([
    ['without a reason', { ...order, reason: '' }],
    ['of no stream', { ...order, streams: [] }],
    ['with a reason beyond what a record holds', { ...order, reason: '冷'.repeat(86) }],
    ['with an unknown key', { ...order, slot: 0 }],
  ])('%s is refused and leaves one record', async (_, body) => {
    expect(await call(erasuresUrl, { method: 'POST', as: 'admin', body })).toMatchObject({ status: 400 });
    expect(site.erasures).toEqual([]);
    expect(site.acts).toMatchObject([{ actor: 5, verb: 'erase', result: 'refused' }]);
  });

  it('that the gateway will not do says why, and the refusal is on record', async () => {
    site.fails = new Refused('NOT_ALLOWED', 'alarms are never erased');
    const answer = await call(erasuresUrl, { method: 'POST', as: 'admin', body: order });
    expect(answer).toMatchObject({ status: 403, json: { detail: 'alarms are never erased' } });
    expect(site.acts).toMatchObject([{ verb: 'erase', result: 'refused' }]);
  });
});

describe('acknowledge', () => {
  it('reaches the gateway with who, what it means and why', async () => {
    const answer = await call(acknowledgeUrl, { method: 'POST', as: 'operator', body: SEEN });
    expect(answer.status).toBe(204);
    expect(site.acknowledged).toEqual([{ alarm: ALARM, actor: 1, role: 'operator', ...SEEN }]);
    expect(site.acts).toEqual([]);
  });

  it.each([
    ['an unknown meaning', { meaning: 'whatever', reason: '' }],
    ['no meaning', { reason: 'x' }],
    ['an unknown key', { ...SEEN, actor: 7 }],
    ['a reason beyond what a record holds', { meaning: 'seen', reason: '冷'.repeat(86) }],
  ])('with %s is refused and leaves one record', async (_, body) => {
    const answer = await call(acknowledgeUrl, { method: 'POST', as: 'operator', body });
    expect(answer.status).toBe(400);
    expect(site.acknowledged).toEqual([]);
    expect(site.acts).toEqual([
      expect.objectContaining({
        actor: 1,
        role: 'operator',
        verb: 'acknowledge',
        object: ALARM,
        result: 'refused',
      }),
    ]);
  });

  it('of an alarm twice, or of one that does not stand, is a conflict, each with one record', async () => {
    const twice = [SEEN, SEEN].map(
      (body) => () => call(acknowledgeUrl, { method: 'POST', as: 'operator', body }),
    );
    for (const again of twice) await again();
    const other = await call(acknowledgeUrl.replace('warm', 'gone'), {
      method: 'POST',
      as: 'operator',
      body: SEEN,
    });
    expect(other.status).toBe(404);
    expect(site.acknowledged).toHaveLength(1);
    expect(site.acts.map((a) => a.reason.split(':')[0])).toEqual(['CONFLICT', 'NOT_FOUND']);
  });
});

describe('every call that would change something', () => {
  it.each([
    ['without a token', { method: 'POST', body: SEEN }, 0, 'none'],
    [
      'with a foreign token',
      { method: 'POST', body: SEEN, headers: { authorization: 'Bearer x' } },
      0,
      'none',
    ],
    ['of a viewer', { method: 'POST', body: SEEN, as: 'viewer' as const }, 2, 'viewer'],
    ['with a broken body', { method: 'POST', raw: '{"a":1,"a":2}', as: 'operator' as const }, 1, 'operator'],
    ['with the wrong method', { method: 'DELETE', as: 'operator' as const }, 1, 'operator'],
  ])('%s leaves exactly one record', async (_, how, actor, role) => {
    const answer = await call(acknowledgeUrl, how);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(site.acts).toHaveLength(1);
    expect(site.acts[0]).toMatchObject({ actor, role, result: 'refused' });
    expect(site.acknowledged).toEqual([]);
  });

  it('leaves its record also where there is nothing', async () => {
    await call(`${api.url}/api/v2/admin?x=1`, { method: 'PUT', body: {} });
    expect(site.acts).toEqual([
      {
        actor: 0,
        role: 'none',
        verb: 'PUT',
        object: '/api/v2/admin',
        reason: expect.stringContaining('NOT_FOUND') as string,
        result: 'refused',
      },
    ]);
  });
});

describe('a session', () => {
  it('opens with the token and closes for good', async () => {
    const { cookie, csrf, setCookie } = await signIn(api.url, 'operator');
    expect(setCookie).toBe(`bailee-${api.port}=${cookie.split('=')[1]}; Path=/; HttpOnly; SameSite=Strict`);
    const headers = { cookie, 'x-csrf-token': csrf };
    expect((await call(sessionUrl, { headers })).json).toMatchObject({
      name: 'operator',
      role: 'operator',
      csrf,
    });
    expect((await call(acknowledgeUrl, { method: 'POST', headers, body: SEEN })).status).toBe(204);
    const out = await call(sessionUrl, { method: 'DELETE', headers });
    expect([out.status, out.headers['set-cookie']?.[0]]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await call(`${api.url}/api/v1/status`, { headers })).status).toBe(401);
    expect(site.acts.map((a) => `${a.verb} ${a.result}`)).toEqual(['sign-in done', 'sign-out done']);
    expect(records()).toBe(3);
  });

  it('has a new id at every sign-in, and the old one is dead', async () => {
    const first = await signIn(api.url, 'operator');
    const second = await signIn(api.url, 'operator', { cookie: first.cookie });
    expect(second.cookie).not.toBe(first.cookie);
    const status = (cookie: string): Promise<number> =>
      call(`${api.url}/api/v1/status`, { headers: { cookie } }).then((a) => a.status);
    expect([await status(first.cookie), await status(second.cookie)]).toEqual([401, 200]);
  });

  it('changes nothing without its csrf token', async () => {
    const { cookie, csrf } = await signIn(api.url, 'operator');
    for (const wrong of [{}, { 'x-csrf-token': `${csrf}x` }]) {
      const answer = await call(acknowledgeUrl, {
        method: 'POST',
        headers: { cookie, ...wrong },
        body: SEEN,
      });
      expect([answer.status, (answer.json as Problem).code]).toEqual([403, 'NO_CSRF_TOKEN']);
    }
    expect(site.acknowledged).toEqual([]);
    expect(records()).toBe(3);
  });

  it('does not open with another token, which is on record without the token', async () => {
    const answer = await call(sessionUrl, { method: 'POST', body: { token: `${TOKENS.operator}x` } });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined]);
    expect(site.acts).toHaveLength(1);
    expect(JSON.stringify(site.acts)).not.toContain(TOKENS.operator);
  });
});
