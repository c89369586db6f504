import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-web.ts';
import type { Api } from '../../src/api/server.ts';
import { MemorySite, TOKENS } from '../../src/api/site.fixture.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';
const INCIDENT = '[data-incident="0-17"]';

describe.skipIf(!HAS_CHROMIUM)(`an incident on the page${SUFFIX}`, () => {
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

  async function signIn(as: keyof typeof TOKENS, hash = ''): Promise<void> {
    await page.goto(`${api.url}/${hash}`);
    await page.evaluate(() => localStorage.clear());
    await page.fill('#token', TOKENS[as]);
    await page.keyboard.press('Enter');
    await page.waitForSelector(INCIDENT);
  }

  it('says what happened in order, who was told, and what can be done; in both languages, for everybody', async () => {
    await signIn('operator');
    await page.click(`${INCIDENT} summary`);
    await page.waitForSelector(`${INCIDENT} ol li`);
    const lines = await page.$$eval(`${INCIDENT} ol li`, (items) =>
      items.map((item) => item.textContent ?? ''),
    );
    expect(lines).toHaveLength(7);
    expect(lines[0]).toContain('Cold room above 8 °C');
    expect(lines[0]).toContain('8.4 °C');
    expect(lines[5]).toContain('nobody acknowledged: duty');
    expect(lines[6]).toContain('Wang Lei · acknowledged · Being handled · the door was open');
    expect(await page.textContent(`${INCIDENT} ul`)).toContain('Wang Lei · hook');
    await expect
      .poll(() => page.$eval(`${INCIDENT} img`, (img) => img.getAttribute('alt')))
      .toMatch(/^Photo by cam-1, /);
    await page.evaluate(`if (!window.axe) { ${AXE} }`);
    expect(
      await page.evaluate(
        `axe.run().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target)))`,
      ),
    ).toEqual([]);

    // One button per allowed action, and the act is on record.
    await page.click(`${INCIDENT} [data-act=comment]`);
    await page.keyboard.type('the seal is worn');
    await page.keyboard.press('Enter');
    await expect.poll(() => site.did).toMatchObject([{ verb: 'comment', reason: 'the seal is worn' }]);
    expect(await page.locator(`${INCIDENT} a[download]`).count()).toBe(0);

    await page.click('button[lang=zh-CN]');
    const story = (await page.textContent(INCIDENT)) ?? '';
    for (const part of ['一号库房', '冷库超温', '经过', '已通知的人员', '王磊', '无人确认', '处理中'])
      expect(story).toContain(part);
  });

  it('is open where a link leads to it, and gives its proof to who may have it', async () => {
    await signIn('supervisor', '#incident=0-17');
    const link = page.locator(`${INCIDENT} a[download]`);
    await link.waitFor();
    const proof = await page.request.get(`${api.url}${(await link.getAttribute('href')) ?? ''}`);
    expect(proof.headers()['content-type']).toBe('application/zip');
  });
});
