import { afterEach, beforeEach, expect, it } from 'vitest';
import { call, type Answer } from './call.fixture.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';

let site: MemorySite;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

const open = (reason: string): Promise<Answer> =>
  call(`${api.url}/api/v1/devices/gate-1/break-glass`, {
    method: 'POST',
    as: 'supervisor',
    body: { reason },
  });

it('reaches the gateway with who and why, and not without a reason', async () => {
  expect((await open('')).status).toBe(400);
  expect((await open('ambulance inside, 救护车在内')).status).toBe(204);
  expect(site.opened).toEqual([
    { device: 'gate-1', actor: 3, role: 'supervisor', reason: 'ambulance inside, 救护车在内' },
  ]);
});
