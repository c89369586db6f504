import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../domain/errors.ts';
import { call, type Answer } from './call.fixture.ts';
import type { Api } from './server.ts';
import { RECEIPT_A, RECEIPT_B } from './grants.fixture.ts';
import { MemorySite, TOKENS } from './site.fixture.ts';
import { NOON } from './site-things.fixture.ts';

let site: MemorySite;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

function bundle(query: string, as: keyof typeof TOKENS = 'auditor'): Promise<Answer> {
  return call(`${api.url}/api/v1/bundles?${query}`, { as });
}

describe('a bundle', () => {
  it('comes as a file, with the way to what comes after it', async () => {
    const first = await bundle(`zone=cold-1&from=${NOON - 1000}&unit=%C2%B0C&max=8.5&mode=summary`);
    expect(first).toMatchObject({ status: 200, text: 'PK 500 ms' });
    expect(first.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-length': '9',
      'content-disposition': `attachment; filename="bundle-${NOON - 1000}-${NOON - 500}.zip"`,
    });
    const next = /<([^>]+)>; rel="next"/.exec(String(first.headers['link']))?.[1] ?? '';
    const second = await call(`${api.url}${next}`, { as: 'auditor' });
    expect(second.text).toBe('PK 500 ms');
    expect(second.headers['link']).toBeUndefined();
    const asked = {
      select: { kind: 'zone', zone: 'cold-1' },
      ask: {
        kind: 'range',
        unit: 'Cel',
        min: null,
        max: { digits: 85, exp: -1 },
        maxGapMs: null,
        allowOutMs: 0,
        allowGapMs: 0,
      },
      to: NOON,
      mode: 'summary',
      times: [],
      events: false,
    };
    expect(site.bundleQueries).toEqual([
      { ...asked, from: NOON - 1000 },
      { ...asked, from: NOON - 500 },
    ]);
  });

  it('may be of streams or of a tag, with the records of some times', async () => {
    await bundle('stream=a/b,c/d&from=1&to=9&mode=partial&show=1/2,3/4&max-gap=90s');
    await bundle('tag=E2000001&from=1&to=9&allow-gap=1m');
    expect(site.bundleQueries).toMatchObject([
      {
        select: { kind: 'streams', ids: ['a/b', 'c/d'] },
        ask: { maxGapMs: 90_000 },
        times: [
          { from: 1, to: 2 },
          { from: 3, to: 4 },
        ],
      },
      { select: { kind: 'readPoints' }, ask: { kind: 'present', epc: 'e2000001', allowGapMs: 60_000 } },
    ]);
  });

  it('is for those who may look into the journal', async () => {
    expect(await bundle('zone=cold-1&from=1&events=true', 'operator')).toMatchObject({ status: 403 });
    expect(await bundle('zone=cold-1&from=1&events=true', 'supervisor')).toMatchObject({ status: 200 });
    expect(site.bundleQueries.map((q) => q.events)).toEqual([true]);
  });

  it.each([
    ['from=1', 'say of what'],
    ['stream=a/b&zone=c&from=1', 'one of'],
    ['receipt=a1&lot=c&from=1', 'one of'],
    ['zone=c', 'from must be given'],
    ['zone=c&from=9&to=9', 'be before to'],
    ['zone=c&from=1&mode=some', 'mode must be'],
    ['zone=c&from=1&min=cold', 'min="cold"'],
    ['zone=c&from=1&unit=cold', 'unit="cold"'],
    ['zone=c&from=1&max-gap=1', 'max-gap="1"'],
    ['zone=c&from=1&show=1', 'show must be'],
    ['zone=c&from=1&events=yes', 'events must be'],
    ['tag=xyz&from=1', 'EPC'],
    ['zone=c&from=1&when=now', 'no parameter "when"'],
  ])('%s is refused: %s', async (query, why) => {
    const { status, json } = await bundle(query);
    expect({ status, json }).toMatchObject({ status: 400, json: { detail: expect.stringContaining(why) } });
    expect(site.bundleQueries).toEqual([]);
  });

  it('of a receipt begins when its goods came, and is open to whom a grant opens it', async () => {
    const own = `receipt=${RECEIPT_A}`;
    expect(await bundle(own)).toMatchObject({ status: 200 });
    expect(site.bundleQueries).toMatchObject([{ select: { kind: 'receipt', receipt: RECEIPT_A }, from: 0 }]);
    for (const as of ['financier', 'holder', 'regulator'] as const)
      expect(await bundle(own, as)).toMatchObject({ status: 200 });
    const item = `tag=${'E2'.repeat(12)}&from=1&mode=partial`;
    for (const query of [`${own}&mode=partial`, item])
      expect(await bundle(query, 'partner')).toMatchObject({ status: 200 });
    for (const query of [own, item.replace('partial', 'full')])
      expect(await bundle(query, 'partner')).toMatchObject({ status: 400 });
    const asked = site.bundleQueries.length;
    const closed = [
      `receipt=${RECEIPT_B}`,
      `${own}&events=true`,
      `${own}&zone=cold-1`,
      'zone=cold-1&from=1',
      'lot=l-1',
    ];
    for (const query of [...closed, 'tag=e2000001&from=1&mode=partial', 'stream=a/b&from=1'])
      expect(await bundle(query, 'financier')).toMatchObject({ status: 404 });
    expect(site.bundleQueries).toHaveLength(asked);
  });

  it('that cannot be had says why', async () => {
    site.fails = new Refused('INVALID', 'there is no zone cold-9');
    expect(await bundle('zone=cold-9&from=1')).toMatchObject({
      status: 400,
      json: { detail: 'there is no zone cold-9' },
    });
  });
});
