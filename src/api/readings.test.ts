import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, type Answer } from './call.fixture.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';
import { NOON, value } from './site-things.fixture.ts';
import type { Problem, ReadingsPage } from './types.ts';

let site: MemorySite;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  site.recorded = Array.from({ length: 5 }, (_, i) => ({
    ...value(40 + i, -1, NOON - 5000 + i * 1000),
    seq: i,
  }));
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

function readings(
  query: string,
  headers: Record<string, string> = {},
  id = 'probe-1/temperature',
): Promise<Answer> {
  const url = `${api.url}/api/v1/streams/${encodeURIComponent(id)}/readings${query}`;
  return call(url, { as: 'viewer', headers });
}

describe('readings that were erased', () => {
  it('are told with the act that erased them, in JSON and in CSV', async () => {
    const act = { t: NOON - 100, seq: 7, actor: 1, role: 'operator', reason: 'retention' };
    site.erasedSpans = [{ from: NOON - 3500, to: NOON - 2500, act }];
    const page = (await readings('')).json as ReadingsPage;
    expect(page.erased).toEqual(site.erasedSpans);
    const { text } = await readings('', { accept: 'text/csv' });
    expect(text.split('\r\n').map((line) => line.split(',')[4])).toEqual([
      'quality',
      '0',
      '0',
      'erased',
      '0',
      '0',
      '0',
      undefined,
    ]);
  });
});

describe('readings', () => {
  it('are the last 24 hours when nothing is asked for', async () => {
    const page = (await readings('')).json as ReadingsPage;
    expect(page.readings.map((r) => r.text)).toEqual(['4.0', '4.1', '4.2', '4.3', '4.4']);
    expect(site.queries).toEqual([
      { stream: 'probe-1/temperature', from: NOON - 86_400_000, to: NOON, limit: 1000, cursor: null },
    ]);
  });

  it('take an instant in ISO 8601 with any offset, or in ms', async () => {
    await readings('?from=2026-11-03T19:30:00%2B08:00&to=2026-11-03T11:45:00.250Z');
    await readings(`?from=${NOON - 10}&to=${NOON}&limit=10000`);
    expect(site.queries.map(({ from, to, limit }) => [from, to, limit])).toEqual([
      [NOON - 30 * 60_000, NOON - 15 * 60_000 + 250, 1000],
      [NOON - 10, NOON, 10_000],
    ]);
  });

  it('come page by page, each with the way to the next', async () => {
    const seen: number[] = [];
    let url = '?limit=2';
    for (let pages = 0; pages < 5; pages++) {
      const answer = await readings(url);
      const page = answer.json as ReadingsPage;
      seen.push(...page.readings.map((r) => r.seq));
      if (page.next === null) {
        expect(answer.headers['link']).toBeUndefined();
        break;
      }
      url = /\?[^>]+/.exec(String(answer.headers['link']))?.[0] ?? '';
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('are CSV for who prefers it', async () => {
    site.recorded = [
      { ...value(-35, -1, NOON - 2000), seq: 1, sourceAt: NOON - 2100 },
      { ...value(0, 0, NOON - 1000), v: null, text: null, q: 1, seq: 2 },
    ];
    const answer = await readings('', { accept: 'text/csv' });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.text).toBe(
      'seq,time,value,unit,quality,source_time\r\n' +
        '1,2026-11-03T11:59:58.000Z,-3.5,Cel,0,2026-11-03T11:59:57.900Z\r\n' +
        '2,2026-11-03T11:59:59.000Z,,Cel,1,\r\n',
    );
  });

  it.each([
    ['?from=yesterday', 'from="yesterday" must be ISO 8601'],
    ['?from=2026-11-03T11:00:00', 'must be ISO 8601 with an offset'],
    ['?to=-5', 'to="-5"'],
    ['?to=9007199254740990', 'must be ISO 8601'],
    ['?from=2000&to=1000', 'from (2000) must be before to (1000)'],
    ['?limit=0', 'limit="0" must be 1 to 10000'],
    ['?limit=10001', 'limit="10001"'],
    ['?limit=1&limit=2', 'limit="" must be'],
    ['?cursor=../etc', 'cursor must be'],
    ['?form=1', 'there is no parameter "form"'],
  ])('%s is refused with the reason', async (query, detail) => {
    const answer = await readings(query);
    expect(answer.status).toBe(400);
    expect((answer.json as Problem).detail).toContain(detail);
    expect(site.queries).toEqual([]);
  });

  it('of a stream that is not there are 404', async () => {
    const answer = await readings('', {}, 'probe-9/temperature');
    expect(answer.json).toEqual({
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      code: 'NOT_FOUND',
      detail: 'there is no stream "probe-9/temperature"',
    });
  });

  it('that fail inside are told as 500 without detail, and to the gateway with all of it', async () => {
    site.fails = new Error('disk says EIO at /var/lib');
    const answer = await readings('');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('EIO');
    expect(site.errors).toEqual([site.fails]);
  });
});
