import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/evidence/encodings.ts';
import { isWeakEd25519 } from '../../src/evidence/note-key.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { browserPrimitives } from '../../src/web/verifier/primitives.ts';

const { Point } = ed25519;
const ORDER_8 = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', true);

type Vectors = {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
  }[];
};
const { testGroups }: Vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/vectors/ed25519/ed25519_test.json'), 'utf8'),
);
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n);
}

/** Signs with secrets of small numbers; key and R may carry a part of small order. */
function signCrookedly(keyPart: number, rPart: number, message: Uint8Array) {
  const [a, r] = [1_234_567n, 7_654_321n];
  const times = (n: number): typeof ORDER_8 => (n === 0 ? Point.ZERO : ORDER_8.multiplyUnsafe(BigInt(n)));
  const publicKey = Point.BASE.multiply(a).add(times(keyPart)).toBytes();
  const encodedR = Point.BASE.multiply(r).add(times(rPart)).toBytes();
  const k = littleEndian(sha512(concatBytes(encodedR, publicKey, message)));
  const s = Point.Fn.create(r + k * a);
  const signature = concatBytes(encodedR, Point.Fn.toBytes(s));
  return { publicKey, signature };
}

describe('Ed25519 in a browser', () => {
  it('agrees with all 151 cases of Wycheproof', () => {
    const cases = testGroups.flatMap((g) => g.tests.map((t) => ({ ...t, pk: g.publicKey.pk })));
    expect(cases).toHaveLength(151);
    const wrong = cases.filter(
      (c) => browserPrimitives.verifyEd25519(hex(c.pk), hex(c.msg), hex(c.sig)) !== (c.result === 'valid'),
    );
    expect(wrong).toEqual([]);
  });

  it('gives false for a key or signature of another length', () => {
    const { publicKey, signature } = signCrookedly(0, 0, hex('00'));
    expect(browserPrimitives.verifyEd25519(publicKey, hex('00'), signature)).toBe(true);
    expect(browserPrimitives.verifyEd25519(publicKey.slice(1), hex('00'), signature)).toBe(false);
    expect(browserPrimitives.verifyEd25519(publicKey, hex('00'), Uint8Array.of(...signature, 0))).toBe(false);
  });

  it('says what the command line says of keys and R with a part of small order, where the library alone does not', () => {
    let lenient = 0;
    for (let keyPart = 0; keyPart < 8; keyPart++)
      for (let rPart = 0; rPart < 8; rPart++) {
        const message = Uint8Array.of(keyPart, rPart);
        const { publicKey, signature } = signCrookedly(keyPart, rPart, message);
        // No list of small-order keys stops these.
        expect(isWeakEd25519(publicKey)).toBe(false);
        const said = nodePrimitives.verifyEd25519(publicKey, message, signature);
        expect(browserPrimitives.verifyEd25519(publicKey, message, signature)).toBe(said);
        if (ed25519.verify(signature, message, publicKey, { zip215: false }) && !said) lenient += 1;
      }
    expect(lenient).toBeGreaterThan(30);
  });

  it('says so however often a key is used: what is remembered of it changes nothing', () => {
    for (const [keyPart, rPart] of [
      [0, 0],
      [3, 0],
      [4, 4],
    ] as const)
      for (let n = 0; n < 30; n++) {
        const message = Uint8Array.of(n, keyPart, rPart);
        const { publicKey, signature } = signCrookedly(keyPart, rPart, message);
        const said = nodePrimitives.verifyEd25519(publicKey, message, signature);
        expect([keyPart, n, browserPrimitives.verifyEd25519(publicKey, message, signature)]).toEqual([
          keyPart,
          n,
          said,
        ]);
      }
  });
});
