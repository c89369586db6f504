import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-web.ts';
import type { Api } from '../../src/api/server.ts';
import { MemorySite, TOKENS } from '../../src/api/site.fixture.ts';
import { NOON, value, warmAlarm } from '../../src/api/site-things.fixture.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';
const TEMPERATURE = '[data-stream="probe-1/temperature"]';
const ALARM = '[data-alarm="probe-1/temperature/cold-room-warm"]';

const witnessOf = (n: number) => ({
  name: `witness.bank-${n}.example/1`,
  owner: `bank-${n}`,
  lastError: null,
});

describe.skipIf(!HAS_CHROMIUM)(`the page${SUFFIX}`, () => {
  let folder: string;
  let browser: BrowserContext;
  let site: MemorySite;
  let api: Api;
  let page: Page;
  let said: string[];
  let asked: string[];

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
    site.recorded = Array.from({ length: 60 }, (_, i) => ({
      ...value(40 + (i % 9), -1, NOON - (60 - i) * 10_000),
      seq: i,
    }));
    api = await site.open({ pageFolder: join(folder, 'page') });
    page = await browser.newPage();
    [said, asked] = [[], []];
    page.on('console', (m) => m.type() === 'error' && said.push(m.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(api.url);
    await page.evaluate(() => localStorage.clear());
  });
  afterEach(async () => {
    await page.close();
    await api[Symbol.asyncDispose]();
  });

  async function signIn(as: keyof typeof TOKENS = 'operator'): Promise<void> {
    await page.fill('#token', TOKENS[as]);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${TEMPERATURE}[data-truth="known"]`);
  }

  /** What axe-core finds wrong, as `rule: selector`. */
  async function violations(): Promise<string[]> {
    await page.evaluate(`if (!window.axe) { ${AXE} }`);
    return page.evaluate(
      `axe.run().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target)))`,
    );
  }

  it('says who cosigns, how far, and which witness stands in the way', async () => {
    site.anchor = {
      ...site.anchor,
      witnesses: {
        guard: 'held',
        answered: 2,
        needed: 2,
        quorum: 2,
        cosignedSize: 41,
        list: [
          { ...witnessOf(1), state: 'ok', size: 41 },
          { ...witnessOf(2), state: 'failing', size: null, lastError: 'is not reached: ECONNREFUSED' },
          {
            ...witnessOf(3),
            state: 'ahead',
            size: null,
            lastError: 'names size 900, here 41 was signed last',
          },
        ],
      },
    };
    await signIn();
    const text = (await page.textContent('section[aria-labelledby="proof-title"]')) ?? '';
    for (const part of [
      '2 / 3 owners needed · one knows more than was signed here: nothing is signed',
      'bank-1 · witness.bank-1.example/1cosigns · 41',
      'does not answer, asked again · is not reached: ECONNREFUSED',
      'names a larger log than was signed here · names size 900, here 41 was signed last',
    ])
      expect(text).toContain(part);
    expect(await violations()).toEqual([]);
  });

  it('lets nobody in without the token, and says so', async () => {
    await page.fill('#token', 'not-the-token');
    await page.click('button.primary');
    await page.waitForSelector('[role=alert]');
    expect(await page.textContent('[role=alert]')).toBe('This token is not known here.');
    expect(await violations()).toEqual([]);
    expect(site.acts.map((a) => `${a.verb} ${a.result}`)).toEqual(['sign-in refused']);
  });

  it('shows values as they come, says nothing wrong, asks nobody else, and is usable by everyone', async () => {
    await signIn();
    expect(await page.textContent(`${TEMPERATURE} .value`)).toBe('4.3 °C');
    await page.waitForSelector(`${TEMPERATURE} canvas`);
    site.now += 3000;
    site.read('probe-1/temperature', 91);
    await expect.poll(() => page.textContent(`${TEMPERATURE} .value`)).toBe('9.1 °C');
    expect(await page.textContent('[data-stream="door-1/door"] .value')).toBe('closed ');
    expect(await page.title()).toBe('(1) Cold store north');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations()).toEqual([]);
    }
    expect(said).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(`${api.url}/`))).toEqual([]);
  });

  it('never shows what is unknown as fine', async () => {
    await signIn();
    const never = '[data-stream="probe-2/temperature"]';
    expect(await page.getAttribute(never, 'data-truth')).toBe('never');
    expect(await page.textContent(`${never} .value`)).toBe('? never heard');
    // Time goes on without a reading: the page ages the value by itself.
    site.now += 60_000;
    await page.waitForSelector(`${TEMPERATURE}[data-truth="stale"]`);
    expect(await page.textContent(`${TEMPERATURE} .value`)).toBe('? stale');
    expect(await page.textContent(`${TEMPERATURE} .age`)).toContain('was 4.3 °C');
    // A value of bad quality is none.
    const latest = { ...value(43, -1, site.now), q: 2 };
    site.tell({ kind: 'reading', stream: 'probe-1/humidity', state: 'stale', latest });
    await page.waitForSelector('[data-stream="probe-1/humidity"][data-truth="bad"]');
  });

  it('acknowledges an alarm by keyboard, with meaning and reason', async () => {
    await signIn();
    await page.focus(`${ALARM} button.primary`);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${ALARM} input[type=radio]:focus`);
    // Nothing is chosen beforehand: a key held too long acknowledges nothing.
    await page.keyboard.press('Enter');
    expect(site.acknowledged).toEqual([]);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.type('door was left open');
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${ALARM}.heard`);
    expect(site.acknowledged).toEqual([
      {
        alarm: warmAlarm().id,
        actor: 1,
        role: 'operator',
        meaning: 'being-handled',
        reason: 'door was left open',
      },
    ]);
    expect(await page.textContent(ALARM)).toContain('Acknowledged by');
    site.tell({ kind: 'alarm', alarm: { ...warmAlarm(), state: 'normal' } });
    await page.waitForSelector('.quiet');
    expect(await page.textContent('.quiet')).toBe('No alarm stands.');
    expect(said).toEqual([]);
  });

  it('lets a viewer look and not touch', async () => {
    await signIn('viewer');
    expect(await page.locator(`${ALARM} button`).count()).toBe(0);
    expect(await page.locator('table').count()).toBe(0);
    expect(said).toEqual([]);
  });

  it('runs no markup that came from a name', async () => {
    const attack = '<img src=x onerror="window.ran = true"><script>window.ran = true</script>';
    site.alarmList = [{ ...warmAlarm(), title: { en: attack, zh: attack }, basis: attack }];
    await signIn();
    expect(await page.textContent(`${ALARM} h3`)).toBe(attack);
    expect(await page.evaluate('window.ran')).toBeUndefined();
  });

  it('speaks Chinese and English, and remembers which', async () => {
    await signIn();
    await page.click('button[lang=zh-CN]');
    expect(await page.textContent(`${ALARM} h3`)).toBe('冷库超温');
    expect(await page.textContent('h1')).toBe('北区冷库');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    await page.reload();
    await page.waitForSelector(ALARM);
    expect(await page.textContent('#alarms-title')).toBe('报警');
  });

  it('says since when nothing is known when the connection is lost, and comes back by itself', async () => {
    await signIn();
    await api[Symbol.asyncDispose]();
    await page.waitForSelector('.lost-banner');
    expect(await page.textContent('.lost-banner')).toMatch(
      /^Connection lost: values unknown since \d\d:\d\d:\d\d$/,
    );
    expect(await page.locator('[data-truth="known"]').count()).toBe(0);
    expect(await page.locator('.tile.good').count()).toBe(0);
    expect(await page.locator(`${ALARM} button`).count()).toBe(0);
    expect(await violations()).toEqual([]);
    // Sessions live in memory: after a restart the page asks for the token.
    api = await site.open({ pageFolder: join(folder, 'page'), port: api.port });
    await page.waitForSelector('#token', { timeout: 15_000 });
    await signIn();
  });

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await signIn();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await violations()).toEqual([]);
  });
});
