import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildVerifier } from './build-verifier.ts';

const root = join(import.meta.dirname, '..');

describe('verify.html', () => {
  let folder: string;
  let sha256: string;
  let page: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bailee-verifier-'));
    sha256 = await buildVerifier(join(folder, 'verify.html'));
    page = readFileSync(join(folder, 'verify.html'), 'utf8');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has the hash that its build says', () => {
    expect(createHash('sha256').update(page).digest('hex')).toBe(sha256);
  });

  it('comes out the same to the byte from a clone in another place', async () => {
    const clone = join(folder, 'somewhere/else entirely');
    cpSync(join(root, 'src'), join(clone, 'src'), { recursive: true });
    cpSync(join(root, 'tsconfig.json'), join(clone, 'tsconfig.json'));
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    expect(await buildVerifier(join(clone, 'dist/verify.html'), clone)).toBe(sha256);
    expect(readFileSync(join(clone, 'dist/verify.html'), 'utf8')).toBe(page);
  });

  it('names nothing to load, and lets itself load nothing', () => {
    const head = page.slice(0, page.indexOf('<style>'));
    expect(head).toContain("default-src 'none'");
    expect(head).not.toMatch(/unsafe|connect-src|https?:/);
    expect([...page.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual(['<script>']);
    expect([...page.matchAll(/<link[^>]*href="([^"]{0,20})/g)].map((m) => m[1])).toEqual([
      'data:image/svg+xml;b',
    ]);
    expect(page).not.toMatch(/@import|url\(/);
    // Nothing of node or of the gateway came along.
    expect(page).not.toMatch(/require\(|node:|import\(/);
  });
});
