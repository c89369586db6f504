import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from './call.fixture.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';
import type { Problem } from './types.ts';

let site: MemorySite;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(api.port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Everything the other side sends until it closes. */
function drain(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(text));
  });
}

describe('limits', () => {
  it('answers a flood with 429 and leaves the other callers alone', async () => {
    const url = `${api.url}/api/v1/status`;
    const flood = await Promise.all(Array.from({ length: 60 }, () => call(url, { as: 'viewer' })));
    const refused = flood.filter((a) => a.status === 429);
    expect(flood.filter((a) => a.status === 200).length).toBeGreaterThanOrEqual(20);
    expect(refused.length).toBeGreaterThanOrEqual(30);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect((await call(url, { as: 'operator' })).status).toBe(200);
  });

  it('keeps a flood of refused acts out of the journal', async () => {
    const url = `${api.url}/api/v1/session`;
    const guess = (i: number): Promise<unknown> =>
      call(url, { method: 'POST', body: { token: `guess-${i}` } });
    await Promise.all(Array.from({ length: 60 }, (_, i) => guess(i)));
    expect(site.acts.length).toBeGreaterThanOrEqual(20);
    expect(site.acts.length).toBeLessThanOrEqual(30);
  });

  it.each([
    ['a body of more than 1 MB', { raw: `"${'x'.repeat(1024 * 1024)}"` }, 413],
    ['a body nested 33 deep', { raw: '['.repeat(33) + ']'.repeat(33) }, 400],
    ['a body with a key twice', { raw: '{"token":"a","token":"b"}' }, 400],
    [
      'a body that is a form',
      { raw: 'token=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
    ],
    ['a body that is plain text', { raw: '{"token":"x"}', headers: { 'content-type': 'text/plain' } }, 415],
    ['headers of more than 8 kB', { headers: { 'x-long': 'x'.repeat(9000) } }, 431],
  ])('refuses %s', async (_, how, status) => {
    const answer = await call(`${api.url}/api/v1/session`, { method: 'POST', ...how });
    expect(answer.status).toBe(status);
  });

  it('refuses a path that cannot be decoded, and one that climbs', async () => {
    const bad = await call(`${api.url}/api/v1/streams/%zz/readings`, { as: 'viewer' });
    expect([bad.status, bad.headers['content-type']]).toEqual([400, 'application/problem+json']);
    for (const path of ['/..%2f..%2fetc%2fpasswd', '/%2e%2e/package.json', '/.git', '/index.html%00.js']) {
      expect((await call(`${api.url}${path}`)).status).toBe(404);
    }
  });

  it('closes what sends its headers too slowly', async () => {
    const socket = await open();
    const started = performance.now();
    const closed = drain(socket);
    socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    const drip = setInterval(() => socket.write('a'), 200);
    expect(await closed).toMatch(/^(HTTP\/1\.1 408 |$)/);
    clearInterval(drip);
    expect(performance.now() - started).toBeLessThan(9000);
  }, 15_000);

  it('holds 64 connections of one source and cuts the next', async () => {
    const sockets = await Promise.all(Array.from({ length: 64 }, open));
    const surplus = await open();
    expect(await drain(surplus)).toBe('');
    sockets.pop()?.destroy();
    let answer: number | Problem = 0;
    for (let tries = 0; answer !== 200 && tries < 50; tries++) {
      answer = await call(`${api.url}/healthz`).then(
        (a) => a.status,
        () => 0,
      );
    }
    expect(answer).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});
