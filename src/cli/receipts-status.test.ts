import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ed25519FromSeed, nodePrimitives } from '../../test/evidence/primitives.ts';
import { noteKey } from '../evidence/note-key.ts';
import { formatPolicy, startingPolicy } from '../evidence/policy.ts';
import { signStatement } from '../evidence/statement.ts';
import { bailee } from './bailee.fixture.ts';

const { sha256 } = nodePrimitives;
const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';
const pair = ed25519FromSeed(new Uint8Array(32).fill(1));
const key = noteKey(sha256, ORIGIN, 'ed25519', pair.publicKey);
const amount = { value: 125, exp: -1, unit: 't' };
const share = { coverage: 9989, gapMs: 2_820_000, isUnbroken: false };
const DOCUMENT = {
  receipt: 'a1'.repeat(32),
  number: 'WR-2026-0001',
  lifecycle: 'pledged',
  control: 'degraded',
  since: 0,
  asOf: 0,
  validUntil: 0,
  reasons: [{ code: 'count-overdue', text: { en: 'the last count is too old', zh: '清点逾期' } }],
  coverage: { day: { coverage: 10_000, gapMs: 0, isUnbroken: true }, month: share, period: share },
  amount: { attested: amount, onReceipt: amount, floor: null },
};

let folder: string;
let policy: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-statement-'));
  policy = join(folder, 'policy.json');
  writeFileSync(policy, formatPolicy(startingPolicy(ORIGIN, key, 0, [])));
});
afterAll(() => rmSync(folder, { recursive: true }));

function held(validUntil: number): string {
  const head = {
    kind: 'receipt-status',
    origin: ORIGIN,
    size: 7,
    subject: DOCUMENT.receipt,
    asOf: 1000,
  } as const;
  const signed = signStatement(
    { ...head, validUntil },
    JSON.stringify(DOCUMENT),
    [{ key, sign: pair.sign }],
    sha256,
  );
  const file = join(folder, 'statement.json');
  writeFileSync(file, JSON.stringify(signed));
  return file;
}

const LATER = 4_000_000_000_000;

describe('bailee receipts verify', () => {
  it('says what a genuine statement says: state, reasons, coverage with minutes, amounts', async () => {
    const { code, stdout } = await bailee('receipts', 'verify', held(LATER), '--policy', policy);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        'WR-2026-0001 (a1a1a1a1…) pledged: Degraded since 1970-01-01T00:00:00.000Z',
        'count-overdue: the last count is too old',
        'coverage: 24 h 100.00 % (0.0 min gaps, unbroken) · 30 d 99.89 % (47.0 min gaps) · period 99.89 % (47.0 min gaps)',
        'attested / on receipt / floor: 12.5 t / 12.5 t / –',
      ]),
    );
  });

  it('says "not proven" of an expired one before anything else, in both languages, and shows no state', async () => {
    const file = held(2000);
    const english = await bailee('receipts', 'verify', file, '--policy', policy);
    expect(english.code).toBe(1);
    expect(english.stdout).toMatch(/^Not proven: this statement expired at 1970-01-01T00:00:02.000Z/);
    expect(english.stdout).not.toContain('Degraded');
    const chinese = await bailee('receipts', 'verify', file, '--policy', policy, '--lang', 'zh');
    expect(chinese.stdout).toMatch(/^未能证明/);
    const json = await bailee('receipts', 'verify', file, '--policy', policy, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'not-proven', subject: DOCUMENT.receipt });
  });

  it('refuses what is not genuine with 2, and a policy that is none with 78', async () => {
    const other = join(folder, 'other.json');
    writeFileSync(other, '{"format":"bailee/statement/v1","document":"{}","note":""}');
    expect(await bailee('receipts', 'verify', other, '--policy', policy)).toMatchObject({
      code: 2,
      stdout: 'Not genuine: it has a note that is not of a statement\n',
    });
    expect(await bailee('receipts', 'verify', held(LATER), '--policy', other)).toMatchObject({ code: 78 });
  });
});
