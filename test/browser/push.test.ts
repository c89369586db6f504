import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-web.ts';
import type { Api } from '../../src/api/server.ts';
import { MemorySite, TOKENS } from '../../src/api/site.fixture.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';

const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';
const BUTTON = '[data-push]';

type Registration = { readonly registrationId: string; readonly scopeURL: string };

/** Without a push service nobody can subscribe: what the service would bring is handed to the worker by the browser itself. */
describe.skipIf(!HAS_CHROMIUM)(`notices on this device${SUFFIX}`, () => {
  let folder: string;
  let browser: BrowserContext;
  let site: MemorySite;
  let api: Api;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bailee-page-'));
    await buildPage(join(folder, 'page'));
    browser = await openBrowser(join(folder, 'profile'), 'en-GB');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    site = new MemorySite();
    api = await site.open({ pageFolder: join(folder, 'page') });
    page = await browser.newPage();
  });
  afterEach(async () => {
    await page.close();
    await api[Symbol.asyncDispose]();
  });

  async function signIn(): Promise<void> {
    await page.goto(api.url);
    await page.fill('#token', TOKENS.operator);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.incidents');
  }

  it('are shown by the worker, a repeat in the place of the first', async () => {
    await browser.grantPermissions(['notifications'], { origin: api.url });
    await signIn();
    await page.evaluate(
      `navigator.serviceWorker.register(trustedTypes.createPolicy('push-worker', { createScriptURL: (u) => u }).createScriptURL('/push-worker.js')).then(() => navigator.serviceWorker.ready).then(() => true)`,
    );
    const devtools: CDPSession = await browser.newCDPSession(page);
    const found = Promise.withResolvers<string>();
    devtools.on('ServiceWorker.workerRegistrationUpdated', (event) => {
      const { registrations } = event as { readonly registrations: readonly Registration[] };
      const own = registrations.find(({ scopeURL }) => scopeURL === `${api.url}/`);
      if (own !== undefined) found.resolve(own.registrationId);
    });
    await devtools.send('ServiceWorker.enable');
    const registrationId = await found.promise;
    const notice = {
      id: 'ab'.repeat(32),
      text: '【高】冷库超温\n地点：一号库房',
      link: `${api.url}/#alarm=x`,
    };
    const deliver = () =>
      devtools.send('ServiceWorker.deliverPushMessage', {
        origin: api.url,
        registrationId,
        data: JSON.stringify(notice),
      });
    const shown = () =>
      page.evaluate(
        `navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((all) => all.map(({ title, body, tag, data }) => ({ title, body, tag, data })))`,
      );
    // As often as it comes, it is there once.
    await expect
      .poll(async () => await deliver().then(shown), { timeout: 10_000, interval: 500 })
      .toEqual([{ title: '【高】冷库超温', body: '地点：一号库房', tag: notice.id, data: notice.link }]);
  });

  it('are offered only to who is called by the page', async () => {
    site.pushing.key = null;
    await signIn();
    await page.waitForSelector('#proof-title');
    expect(await page.locator(BUTTON).count()).toBe(0);
  });

  it('say so where the browser forbids them', async () => {
    await browser.clearPermissions();
    await page.addInitScript(`Notification.requestPermission = () => Promise.resolve('denied')`);
    await signIn();
    await page.click(`${BUTTON}[data-push=off]`);
    await expect.poll(() => page.textContent('.push [role=alert]')).toContain('does not allow notices');
    expect(site.pushing.browsers).toEqual([]);
  });

  it('are subscribed with the key of the gateway and taken away again; the push service is played here', async () => {
    await browser.grantPermissions(['notifications'], { origin: api.url });
    const [endpoint, keys] = ['https://push.example/1', { p256dh: 'BA', auth: 'AA' }];
    await page.addInitScript(`
      let own = null;
      const made = { endpoint: '${endpoint}', toJSON: () => (${JSON.stringify({ endpoint, keys })}), unsubscribe: () => Promise.resolve(own = null) };
      PushManager.prototype.subscribe = (options) => Promise.resolve(own = (window.asked = options, made));
      PushManager.prototype.getSubscription = () => Promise.resolve(own);
    `);
    await signIn();
    await page.click(`${BUTTON}[data-push=off]`);
    await page.waitForSelector(`${BUTTON}[data-push=on]`);
    expect(site.pushing.browsers).toEqual([{ endpoint, keys }]);
    expect(await page.evaluate('window.asked')).toEqual({
      userVisibleOnly: true,
      applicationServerKey: site.pushing.key,
    });
    expect(await page.evaluate(`navigator.serviceWorker.ready.then((r) => r.active.scriptURL)`)).toBe(
      `${api.url}/push-worker.js`,
    );
    await page.click(BUTTON);
    await page.waitForSelector(`${BUTTON}[data-push=off]`);
    expect(site.pushing.browsers).toEqual([]);
  });
});
