import { afterEach, describe, expect, it } from 'vitest';
import { call } from './call.fixture.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';

let api: Api;
afterEach(() => api[Symbol.asyncDispose]());

async function open(publicTlog: boolean): Promise<MemorySite> {
  const site = new MemorySite();
  api = await site.open({ publicTlog });
  return site;
}

describe('the log for monitors', () => {
  it('is for who may read, and kept by nobody on the way', async () => {
    await open(false);
    expect(await call(`${api.url}/tlog/checkpoint`)).toMatchObject({ status: 401 });
    expect(await call(`${api.url}/tlog/tile/0/000.p/3`)).toMatchObject({ status: 401 });
    const head = await call(`${api.url}/tlog/checkpoint`, { as: 'viewer' });
    expect(head).toMatchObject({ status: 200, text: 'a signed note' });
    expect(head.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'private, no-cache',
    });
  });

  it('is for anybody where that is configured, and nothing else is', async () => {
    await open(true);
    expect(await call(`${api.url}/tlog/checkpoint`)).toMatchObject({ status: 200 });
    const tile = await call(`${api.url}/tlog/tile/0/000.p/3`);
    expect(tile.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '96',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(await call(`${api.url}/tlog/tile/entries/000.p/2`)).toMatchObject({ status: 200 });
    expect(await call(`${api.url}/api/v1/status`)).toMatchObject({ status: 401 });
  });

  it('has nothing beyond its head, and no other paths', async () => {
    const site = await open(true);
    for (const path of ['0/000', '0/001.p/1', '0/0', 'entries/x000/000.p/1', '0%2F000.p%2F03'])
      expect(await call(`${api.url}/tlog/tile/${path}`)).toMatchObject({ status: 404 });
    expect(await call(`${api.url}/tlog/tile`)).toMatchObject({ status: 404 });
    site.note = null;
    expect(await call(`${api.url}/tlog/checkpoint`)).toMatchObject({ status: 404 });
    expect(await call(`${api.url}/tlog/checkpoint`, { method: 'PUT' })).toMatchObject({ status: 405 });
  });
});
