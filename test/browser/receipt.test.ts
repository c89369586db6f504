import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-web.ts';
import { RECEIPT_A, RECEIPT_B } from '../../src/api/grants.fixture.ts';
import type { Api } from '../../src/api/server.ts';
import { MemorySite, TOKENS } from '../../src/api/site.fixture.ts';
import { NOON, value } from '../../src/api/site-things.fixture.ts';
import { standingOf } from '../../src/api/standings.fixture.ts';
import type { Standing } from '../../src/api/types.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';
import { PROOFS, writeProofs } from './proof-files.fixture.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';

describe.skipIf(!HAS_CHROMIUM)(`the page of a receipt${SUFFIX}`, () => {
  let folder: string;
  let browser: BrowserContext;
  let site: MemorySite;
  let api: Api;
  let page: Page;
  let said: string[];
  let asked: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bailee-receipt-'));
    await buildPage(join(folder, 'page'));
    browser = await openBrowser(join(folder, 'profile'), 'en-GB');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    site = new MemorySite();
    // Ten minutes without a reading in the middle.
    site.recorded = Array.from({ length: 60 }, (_, i) => {
      const t = NOON - 3_600_000 + i * 30_000 + (i < 30 ? 0 : 600_000);
      return { ...value(40 + (i % 9), -1, t), seq: i };
    });
    api = await site.open({ pageFolder: join(folder, 'page') });
    page = await browser.newPage();
    [said, asked] = [[], []];
    page.on('console', (m) => m.type() === 'error' && said.push(m.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${api.url}/receipt.html`);
    await page.evaluate(() => localStorage.clear());
  });
  afterEach(async () => {
    await page.close();
    await api[Symbol.asyncDispose]();
  });

  async function signIn(receipt: string | null = RECEIPT_A): Promise<void> {
    await page.fill('#token', TOKENS.financier);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-receipt]');
    if (receipt === null) return;
    await page.click(`[data-receipt="${receipt}"] a`);
    await page.waitForSelector('[data-coverage]');
  }

  function put(change: (standing: Standing) => Standing): void {
    site.standings.list = [change(standingOf(RECEIPT_A, 'WR-2026-0001'))];
  }

  async function violations(): Promise<string[]> {
    await page.evaluate(`if (!window.axe) { ${AXE} }`);
    return page.evaluate(
      `axe.run().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target)))`,
    );
  }

  const state = () => page.getAttribute('.headline', 'data-control');

  it('says what is proven, with minutes, nothing rounded up, and is usable by everyone', async () => {
    await signIn();
    expect(await state()).toBe('in-control');
    expect(await page.textContent('[data-coverage=day]')).toBe('24 hours100.00 % unbroken');
    expect(await page.textContent('[data-coverage=month]')).toBe('30 days99.89 % gap of 47 min');
    const text = (await page.textContent('main')) ?? '';
    for (const part of [
      'gateway down · shelf/tags · filled late',
      '40.0 t',
      '30.0 t',
      'index.example: not checked since',
      'chain 31337',
      '12 min · allowed 30 min',
      '5.12 °C',
      '97.50 %',
    ])
      expect(text).toContain(part);
    expect(text).not.toMatch(/\bunique\b/);
    // Where nothing was read there is no line.
    expect(await page.locator('.curve polyline').count()).toBe(2);
    expect(await violations()).toEqual([]);
    expect(said).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(api.url))).toEqual([]);
  });

  it('says the same in Chinese, and fits a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await signIn();
    await page.click('button[lang=zh-CN]');
    expect(await page.textContent('#state')).toContain('受控');
    expect(await page.textContent('[data-coverage=month]')).toBe('30 天99.89 % 间断 47 分钟');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    expect(await violations()).toEqual([]);
  });

  it('lists only what the token opens', async () => {
    await signIn(null);
    expect(await page.locator('[data-receipt]').count()).toBe(1);
    await page.goto(`${api.url}/receipt.html#receipt=${RECEIPT_B}`);
    await page.waitForSelector('[role=alert]');
    expect(await page.textContent('[role=alert]')).toContain('there is no receipt');
  });

  it('turns to not proven when the statement is over, also when the gateway is gone', async () => {
    put((s) => ({ ...s, status: { ...s.status, validUntil: NOON + 2500 } }));
    await signIn();
    expect(await state()).toBe('in-control');
    await api[Symbol.asyncDispose]();
    await page.waitForSelector('.headline[data-control=unknown]');
    expect(await page.textContent('#state')).toContain('Not proven since');
    expect(await page.textContent('.headline')).toContain('no longer valid');
    expect(await violations()).toEqual([]);
    api = await site.open();
  });

  it.each([
    ['degraded', 'Degraded'],
    ['unknown', 'Not proven'],
    ['breached', 'Breached'],
  ] as const)('shows %s with its reasons', async (control, title) => {
    const text = { en: 'Goods left without release', zh: '货物未经放行离库' };
    const reasons = [{ code: 'goods-leave', text, since: NOON - 60_000, refs: [{ slot: 0, seq: 3 }] }];
    put((s) => ({ ...s, status: { ...s.status, control, reasons } }));
    await signIn();
    expect(await page.textContent('#state')).toContain(title);
    expect(await page.textContent('.reasons')).toContain('Goods left without release goods-leave');
    expect(await violations()).toEqual([]);
  });

  it('asks for a count with a nonce of its own', async () => {
    await signIn();
    await page.click('button[data-kind=rfid-count]');
    await page.waitForSelector('[data-state=running]');
    expect(site.counting.counts[0]).toMatchObject({
      receipt: RECEIPT_A,
      kind: 'rfid-count',
      deadline: expect.any(Number),
    });
    expect(site.counting.counts[0]?.nonce).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is seen running by people on shift, who have no way to call it off', async () => {
    await signIn();
    await page.click('button[data-kind=rfid-count]');
    await page.waitForSelector('[data-state=running]');
    await page.context().clearCookies();
    await page.goto(api.url);
    await page.fill('#token', TOKENS.operator);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-counting]');
    expect(await page.textContent('.counting')).toContain('nobody here can call it off');
    expect(await page.locator('.counting button').count()).toBe(0);
    expect(await violations()).toEqual([]);
  });

  it('verifies the bundle here by the policy of the reader, and says what is wrong with it', async () => {
    writeProofs(folder);
    site.bundle = readFileSync(join(folder, PROOFS.bundle));
    await signIn();
    expect(await page.isDisabled('#verify')).toBe(true);
    await page.setInputFiles('#policy-file', join(folder, PROOFS.bundle));
    await page.waitForSelector('main [role=alert]');
    await page.setInputFiles('#policy-file', join(folder, PROOFS.policy));
    await page.click('#verify:not([disabled])');
    await page.waitForSelector('#verdict[data-evidence=valid]');
    expect(await page.textContent('#verdict')).toContain('answer: yes');
    site.bundle = site.bundle.subarray(0, site.bundle.length - 9);
    await page.click('#verify');
    await page.waitForSelector('#verdict[data-evidence=invalid]');
    expect(await page.textContent('#verdict')).toContain('BUNDLE_FORMAT');
    expect(await violations()).toEqual([]);
    expect(said).toEqual([]);
  });

  it('leads from a number to the records of its time', async () => {
    await signIn();
    const href = (await page.getAttribute('[data-gap] a.evidence', 'href')) ?? '';
    const query = new URLSearchParams(href.split('?')[1]);
    const [gap] = standingOf(RECEIPT_A, '').status.gaps;
    expect(query.get('receipt')).toBe(RECEIPT_A);
    expect(Number(query.get('from'))).toBeLessThan(gap?.from ?? 0);
    expect(Number(query.get('to'))).toBeGreaterThan(gap?.to ?? Infinity);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('[data-gap] a.evidence'),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.zip$/);
    expect(site.bundleQueries[0]).toMatchObject({
      select: { kind: 'receipt', receipt: RECEIPT_A },
      mode: 'full',
    });
  });
});
