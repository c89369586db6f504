import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../test/evidence/primitives.ts';
import { fromHex, toHex } from './encodings.ts';
import { isWeakEd25519 } from './note-key.ts';

type Group = {
  readonly publicKey: { readonly pk: string };
  readonly tests: readonly { tcId: number; comment: string; msg: string; sig: string; result: string }[];
};

const { testGroups }: { testGroups: readonly Group[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/fixtures/vectors/ed25519/ed25519_test.json'), 'utf8'),
);
const cases = testGroups.flatMap((g) => g.tests.map((t) => ({ ...t, pk: g.publicKey.pk })));
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

const verifiers = {
  'node:crypto': nodePrimitives.verifyEd25519,
  noble: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
    signature.length === 64 && ed25519.verify(signature, message, publicKey, { zip215: false }),
};

describe.each(Object.entries(verifiers))('22: strict Ed25519 by %s', (_, verifyEd25519) => {
  it('agrees with all 151 cases of Wycheproof', () => {
    expect(cases).toHaveLength(151);
    const wrong = cases.filter(
      (c) => verifyEd25519(bytes(c.pk), bytes(c.msg), bytes(c.sig)) !== (c.result === 'valid'),
    );
    expect(wrong.map((c) => `${c.tcId} ${c.comment}`)).toEqual([]);
  });

  it('gives false for a key or signature of another length', () => {
    const good = cases.find((c) => c.result === 'valid');
    if (good === undefined) throw new Error('no valid case');
    expect(verifyEd25519(bytes(good.pk).slice(1), bytes(good.msg), bytes(good.sig).slice(1))).toBe(false);
    expect(verifyEd25519(bytes(good.pk), bytes(good.msg), Uint8Array.of(...bytes(good.sig), 0))).toBe(false);
  });
});

describe('22: keys that anyone can sign for', () => {
  it('are exactly the points of small order, for 32-byte encodings that decode', () => {
    const { Point } = ed25519;
    const order8 = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', true);
    let point = order8;
    for (let i = 1; i <= 8; i++, point = point.add(order8)) {
      expect(point.isSmallOrder()).toBe(true);
      expect([i, isWeakEd25519(point.toBytes())]).toEqual([i, true]);
    }
  });

  it('are refused in non-canonical forms, too: y = p, p + 1 … 2^255 - 1', () => {
    for (let low = 0xed; low <= 0xff; low++)
      for (const high of [0x7f, 0xff])
        expect(isWeakEd25519(Uint8Array.of(low, ...Array<number>(30).fill(0xff), high))).toBe(true);
    expect(isWeakEd25519(Uint8Array.of(0xeb, ...Array<number>(30).fill(0xff), 0x7f))).toBe(false);
  });

  it('do not include any key of Wycheproof', () => {
    expect(testGroups.map((g) => g.publicKey.pk).filter((pk) => isWeakEd25519(bytes(pk)))).toEqual([]);
    expect(toHex(bytes('00ff'))).toBe('00ff');
  });
});
