import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from './call.fixture.ts';
import { RECEIPT_A, RECEIPT_B } from './grants.fixture.ts';
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

const get = (path: string, as: 'financier' | 'partner' | 'viewer' = 'financier') =>
  call(`${api.url}/api/v1/${path}`, { as });
const curve = (query: string) => get(`receipts/${RECEIPT_A}/readings?${query}`);
const STREAM = `stream=${encodeURIComponent('probe-1/temperature')}`;

describe('what is said of receipts', () => {
  it('is of those that a grant opens, and of all to staff', async () => {
    const receipts = async (as: 'financier' | 'viewer') =>
      ((await get('portfolio', as)).json as { receipt: string }[]).map((row) => row.receipt);
    expect(await receipts('financier')).toEqual([RECEIPT_A]);
    expect(await receipts('viewer')).toEqual([RECEIPT_A, RECEIPT_B]);
    expect((await get(`receipts/${RECEIPT_A}/standing`)).status).toBe(200);
    expect((await get(`receipts/${RECEIPT_B}/standing`)).status).toBe(404);
    expect((await get(`receipts/${RECEIPT_A}/standing`, 'partner')).status).toBe(404);
  });

  it('shows readings where the goods lie, from when they came, and of nothing else', async () => {
    expect((await curve(`${STREAM}&from=0&to=${NOON}`)).status).toBe(200);
    expect(site.queries).toMatchObject([
      { stream: 'probe-1/temperature', from: NOON - 60 * 86_400_000, to: NOON },
    ]);
    expect((await curve(`stream=${encodeURIComponent('probe-2/temperature')}`)).status).toBe(404);
    expect((await curve(`${STREAM}&from=0&to=1000`)).status).toBe(400);
    expect((await get(`receipts/${RECEIPT_B}/readings?${STREAM}`)).status).toBe(404);
    expect(site.queries).toHaveLength(1);
  });
});
