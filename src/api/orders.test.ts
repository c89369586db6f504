import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, type Call } from './call.fixture.ts';
import { ORDER_ID } from './orders.fixture.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';

let site: MemorySite;
let api: Api;

beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

const ask = (path: string, how: Call = {}) => call(`${api.url}/api/v1/orders${path}`, how);

describe('orders', () => {
  it('are listed, by their state, and say why the barrier was refused', async () => {
    expect((await ask('', { as: 'viewer' })).json).toEqual([site.orders.order]);
    expect((await ask('?state=done,expired', { as: 'viewer' })).json).toEqual([]);
    expect((await ask('?state=lost', { as: 'viewer' })).status).toBe(400);
    expect((await ask(`/${ORDER_ID}`, { as: 'viewer' })).json).toMatchObject({
      refused: { text: { en: 'the receipt is frozen', zh: '仓单已冻结' } },
    });
    expect((await ask(`/${'00'.repeat(32)}`, { as: 'viewer' })).status).toBe(404);
  });

  it('are told, claimed and settled by those who may, with who it was', async () => {
    const content = site.orders.order.content;
    expect((await ask('', { as: 'supervisor', method: 'POST', body: content })).status).toBe(204);
    const claim = { as: 'operator', method: 'POST', body: { reason: 'truck 7 is here' } } as const;
    expect((await ask(`/${ORDER_ID}/claim`, claim)).status).toBe(204);
    const settled = { moved: 0, reason: 'brought back' };
    const settling = await ask(`/${ORDER_ID}/settle`, { as: 'supervisor', method: 'POST', body: settled });
    expect(settling.status).toBe(204);
    expect(site.orders.asked).toEqual([
      { content, actor: expect.any(Number), role: 'supervisor' },
      { claim: ORDER_ID, actor: expect.any(Number), role: 'operator', ...claim.body },
      { settle: ORDER_ID, actor: expect.any(Number), role: 'supervisor', ...settled },
    ]);
  });

  it('that are malformed change nothing', async () => {
    const content = { ...site.orders.order.content, portal: 3 };
    expect((await ask('', { as: 'supervisor', method: 'POST', body: content })).status).toBe(400);
    const settled = { moved: -1, reason: 'brought back' };
    const settling = await ask(`/${ORDER_ID}/settle`, { as: 'supervisor', method: 'POST', body: settled });
    expect(settling.status).toBe(400);
    expect(site.orders.asked).toEqual([]);
  });
});
