import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildVerifier } from '../../scripts/build-verifier.ts';
import type { Policy } from '../../src/evidence/policy.ts';
import { verify } from '../../src/evidence/verify.ts';
import { STEPS } from '../../src/evidence/verify-steps.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { HAS_CHROMIUM, openBrowser } from './chromium.fixture.ts';
import { PROOFS, writeProofs } from './proof-files.fixture.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SUFFIX = HAS_CHROMIUM ? '' : ' (skipped: chromium is not installed)';

describe.skipIf(!HAS_CHROMIUM)(`verify.html from disk${SUFFIX}`, () => {
  let folder: string;
  let policy: Policy;
  let browser: BrowserContext;
  let page: Page;
  let said: string[];
  let asked: string[];
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bailee-verify-'));
    await buildVerifier(file('verify.html'));
    policy = writeProofs(folder);
    browser = await openBrowser(file('profile'), 'en-GB');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    [said, asked] = [[], []];
    page = await browser.newPage();
    page.on('console', (m) => said.push(m.text()));
    page.on('pageerror', (error) => said.push(error.message));
    browser.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file('verify.html')).href);
  });
  afterEach(async () => {
    browser.removeAllListeners('request');
    expect(said).toEqual([]);
    // The page itself, and its own script as a worker: nothing else is ever asked for.
    expect(asked.filter((url) => !url.startsWith('blob:null/'))).toEqual([
      pathToFileURL(file('verify.html')).href,
    ]);
    await page.close();
  });

  async function give(bundle: string, withPolicy = true): Promise<void> {
    await page.setInputFiles('#bundle-file', file(bundle));
    if (withPolicy) await page.setInputFiles('#policy-file', file(PROOFS.policy));
  }
  const headline = async (state: string): Promise<string> => {
    await page.waitForSelector(`#headline[data-state="${state}"]`);
    return (await page.textContent('#headline h2')) ?? '';
  };
  const states = (): Promise<(string | null)[]> =>
    page.locator('.steps li').evaluateAll((items) => items.map((item) => item.getAttribute('data-state')));
  async function violations(): Promise<string[]> {
    // A policy that lets no other script in keeps axe out, too; it comes by way of the debugger.
    await page.evaluate(AXE);
    return page.evaluate(
      `axe.run().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target)))`,
    );
  }

  it('says nothing is valid while the reader has no policy, and how to get one', async () => {
    await give(PROOFS.bundle, false);
    expect(await headline('no-policy')).toBe('No verdict yet: your policy is missing');
    expect(await page.innerText('body')).not.toMatch(/VALID|YES/);
    expect(await page.getAttribute('details', 'open')).not.toBeNull();
    expect(await page.isDisabled('#ask')).toBe(true);
    expect(await page.textContent('#sha256')).toBe(
      createHash('sha256')
        .update(readFileSync(file(PROOFS.bundle)))
        .digest('hex'),
    );
    expect(await violations()).toEqual([]);
  });

  it('gives the verdict that the command line gives, in a worker, step by step, usable by everyone', async () => {
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    await give(PROOFS.bundle);
    expect(await headline('valid')).toBe('VALID evidence · YES');
    expect(workers.length).toBeGreaterThan(0);
    expect(await states()).toEqual(STEPS.map(() => 'passed'));
    expect(await page.textContent('#whose')).toBe('the sender’s question, unsigned');
    expect(await page.locator('#not-proved [data-limit]').evaluateAll((items) => items.length)).toBe(4);
    expect(await page.locator('.chart canvas').count()).toBe(2);
    expect(await page.textContent('#anchors')).toContain('cosigned by bank-a');

    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
    const saved: unknown = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(saved).toEqual(verify(readFileSync(file(PROOFS.bundle)), policy, null, nodePrimitives));
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations()).toEqual([]);
    }
  });

  it('speaks Chinese', async () => {
    await page.click('button[lang=zh-CN]');
    await give(PROOFS.warm);
    expect(await headline('valid')).toBe('证据有效 · 否');
    expect(await page.textContent('#because')).toContain('超限时长超过允许值');
    expect(await page.textContent('.times')).toContain('超限');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    expect(await page.title()).toBe('bailee · 核验证明包');
    expect(await violations()).toEqual([]);
    expect(await page.innerText('body')).not.toMatch(/undefined|null|NaN/);
  });

  it('shows what is out of limits, who fell silent and why, and what came late', async () => {
    await give(PROOFS.warm);
    await headline('valid');
    const lists = page.locator('.card .times');
    expect(await lists.nth(0).textContent()).toContain('18 min');
    expect(await lists.nth(1).textContent()).toMatch(/8 min values not usable/);
    const row = await page.locator('#streams tbody tr').first().locator('td').allTextContents();
    expect(row).toEqual(['all records', 'B', 'yes', '132', '1', '0', '18 min', '8 min', '0 s', '2 min']);
    expect(await page.textContent('.covered-text')).toBe(
      '93.33 % of the asked time is covered by readings · without 8 min',
    );
  });

  it('calls a tampered file no evidence, with the step, and shows nothing of what is in it', async () => {
    await give(PROOFS.tampered);
    expect(await headline('invalid')).toBe('INVALID: this is no evidence');
    expect(await page.textContent('#headline code')).toBe('LEAF_ROOT');
    const expected = STEPS.map((step, i) =>
      step === 'leaves' ? 'failed' : i < 7 ? 'passed' : 'not-reached',
    );
    expect(await states()).toEqual(expected);
    expect(await page.locator('.chart, #streams, #proved').count()).toBe(0);
    expect(await violations()).toEqual([]);
  });

  it('needs no policy to say that a file is no bundle', async () => {
    await give(PROOFS.hostile, false);
    expect(await headline('invalid')).toBe('INVALID: this is no evidence');
    expect(await page.textContent('#headline code')).toBe('BUNDLE_FORMAT');
    expect((await states())[0]).toBe('failed');
  });

  it('is undecided about a summary', async () => {
    await give(PROOFS.summary);
    expect(await headline('valid')).toBe('VALID evidence · UNDECIDED');
    expect(await page.textContent('#because')).toContain('SUMMARY_ONLY');
    expect(await page.locator('.chart canvas').count()).toBe(2);
  });

  it('puts the reader’s own question, and takes the old verdict away as soon as it changes', async () => {
    await give(PROOFS.bundle);
    await headline('valid');
    await page.fill('#field-max', '4.50');
    expect(await page.locator('#headline[data-state="valid"]').count()).toBe(0);
    expect(await page.textContent('#whose')).toBe('your own question');
    await page.keyboard.press('Enter');
    expect(await headline('valid')).toBe('VALID evidence · NO');
    expect(await page.textContent('#asked')).toContain('2.00 … 4.50 °C');
    await page.fill('#field-min', '2.005');
    expect(await page.isDisabled('#ask')).toBe(true);
    expect(await page.getAttribute('#field-min', 'aria-invalid')).toBe('true');
    await page.click('#restore');
    await page.click('#ask');
    expect(await headline('valid')).toBe('VALID evidence · YES');
  });

  it('asks after a tag, too', async () => {
    await give(PROOFS.tag);
    expect(await headline('valid')).toBe('VALID evidence · YES');
    expect(await page.isChecked('input[value="present"]')).toBe(true);
    expect(await page.textContent('#asked')).toContain('Was tag e2000001 at 1 · rfid:1/t');
    expect(await page.locator('.chart').count()).toBe(0);
    expect(await page.textContent('.covered-text')).toBe(
      '100.00 % of the asked time shows the tag here · unbroken',
    );
    await page.fill('#field-epc', 'e2000002');
    await page.click('#ask');
    expect(await headline('valid')).toBe('VALID evidence · UNDECIDED');
    expect(await page.textContent('#because')).toContain('NOT_PRESENT');
  });

  it('answers nothing where nothing is asked', async () => {
    await give(PROOFS.events);
    expect(await headline('valid')).toBe('VALID evidence');
    expect(await page.innerText('#headline')).toContain('Nothing was asked, so nothing is answered.');
    expect(await page.locator('#asked, #streams, .card').count()).toBe(0);
  });

  it('draws many readings as their lowest and highest', async () => {
    await give(PROOFS.long);
    expect(await headline('valid')).toBe('VALID evidence · YES');
    expect(await page.textContent('.card .hint')).toBe(
      '5640 readings, drawn as the lowest and highest of each 4',
    );
  });

  it('says what is missing where the reader’s policy asks for no witness', async () => {
    await page.setInputFiles('#policy-file', file(PROOFS.lenient));
    await page.setInputFiles('#bundle-file', file(PROOFS.bundle));
    await headline('valid');
    expect(await page.textContent('.trusts')).toContain('no independent time will be proven');
    expect(await page.locator('[data-limit="L7"]').count()).toBe(1);
    expect(await page.innerText('#headline')).toContain('is the gateway’s word alone');
    expect(await page.textContent('[data-step="quorum"]')).toContain('asks for no witness (k = 0)');
    expect(await page.innerText('#proved')).not.toContain('at the latest');
  });

  it('takes another file while it is busy, and can be stopped', async () => {
    await page.setInputFiles('#policy-file', file(PROOFS.policy));
    await page.setInputFiles('#bundle-file', file(PROOFS.long));
    await page.setInputFiles('#bundle-file', file(PROOFS.warm));
    expect(await headline('valid')).toBe('VALID evidence · NO');
    // A click that comes before the worker has begun: the verdict must never come.
    await page.evaluate(`document.querySelector('#ask').click()`);
    await page.evaluate(`document.querySelector('#cancel').click()`);
    expect(await headline('not-asked')).toBe('Not checked yet');
    await page.waitForTimeout(1500);
    expect(await headline('not-asked')).toBe('Not checked yet');
    await page.click('#check');
    expect(await headline('valid')).toBe('VALID evidence · NO');
  });

  it('does the work itself where a browser starts no worker', async () => {
    await page.addInitScript(
      `globalThis.Worker = function () { throw new DOMException('no', 'SecurityError'); }`,
    );
    await page.reload();
    asked = asked.slice(1);
    await give(PROOFS.bundle);
    expect(await headline('valid')).toBe('VALID evidence · YES');
    expect(asked.filter((url) => url.startsWith('blob:'))).toEqual([]);
  });

  it('takes both files from one drop, each for what it is', async () => {
    const files = [PROOFS.policy, PROOFS.bundle].map((name) => ({
      name,
      base64: readFileSync(file(name)).toString('base64'),
    }));
    await page.evaluate((dropped) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of dropped)
        transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      document.body.dispatchEvent(
        new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }),
      );
    }, files);
    expect(await headline('valid')).toBe('VALID evidence · YES');
  });

  it('takes a policy that is pasted, and says what is wrong with one', async () => {
    await give(PROOFS.bundle, false);
    await page.fill('#policy-text', '{"format":"bailee/policy/v1"}');
    expect(await page.textContent('#policy-wrong')).toBe('This is no policy: origins is missing');
    expect(await headline('no-policy')).toContain('No verdict yet');
    await page.fill('#policy-text', readFileSync(file(PROOFS.policy), 'utf8'));
    expect(await headline('valid')).toBe('VALID evidence · YES');
    expect(await page.textContent('.trusts')).toContain('2/2 owners');
  });

  it('is reached by keyboard alone', async () => {
    const reached: string[] = [];
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(`document.activeElement.id || document.activeElement.tagName`));
    }
    expect(reached).toEqual(['BUTTON', 'BUTTON', 'bundle-file', 'SUMMARY', 'policy-file', 'policy-text']);
  });

  it('lets no script of anyone else reach anywhere', async () => {
    const reach = `fetch('https://example.org/').then(() => 'sent', () => 'refused')`;
    expect(await page.evaluate(reach)).toBe('refused');
    expect(said.splice(0).join()).toContain('Content Security Policy');
    asked = asked.filter((url) => !url.startsWith('https://example.org'));
  });

  it('fits a phone and a sheet of paper', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await give(PROOFS.warm);
    await headline('valid');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await violations()).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    expect(await page.isVisible('#headline')).toBe(true);
    expect(await page.isVisible('#asked')).toBe(true);
    expect(await page.isVisible('#sha256')).toBe(true);
    for (const hidden of ['#ask', '#policy-text', '#save']) expect(await page.isVisible(hidden)).toBe(false);
  });
});
