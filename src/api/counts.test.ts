import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from './call.fixture.ts';
import { RECEIPT_A, RECEIPT_B } from './grants.fixture.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';
import { NOON } from './site-things.fixture.ts';
import type { Count, Problem } from './types.ts';

const ORDER = { challengeId: 'c-1', nonce: '0f'.repeat(16), kind: 'rfid-count', deadline: NOON + 120_000 };

let site: MemorySite;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

function ask(
  receipt: string,
  body: object = ORDER,
  as: 'financier' | 'regulator' | 'operator' = 'financier',
) {
  return call(`${api.url}/api/v1/receipts/${receipt}/count`, { method: 'POST', as, body });
}

describe('count now', () => {
  it('is for the financier of the receipt, and for nobody else’s financier', async () => {
    const answer = await ask(RECEIPT_A);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ ...ORDER, receipt: RECEIPT_A, state: 'running', by: '1000001' });
    const foreign = await ask(RECEIPT_B);
    const unknown = await ask('99'.repeat(32));
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    // Nothing tells the two apart but the id that was asked for.
    expect((foreign.json as Problem).detail.replace(RECEIPT_B, '')).toBe(
      (unknown.json as Problem).detail.replace('99'.repeat(32), ''),
    );
    expect(site.acts.map((a) => [a.role, a.verb, a.object, a.result])).toEqual([
      ['financier', 'count', RECEIPT_B, 'refused'],
      ['financier', 'count', '99'.repeat(32), 'refused'],
    ]);
  });

  it.each([
    ['a short nonce', { nonce: '0f'.repeat(15) }],
    ['no nonce', { nonce: undefined }],
    ['another kind', { kind: 'guess' }],
    ['a deadline that is no instant', { deadline: 'soon' }],
    ['an id with a blank', { challengeId: 'c 1' }],
  ])('is refused with %s', async (_, wrong) => {
    expect((await ask(RECEIPT_A, { ...ORDER, ...wrong })).status).toBe(400);
    expect(site.counting.counts).toEqual([]);
  });

  it('names EPCs to those entitled, and numbers to a regulator, who cannot ask', async () => {
    await ask(RECEIPT_A);
    expect((await ask(RECEIPT_A, ORDER, 'regulator')).status).toBe(404);
    const url = `${api.url}/api/v1/receipts/${RECEIPT_A}/counts/c-1`;
    const lists = async (as: 'financier' | 'holder' | 'regulator') =>
      ((await call(url, { as })).json as Count).lists;
    expect((await lists('financier'))?.missing).toEqual(['e2'.repeat(12)]);
    expect((await lists('holder'))?.missing).toEqual(['e2'.repeat(12)]);
    expect(await lists('regulator')).toBeNull();
    expect((await call(url, { as: 'partner' })).status).toBe(404);
  });

  it('is seen by staff while it runs, and there is no way to call it off', async () => {
    await ask(RECEIPT_A);
    const running = await call(`${api.url}/api/v1/counts`, { as: 'viewer' });
    expect(running.json).toMatchObject([{ challengeId: 'c-1', state: 'running' }]);
    for (const path of ['counts/c-1', 'count', 'counts']) {
      const url = `${api.url}/api/v1/receipts/${RECEIPT_A}/${path}`;
      expect((await call(url, { method: 'DELETE', as: 'owner' })).status).toBe(405);
    }
  });
});
