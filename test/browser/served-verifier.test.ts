import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildVerifier } from '../../scripts/build-verifier.ts';
import { buildPage } from '../../scripts/build-web.ts';
import { MemorySite, TOKENS } from '../../src/api/site.fixture.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';
import { PROOFS, writeProofs } from './proof-files.fixture.ts';

const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';

describe.skipIf(!HAS_CHROMIUM)(`verify.html from a gateway${SUFFIX}`, () => {
  it('works as it does from disk: nothing goes to the gateway, which shows the way there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bailee-verify-'));
    await buildPage(join(folder, 'page'));
    await buildVerifier(join(folder, 'page/verify.html'));
    writeProofs(folder);
    const site = new MemorySite();
    const api = await site.open({ pageFolder: join(folder, 'page') });
    const browser = await openBrowser(join(folder, 'profile'), 'en-GB');
    try {
      const page = await browser.newPage();
      await page.goto(api.url);
      await page.fill('#token', TOKENS.operator);
      await page.keyboard.press('Enter');
      await page.click('a[href="verify.html"]');
      await page.waitForSelector('#bundle-file', { state: 'attached' });
      const [asked, said]: [string[], string[]] = [[], []];
      browser.on('request', (request) => asked.push(request.url()));
      page.on('console', (m) => said.push(m.text()));
      await page.setInputFiles('#bundle-file', join(folder, PROOFS.bundle));
      await page.setInputFiles('#policy-file', join(folder, PROOFS.policy));
      await page.waitForSelector('#headline[data-state="valid"]');
      expect(await page.textContent('#answer')).toBe('YES');
      expect(await page.textContent('footer')).toContain('use your own copy');
      expect(asked.filter((url) => !url.startsWith(`blob:${api.url}/`))).toEqual([]);
      expect(said).toEqual([]);
    } finally {
      await browser.close();
      await api[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    }
  });
});
