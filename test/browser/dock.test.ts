import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-web.ts';
import type { Api } from '../../src/api/server.ts';
import { MemorySite } from '../../src/api/site.fixture.ts';
import { GoodsDesk } from '../../src/gateway/showing/goods-desk.ts';
import { BY, handOverPlace, handOverTerms, SUPERVISOR } from '../../src/gateway/showing/hand-over.fixture.ts';
import type { Life, Place } from '../../src/gateway/data-directory.fixture.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';

describe.skipIf(!HAS_CHROMIUM)(`the page at the dock${SUFFIX}`, () => {
  let folder: string;
  let browser: BrowserContext;
  let place: Place;
  let life: Life;
  let desk: GoodsDesk;
  let api: Api;
  let page: Page;
  const said: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bailee-dock-'));
    await buildPage(join(folder, 'page'));
    browser = await openBrowser(join(folder, 'profile'), 'zh-CN');
    place = handOverPlace();
    life = await place.boot();
    const { goods } = life.core.deciding;
    if (goods === null) throw new Error('no goods');
    desk = new GoodsDesk({
      goods,
      site: { zones: ['dock'], portals: [], sources: [], required: new Map() },
      add: (input) => {
        life.core.intake.accept([input]);
        return true;
      },
      now: () => life.core.intake.notBefore,
      over: new AbortController().signal,
      fileOf: () => null,
    });
    const site = new MemorySite();
    site.keeping = desk;
    api = await site.open({ pageFolder: join(folder, 'page') });
    page = await browser.newPage();
    await page.setViewportSize({ width: 390, height: 844 });
    page.on('console', (m) => m.type() === 'error' && said.push(m.text()));
    page.on('pageerror', (error) => said.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
    await api[Symbol.asyncDispose]();
    life[Symbol.dispose]();
    place[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  it('signs with a key of the phone once a supervisor trusts it, and takes an objection', async () => {
    const terms = handOverTerms({ handOver: 'HO-9' });
    const { taker } = await desk.handOvers.begin(terms, BY);
    await page.goto(`${api.url}${taker}`);
    const key = await page.textContent('#key');
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await page.textContent('dl')).toContain('400 1');
    await page.evaluate(`if (!window.axe) { ${AXE} }`);
    const wrong = await page.evaluate(
      `axe.run().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target)))`,
    );
    expect(wrong).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(said).toEqual([]);

    await page.click('#sign');
    await page.waitForSelector('[role=status]:has-text("not on record")');
    expect(desk.handOvers.get('HO-9')?.taker).toBeNull();

    await desk.handOvers.trust(terms.taker, key ?? '', true, SUPERVISOR);
    await page.click('#sign');
    await page.waitForSelector('#sign:disabled');
    expect(desk.handOvers.get('HO-9')?.taker?.key).toBe(key);

    // The key is of the phone, not of the page: another visit has the same.
    await page.reload();
    await page.waitForSelector('#key');
    expect(await page.textContent('#key')).toBe(key);
    await page.fill('#note', '三箱破损');
    await page.click('#object');
    await page.waitForSelector('dd:has-text("三箱破损")');
    expect(desk.handOvers.get('HO-9')?.state).toBe('disputed');
  });

  it('says that a link is dead, and shows nothing', async () => {
    await page.goto(`${api.url}/dock/AAAAAAAAAAAAAAAAAAAAAA`);
    expect(await page.textContent('body')).toContain('never given');
  });
});
