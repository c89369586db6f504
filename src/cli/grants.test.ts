import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RECEIPT_A, RECEIPT_B } from '../api/grants.fixture.ts';
import type { Api } from '../api/server.ts';
import { MemorySite, TOKENS } from '../api/site.fixture.ts';
import { bailee } from './bailee.fixture.ts';

let root: string;
let site: MemorySite;
let api: Api;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'bailee-grants-'));
  writeFileSync(join(root, 'consent.pdf'), 'I agree');
  for (const who of ['supervisor', 'viewer', 'holder'] as const) {
    writeFileSync(join(root, who), `${TOKENS[who]}\n`, { mode: 0o600 });
  }
  site = new MemorySite();
  api = await site.open();
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

function as(who: 'supervisor' | 'viewer' | 'holder', ...args: readonly string[]): ReturnType<typeof bailee> {
  return bailee('grants', ...args, '--data', root, '--url', api.url, '--token-file', join(root, who));
}

const TO_BANK = ['give', '--as', 'financier', '--party', 'bank-a', '--reason', 'loan 2026-17'];

describe('grants', () => {
  it('are given on a consent of which only the hash is sent, listed without tokens, and revoked', async () => {
    const before = Date.now();
    const consent = ['--owner', 'owner-1', '--consent', join(root, 'consent.pdf')];
    const opens = ['--receipt', `0x${RECEIPT_A.toUpperCase()}`, '--item', 'E2E2', '--until', '90d'];
    const given = await as('supervisor', ...TO_BANK, ...opens, ...consent);
    expect(given).toMatchObject({ code: 0, stderr: '' });
    expect(given.stdout).toContain('shown this once: token-of-grant-5\n');
    const grant = site.granting.grants.at(-1);
    expect(grant).toMatchObject({
      as: 'financier',
      party: 'bank-a',
      receipts: [RECEIPT_A],
      items: ['e2e2'],
      consent: { owner: 'owner-1', document: createHash('sha256').update('I agree').digest('hex') },
      reason: 'loan 2026-17',
    });
    expect((grant?.until ?? 0) - before).toBeGreaterThanOrEqual(90 * 86_400_000);

    expect(await as('supervisor', 'revoke', 'grant-5', '--reason', 'paid back')).toMatchObject({
      code: 0,
      stdout: 'Revoked: grant-5\n',
    });
    const listed = await as('supervisor', 'list');
    expect(listed.stdout).toMatch(/^grant-1 {2}financier financier-1, in force /);
    expect(listed.stdout).toMatch(/\ngrant-5 {2}financier bank-a, revoked \S+ 3: paid back /);
    expect(listed.stdout).not.toContain('token-of');
    expect((await as('supervisor', 'list', '--lang', 'zh')).stdout).toContain(
      'grant-5  资金方 bank-a, 已撤销',
    );
    expect(JSON.parse((await as('supervisor', 'list', '--json')).stdout)).toEqual(site.granting.grants);
  });

  it('are handed on by a holder with its own token, and told to a program as JSON', async () => {
    const given = await as('holder', ...TO_BANK, '--receipt', RECEIPT_A, '--until', '1h', '--json');
    expect(JSON.parse(given.stdout)).toEqual({
      grant: site.granting.grants.at(-1),
      token: 'token-of-grant-5',
    });
    expect(await as('holder', ...TO_BANK, '--receipt', RECEIPT_B, '--until', '1h')).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining(RECEIPT_B),
    });
  });

  it.each<[string, readonly string[], string]>([
    [
      'a kind there is none of',
      [...TO_BANK, '--as', 'financer', '--item', 'e2e2'],
      'did you mean "financier"?',
    ],
    ['nothing that is opened', TO_BANK, '--receipt or --item'],
    [
      'a consent without its owner',
      [...TO_BANK, '--item', 'e2e2', '--consent', 'x.pdf'],
      '--owner and --consent',
    ],
    ['a time that is none', [...TO_BANK, '--item', 'e2e2', '--until', 'soon'], 'how long from now'],
    ['no consent by a supervisor', [...TO_BANK, '--item', 'e2e2'], 'consent'],
    ['a grant there is none of', ['revoke', 'grant-9', '--reason', 'x'], 'grant-9'],
  ])('are refused with %s', async (_, args, why) => {
    const until = args.includes('give') && !args.includes('--until') ? ['--until', '1d'] : [];
    const answer = await as('supervisor', ...args, ...until);
    expect(answer).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining(why) });
    expect(site.granting.grants).toHaveLength(4);
  });

  it('are not for a viewer', async () => {
    expect((await as('viewer', 'revoke', 'grant-1', '--reason', 'x')).code).toBe(64);
    expect(site.granting.grants.every((g) => g.isInForce)).toBe(true);
  });
});
