import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, type Call } from './call.fixture.ts';
import { MemorySite } from './site.fixture.ts';
import type { Api } from './server.ts';

let site: MemorySite;
let api: Api;

beforeEach(async () => {
  site = new MemorySite();
  site.seen.list = [
    { sha256: 'ab'.repeat(32), camera: 'cam-1', at: 2000, size: 4, alarm: 'cam-1/motion/gate' },
    { sha256: 'cd'.repeat(32), camera: 'cam-1', at: 1000, size: 4, alarm: null },
  ];
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

const ask = (path: string, how: Call = {}) => call(`${api.url}/api/v1/${path}`, how);

describe('pictures', () => {
  it('are listed, and given byte by byte, to whoever may look', async () => {
    expect((await ask('pictures', { as: 'viewer' })).json).toEqual(site.seen.list);
    const picture = await ask(`pictures/${'ab'.repeat(32)}`, { as: 'viewer' });
    expect(picture.status).toBe(200);
    expect(picture.headers['content-type']).toBe('image/jpeg');
    expect(picture.headers['x-content-type-options']).toBe('nosniff');
    expect(picture.headers['cache-control']).toContain('private');
    expect(picture.headers['content-length']).toBe('4');
  });

  it('that are not there any more, or never were, are not found', async () => {
    for (const name of ['cd'.repeat(32), 'ef'.repeat(32), 'AB'.repeat(32), '..%2Flog.key']) {
      expect((await ask(`pictures/${name}`, { as: 'viewer' })).status).toBe(404);
    }
  });

  it('are for nobody who is not signed in', async () => {
    expect((await ask('pictures')).status).toBe(401);
    expect((await ask(`pictures/${'ab'.repeat(32)}`)).status).toBe(401);
  });
});

describe('tags', () => {
  const order = { method: 'POST', body: { tid: 'E201', reason: 'label was replaced' } };

  it('are told by number, with what waits for a second person', async () => {
    expect((await ask('tags', { as: 'viewer' })).json).toMatchObject({ known: 3, bound: 2, most: 100 });
  });

  it('are bound by a supervisor, in small digits', async () => {
    expect((await ask('tags/3034AB/binding', { ...order, as: 'supervisor' })).status).toBe(204);
    expect(site.seen.bound).toEqual([
      { epc: '3034ab', tid: 'e201', actor: 3, role: 'supervisor', reason: 'label was replaced' },
    ]);
  });

  it.each([
    ['by an operator', { as: 'operator' }, 403],
    ['without a reason', { as: 'supervisor', body: { tid: 'e201' } }, 400],
    ['to what is no number', { as: 'supervisor', body: { tid: 'e20', reason: 'x' } }, 400],
  ] as const)('are not bound %s', async (_, how, status) => {
    expect((await ask('tags/3034/binding', { ...order, ...how })).status).toBe(status);
    expect(site.seen.bound).toEqual([]);
  });
});
