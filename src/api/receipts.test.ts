import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './call.fixture.ts';
import { RECEIPT_A, RECEIPT_B } from './grants.fixture.ts';
import { SCHEMAS } from './schema.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';

const site = new MemorySite();
let api: Api;
beforeAll(async () => {
  api = await site.open();
});
afterAll(() => api[Symbol.asyncDispose]());

type Who = 'viewer' | 'auditor' | 'operator' | 'supervisor' | 'financier' | 'holder' | 'regulator';

function get(path: string, as: Who): ReturnType<typeof call> {
  return call(`${api.url}/api/v1/${path}`, { as });
}

async function listed(as: Who): Promise<unknown> {
  return ((await get('receipts', as)).json as { receipt: string }[]).map((r) => r.receipt);
}

async function statusOf(path: string): Promise<number> {
  return (await get(path, 'auditor')).status;
}

const PARTS = {
  '': 'ReceiptStatus',
  '/statement': 'SignedStatement',
  '/gaps': 'ReceiptGaps',
  '/timeline': 'Timeline',
  '/movements': 'Movements',
  '/score': 'Score',
} as const;

describe('receipts', () => {
  it.each(Object.entries(PARTS))('answer %s as the document says', async (part, schema) => {
    const answer = await get(`receipts/${RECEIPT_A}${part}`, 'viewer');
    expect(answer.status).toBe(200);
    expect(SCHEMAS[schema].safeParse(answer.json).error).toBeUndefined();
  });

  it.each(Object.keys(PARTS))('show a party those of its grant alone: 404 for others at %s', async (part) => {
    for (const as of ['financier', 'holder', 'regulator'] as const) {
      const ask = async (receipt: string): Promise<number> =>
        (await get(`receipts/${receipt}${part}`, as)).status;
      expect([await ask(RECEIPT_A), await ask(RECEIPT_B), await ask('c3'.repeat(32))]).toEqual([
        200, 404, 404,
      ]);
    }
  });

  it('are listed as far as the asker may see them', async () => {
    expect(await listed('viewer')).toEqual([RECEIPT_A, RECEIPT_B]);
    expect(await listed('financier')).toEqual([RECEIPT_A]);
  });

  it('are acted on by a supervisor with a reason, and by nobody else', async () => {
    const body = { verb: 'start-control', reason: 'agreement 7' };
    const act = async (as: Who, what: object = body): Promise<number> =>
      (await call(`${api.url}/api/v1/receipts/${RECEIPT_A}/acts`, { method: 'POST', as, body: what })).status;
    expect(await act('operator')).toBe(403);
    expect(await act('financier')).toBe(404);
    expect(await act('supervisor', { ...body, verb: 'seize' })).toBe(400);
    expect(site.receipts.acts).toEqual([]);
    expect(await act('supervisor')).toBe(204);
    expect(site.receipts.acts).toMatchObject([{ receipt: RECEIPT_A, ...body, role: 'supervisor' }]);
  });

  it('say which changes of control there were after a number', async () => {
    expect([
      await statusOf('control-changes'),
      await statusOf('control-changes?after=3'),
      await statusOf('control-changes?after=x'),
      await statusOf('control-changes?before=3'),
    ]).toEqual([200, 200, 400, 400]);
  });

  it('have a stock statement for days that are over', async () => {
    expect([
      await statusOf('stock-statements/2026-01-01'),
      await statusOf('stock-statements/2026-01-02'),
    ]).toEqual([200, 404]);
  });
});
