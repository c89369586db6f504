import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-web.ts';
import type { Api } from '../../src/api/server.ts';
import { MemorySite, TOKENS } from '../../src/api/site.fixture.ts';
import { NOON, warmAlarm } from '../../src/api/site-things.fixture.ts';
import { encodeMosaic } from '../../src/devices/onvif/test-picture.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';

const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';
const PICTURE = encodeMosaic(4, 3, (x, y) => 255 * ((x + y) % 2));
const SHA256 = createHash('sha256').update(PICTURE).digest('hex');

describe.skipIf(!HAS_CHROMIUM)(`pictures on the page${SUFFIX}`, () => {
  let folder: string;
  let browser: BrowserContext;
  let site: MemorySite;
  let api: Api;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bailee-pictures-'));
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
    await page.goto(api.url);
    await page.evaluate(() => localStorage.clear());
  });
  afterEach(async () => {
    await page.close();
    await api[Symbol.asyncDispose]();
  });

  async function signIn(): Promise<void> {
    await page.fill('#token', TOKENS.viewer);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-stream="probe-1/temperature"]');
  }

  it('are shown to a viewer with hash, time, camera and the alarm that asked for them, in two languages', async () => {
    const alarm = warmAlarm();
    site.alarmList = [alarm];
    site.seen.bytes = PICTURE;
    site.seen.list = [
      { sha256: SHA256, camera: 'cam-dock', at: NOON, size: PICTURE.length, alarm: alarm.id },
      { sha256: 'cd'.repeat(32), camera: 'cam-yard', at: NOON - 60_000, size: 4, alarm: null },
    ];
    await signIn();
    const shown = page.locator(`[data-picture="${SHA256}"]`);
    await shown.locator('img').scrollIntoViewIfNeeded();
    const width = `document.querySelector('[data-picture="${SHA256}"] img')?.naturalWidth`;
    await expect.poll(() => page.evaluate(width), { timeout: 20_000 }).toBe(32);
    const text = await shown.innerText();
    for (const part of ['cam-dock', alarm.title.en, alarm.id, SHA256.slice(0, 12)])
      expect(text).toContain(part);
    // One that had to go says so; its hash stays on record.
    await page.getByText('not there any more; its hash is on record').waitFor();
    await page.getByText('no alarm asked for it').waitFor();
    await page.getByRole('button', { name: '中文' }).click();
    expect(await page.locator('#pictures-title').innerText()).toBe('图片');
    await page.getByText('图片已不在，其哈希仍记录在案').waitFor();
    expect(await shown.innerText()).toContain(alarm.title.zh);
  });

  it('take no room where there is no camera', async () => {
    await signIn();
    expect(await page.locator('#pictures-title').count()).toBe(0);
  });
});
