import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-web.ts';
import { MemorySite, TOKENS } from '../../src/api/site.fixture.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';

const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';
const BANNER = '.rules-banner';

describe.skipIf(!HAS_CHROMIUM)(`changed rules on the page${SUFFIX}`, () => {
  let folder: string;
  let browser: BrowserContext;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bailee-rules-'));
    await buildPage(join(folder, 'page'));
    browser = await openBrowser(join(folder, 'profile'), 'en-GB');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('are told in a banner with what changed, in both languages, and confirmed with a reason', async () => {
    const site = new MemorySite();
    const detail = { en: 'changed rules are on trial', zh: '规则已更改，试运行中' };
    site.health = [...site.health, { name: 'rules', state: 'degraded', detail }];
    await using api = await site.open({ pageFolder: join(folder, 'page'), heartbeatMs: 100 });
    const page = await browser.newPage();
    await page.goto(api.url);
    await page.fill('#token', TOKENS.viewer);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${BANNER}[data-rules=trial]`);
    expect(await page.locator(`${BANNER} [data-act]`).count()).toBe(0);
    await page.click('header.top > button');
    await page.fill('#token', TOKENS.supervisor);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${BANNER}[data-rules=trial]`);
    expect(await page.textContent(`${BANNER} [role=alert]`)).toContain('Rules: changed rules are on trial');
    await page.click(`${BANNER} summary`);
    expect(await page.textContent(`${BANNER} li`)).toBe('rules/warm/above: 8 → 9');
    await page.click(`${BANNER} [data-act=confirmRules]`);
    await page.keyboard.press('Enter');
    expect(site.rules.said).toEqual([]);
    await page.keyboard.type('agreed, 已商定');
    await page.keyboard.press('Enter');
    await expect.poll(() => site.rules.said).toMatchObject([{ verb: 'confirm', reason: 'agreed, 已商定' }]);
    site.health = site.health.filter(({ name }) => name !== 'rules');
    await page.waitForSelector(BANNER, { state: 'detached' });
    await page.close();
  });
});
