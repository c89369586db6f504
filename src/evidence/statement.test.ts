import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ed25519FromSeed, nodePrimitives } from '../../test/evidence/primitives.ts';
import { utf8 } from './encodings.ts';
import { noteKey } from './note-key.ts';
import { startingPolicy, type Policy } from './policy.ts';
import { openStatement, signStatement, type StatementHead } from './statement.ts';

const { sha256 } = nodePrimitives;
const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';
const NOW = 1_767_225_600_000;
const pair = ed25519FromSeed(new Uint8Array(32).fill(1));
const key = noteKey(sha256, ORIGIN, 'ed25519', pair.publicKey);
const signers = [{ key, sign: pair.sign }];
const policy = startingPolicy(ORIGIN, key, 0, []);
const HEAD: StatementHead = {
  kind: 'receipt-status',
  origin: ORIGIN,
  size: 7,
  subject: 'a1'.repeat(32),
  asOf: NOW,
  validUntil: NOW + 300_000,
};
const DOCUMENT = JSON.stringify({ control: 'in-control', number: '仓单 7' });
const SIGNED = signStatement(HEAD, DOCUMENT, signers, sha256);

function open(statement: unknown, at = NOW, by: Policy = policy): ReturnType<typeof openStatement> {
  return openStatement(utf8(JSON.stringify(statement)), by, at, nodePrimitives);
}

function withRules(change: object): Policy {
  return new Map([...policy].map(([origin, rules]) => [origin, { ...rules, ...change }]));
}

function changed(from: string, to: string): unknown {
  return { ...SIGNED, note: SIGNED.note.replace(from, to) };
}

describe('a signed statement', () => {
  it('opens with its head and its document, and is expired after its end', () => {
    expect(open(SIGNED)).toEqual({ ok: true, head: HEAD, document: DOCUMENT, isExpired: false });
    expect(open(SIGNED, NOW + 300_000)).toMatchObject({ ok: true, isExpired: false });
    expect(open(SIGNED, NOW + 300_001)).toMatchObject({ ok: true, isExpired: true });
    const stock = signStatement(
      { ...HEAD, kind: 'stock', subject: '2026-11-24', validUntil: null },
      DOCUMENT,
      signers,
      sha256,
    );
    expect(open(stock, NOW * 2)).toMatchObject({ ok: true, isExpired: false });
  });

  it('is refused with any change of its document, its time or its subject', () => {
    for (const other of [
      { ...SIGNED, document: DOCUMENT.replace('in-control', 'breached') },
      { ...SIGNED, document: `${DOCUMENT} ` },
      changed(String(HEAD.validUntil), String(NOW + 900_000)),
      changed('a1a1', 'a2a1'),
      changed('size 7', 'size 8'),
      changed('receipt-status', 'stock'),
    ]) {
      expect(open(other)).toMatchObject({ ok: false });
    }
  });

  it('is refused from a key that the policy does not trust, or not for that time', () => {
    const stranger = ed25519FromSeed(new Uint8Array(32).fill(2));
    const forged = signStatement(
      HEAD,
      DOCUMENT,
      [{ key: noteKey(sha256, ORIGIN, 'ed25519', stranger.publicKey), sign: stranger.sign }],
      sha256,
    );
    expect(open(forged)).toMatchObject({ ok: false });
    expect(open(SIGNED, NOW, new Map())).toMatchObject({ ok: false });
    expect(open(SIGNED, NOW, withRules({ revokedFrom: 6 }))).toMatchObject({ ok: false });
    expect(open(SIGNED, NOW, withRules({ keys: [{ key, from: 0, to: 6 }] }))).toMatchObject({ ok: false });
    expect(open(SIGNED, NOW - 5001)).toMatchObject({ ok: false, why: 'is of 5001 ms from now' });
    expect(open(SIGNED, NOW - 5000)).toMatchObject({ ok: true });
  });

  it('is nothing else, and never throws', () => {
    for (const other of [
      null,
      [],
      {},
      { ...SIGNED, more: 1 },
      { ...SIGNED, format: 'bailee/verdict/v1' },
      { ...SIGNED, note: 3 },
    ]) {
      expect(open(other)).toMatchObject({ ok: false });
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(openStatement(bytes, policy, NOW, nodePrimitives).ok).toBe(false);
      }),
    );
  });

  it('is no head of the log', () => {
    expect(SIGNED.note.startsWith('bailee/statement/v1\n')).toBe(true);
  });
});
