import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-web.ts';
import type { Api } from '../../src/api/server.ts';
import { MemorySite, TOKENS } from '../../src/api/site.fixture.ts';
import { NOON, warmAlarm } from '../../src/api/site-things.fixture.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';
const ALARM = '[data-alarm="probe-1/temperature/cold-room-warm"]';
const HOUR = 3_600_000;

describe.skipIf(!HAS_CHROMIUM)(`alarms on the page${SUFFIX}`, () => {
  let folder: string;
  let browser: BrowserContext;
  let site: MemorySite;
  let api: Api;
  let page: Page;
  let said: string[];

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
    said = [];
    page.on('console', (m) => m.type() === 'error' && said.push(m.text()));
    page.on('pageerror', (error) => said.push(error.message));
    await page.goto(api.url);
    await page.evaluate(() => localStorage.clear());
  });
  afterEach(async () => {
    await page.close();
    await api[Symbol.asyncDispose]();
  });

  async function signIn(as: keyof typeof TOKENS): Promise<void> {
    await page.fill('#token', TOKENS[as]);
    await page.keyboard.press('Enter');
    await page.waitForSelector(ALARM);
  }

  async function violations(): Promise<string[]> {
    await page.evaluate(`if (!window.axe) { ${AXE} }`);
    return page.evaluate(
      `axe.run().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target)))`,
    );
  }

  function acts(at = ALARM): Promise<string[]> {
    return page.$$eval(`${at} [data-act]`, (buttons) => buttons.map((b) => b.getAttribute('data-act') ?? ''));
  }

  it('shelves by keyboard with an end and a reason, counts what is not shown, and brings it back', async () => {
    await signIn('operator');
    await page.focus(`${ALARM} [data-act=shelve]`);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${ALARM} input[type=radio]:focus`);
    // Neither a length nor a reason is chosen beforehand.
    await page.keyboard.press('Enter');
    expect(site.did).toEqual([]);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(site.did).toEqual([]);
    await page.keyboard.type('unloading, 正在卸货');
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`.aside-list ${ALARM}[data-state=shelved]`);
    expect(site.did).toMatchObject([{ verb: 'shelve', forMs: HOUR, reason: 'unloading, 正在卸货' }]);
    expect(await page.textContent('#aside-title')).toBe(
      'Not shown: 1 shelved · 0 suppressed · 0 out of service',
    );
    expect(await page.textContent('.tile:first-child')).toContain('1 not shown');
    expect(await page.textContent('.quiet')).toBe('No alarm stands.');
    const card = (await page.textContent(ALARM)) ?? '';
    for (const part of ['condition holds', 'Shelved by', 'unloading, 正在卸货', 'until'])
      expect(card).toContain(part);
    expect(await violations()).toEqual([]);

    await page.click(`${ALARM} [data-act=unshelve]`);
    await page.keyboard.type('unloaded');
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${ALARM}.calling`);
    expect(await page.locator('.aside-list').count()).toBe(0);
    expect(said).toEqual([]);
  });

  it('offers only what the role, the rule and the state allow', async () => {
    await signIn('operator');
    expect(await acts()).toEqual(['acknowledge', 'shelve', 'comment']);
    site.tell({ kind: 'alarm', alarm: { ...warmAlarm(), longestShelvingMs: 0 } });
    await expect.poll(() => acts()).toEqual(['acknowledge', 'comment']);
    site.tell({ kind: 'alarm', alarm: { ...warmAlarm(), state: 'latchedAcknowledged' } });
    await expect.poll(() => acts()).toEqual(['resetAlarm', 'shelve', 'comment']);
    site.tell({ kind: 'alarm', alarm: { ...warmAlarm(), longestShelvingMs: HOUR } });
    await page.click(`${ALARM} [data-act=shelve]`);
    expect(await page.$$eval(`${ALARM} fieldset span`, (all) => all.map((s) => s.textContent))).toEqual([
      '15 min',
      '1 h',
    ]);
    expect(await acts('.zone')).toEqual([]);
  });

  it('asks why of who calls an alarm false', async () => {
    await signIn('operator');
    await page.click(`${ALARM} [data-act=acknowledge]`);
    await page.click(`${ALARM} input[value=false]`);
    await page.keyboard.press('Enter');
    expect(site.acknowledged).toEqual([]);
    await page.fill(`${ALARM} input[name=reason]`, 'sun on the probe');
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${ALARM}.heard`);
    expect(await page.textContent(ALARM)).toContain('False alarm · sun on the probe');
  });

  it('puts a zone into maintenance, shows it with its end and count, and ends it', async () => {
    await signIn('supervisor');
    expect(await acts()).toEqual(['acknowledge', 'shelve', 'comment', 'takeOutOfService']);
    await page.click('.zone [data-act=maintain]');
    await page.click('.zone input[value="14400000"]');
    await page.fill('.zone input[name=reason]', 'defrost');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => site.did)
      .toMatchObject([{ object: 'cold-1', verb: 'maintain', forMs: 4 * HOUR }]);
    const zone = { id: 'cold-1', title: { en: 'Cold room 1', zh: '一号冷库' } };
    const maintenance = {
      zone,
      by: 'Wang',
      role: 'supervisor',
      at: NOON,
      reason: 'defrost',
      until: NOON + HOUR,
    };
    site.tell({ kind: 'maintenance', maintenance: [{ ...maintenance, alarms: 7, active: 2 }] });
    site.tell({ kind: 'alarm', alarm: { ...warmAlarm(), state: 'suppressed', suppressedBy: 'cold-1' } });
    const row = await page.waitForSelector('[data-maintenance="cold-1"]');
    expect(await row.textContent()).toMatch(
      /Cold room 1: in maintenance until .* · Wang · defrost · .* · 7 suppressed, 2 would stand now/,
    );
    expect(await page.textContent('#aside-title')).toContain('1 suppressed');
    await page.click('.aside-list summary');
    await page.waitForSelector(`${ALARM}[data-state=suppressed]`);
    expect(await violations()).toEqual([]);
    await page.click('[data-act=endMaintenance]');
    await page.keyboard.type('done');
    await page.keyboard.press('Enter');
    await expect.poll(() => site.did.length).toBe(2);
    site.tell({ kind: 'maintenance', maintenance: [] });
    await expect.poll(() => page.locator('[data-maintenance]').count()).toBe(0);
  });

  it('tells the history of an alarm and the figures of the system, in two languages', async () => {
    site.history = [
      { kind: 'transition', seq: 7, t: NOON, from: 'normal', to: 'unacknowledged', priority: 'high' },
      {
        kind: 'act',
        seq: 8,
        t: NOON + 1000,
        by: 'Li',
        role: 'operator',
        verb: 'acknowledge',
        change: 'being-handled',
        reason: 'on my way',
        isRefused: false,
      },
    ];
    site.figureRecords = [
      { t: NOON - HOUR, type: 5, body: [warmAlarm().id, 0, 1, 2, 1, 1] },
      {
        t: NOON - HOUR + 120_000,
        type: 6,
        body: [1, 'o', 'acknowledge', warmAlarm().id, null, 'seen', '', 0],
      },
    ];
    await signIn('operator');
    await page.click(`${ALARM} .story summary`);
    await expect
      .poll(() => page.$$eval(`${ALARM} .story li`, (all) => all.map((li) => li.textContent)))
      .toEqual([
        expect.stringMatching(/Li · acknowledged · Being handled · on my way$/),
        expect.stringMatching(/normal → unacknowledged$/),
      ]);
    await page.waitForSelector('[data-figures=known]');
    const figures = (await page.textContent('[data-figures]')) ?? '';
    for (const part of [
      '0 % / 100 % / 0 % (5 / 15 / 80)',
      '2 min · 95 %: 2 min',
      '1 × Cold room above 8 °C',
    ]) {
      expect(figures).toContain(part);
    }
    expect(await violations()).toEqual([]);
    await page.click('button[lang=zh-CN]');
    expect(await page.textContent(`${ALARM} .story`)).toContain('Li · 确认 · 处理中 · on my way');
    expect(await page.textContent('[data-figures]')).toContain('1 × 冷库超温');
    expect(await page.textContent(`${ALARM} [data-act=shelve]`)).toContain('搁置');
    expect(await violations()).toEqual([]);
    expect(said).toEqual([]);
  });
});
