import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-web.ts';
import { ORDER_ID } from '../../src/api/orders.fixture.ts';
import { MemorySite, TOKENS } from '../../src/api/site.fixture.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';

it.skipIf(!HAS_CHROMIUM)(
  `the page shows what may leave by which dock, why the barrier refuses, and asks the gate${SUFFIX}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bailee-orders-'));
    const site = new MemorySite();
    await buildPage(join(folder, 'page'));
    const browser = await openBrowser(join(folder, 'profile'), 'en-GB');
    const api = await site.open({ pageFolder: join(folder, 'page') });
    try {
      const page = await browser.newPage();
      await page.goto(api.url);
      await page.fill('#token', TOKENS.operator);
      await page.keyboard.press('Enter');
      const order = `[data-order="${ORDER_ID}"]`;
      await page.waitForSelector(order);
      const text = (await page.textContent(order)) ?? '';
      expect(text).toContain('authorised out 1 copper by dock-2 until');
      expect(text).toContain('The barrier refuses: the receipt is frozen');
      await page.evaluate(AXE);
      const wrong = await page.evaluate(
        `axe.run('.orders').then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target)))`,
      );
      expect(wrong).toEqual([]);
      await page.click(`${order} [data-act="claimOrder"]`);
      await page.fill(`${order} input[name="reason"]`, 'truck 7 is here');
      await page.keyboard.press('Enter');
      await expect.poll(() => site.orders.asked).toHaveLength(1);
      expect(site.orders.asked).toMatchObject([
        { claim: ORDER_ID, role: 'operator', reason: 'truck 7 is here' },
      ]);
      await page.getByRole('button', { name: '中文' }).click();
      await page.waitForSelector('text=道闸拒绝');
    } finally {
      await browser.close();
      await api[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
