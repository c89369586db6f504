import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const get = (token: string): Promise<Answer> => call(`${api.url}/answer/${token}`);
const press = (token: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  call(`${api.url}/answer/${token}`, { method: 'POST', raw: '', headers: { ...FORM, ...headers } });

describe('the link of a notice', () => {
  it('shows a button to whoever looks, and changes nothing however often that is', async () => {
    for (let i = 0; i < 3; i++) {
      const { status, text, headers } = await get('good');
      expect([status, site.link.used]).toEqual([200, 0]);
      expect(text).toContain('<form method="post"><button');
      expect(text).toContain('Warm &#60;b&#62;');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });

  it('acknowledges when the button is pressed, once, from its own page only', async () => {
    expect((await press('good', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await press('good', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(site.link.used).toBe(0);
    const pressed = await press('good', { origin: api.url, 'sec-fetch-site': 'same-origin' });
    expect([pressed.status, site.link.used]).toEqual([200, 1]);
    expect(pressed.text).toContain('已确认 / Acknowledged');
    expect((await press('good')).status).toBe(409);
    expect((await get('good')).text).not.toContain('<form');
  });

  it('that was never given shows nothing of the site', async () => {
    const shown = await get('bad');
    expect([shown.status, shown.text.includes('超温')]).toEqual([404, false]);
    expect((await press('bad')).status).toBe(404);
    expect(site.link.used).toBe(0);
  });
});
