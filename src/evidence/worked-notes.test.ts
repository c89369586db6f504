import { secp256k1 } from '@noble/curves/secp256k1.js';
import { describe, expect, it } from 'vitest';
import { ed25519FromSeed, nodePrimitives } from '../../test/evidence/primitives.ts';
import { checkpointText, logId } from './checkpoint.ts';
import { fromHex, toHex, utf8 } from './encodings.ts';
import { verifyLedgerSignature } from './ledger-line.ts';
import { noteKey } from './note-key.ts';
import { cosign, openNote, parseNote, signNote } from './note.ts';

/** The first checkpoint of evidence section 4.7, cosigned at 1767226205 s. */
const EXPECTED = `consortium.example/gw/b0b1b2b3b4b5b6b7/0
1
sEHZ9dO96asZAU9El7AhJg8sTthgMbs1Wl9BOWXIF+g=

— consortium.example/gw/b0b1b2b3b4b5b6b7/0 2roQtVfm2sQonjKaOi4nZbcdMHoeUSG4uwgF8TTVjhS9FE2BuAbqYJOl50gBeb9m97SI3pg1BA+ouHOkZR+qTlHKHwE=
— consortium.example/gw/b0b1b2b3b4b5b6b7/0 v99E0na+3fpyGe12aQhnW2qUAsk4BMTc9Otkw5FhDLk7k7W7b2UhgF/udcnPqrJ9GfD/KZlW9yHZA+1sMdMCIB8Gzvob
— witness.example/bank bfLbeAAAAABpVbtdTVCN9aL8hw4PgsZJ9ft4LFDGsBQGGcBPCgFxUCn0k+oYv7SoQr1ibJqCdEF6QkJYZo6n3cBNxb0z5JoHcmXEAQ==
`;
const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';
const ROOT = fromHex('b041d9f5d3bde9ab19014f4497b021260f2c4ed86031bb355a5f413965c817e8') ?? new Uint8Array();
const { sha256 } = nodePrimitives;

const log = ed25519FromSeed(Uint8Array.from({ length: 32 }, (_, i) => i));
const bank = ed25519FromSeed(Uint8Array.from({ length: 32 }, (_, i) => 0x20 + i));
const ledgerSecret = new Uint8Array(32).fill(1);
const logKey = noteKey(sha256, ORIGIN, 'ed25519', log.publicKey);
const ledgerKey = noteKey(sha256, ORIGIN, 'ledger', secp256k1.getPublicKey(ledgerSecret, false));
const bankKey = noteKey(sha256, 'witness.example/bank', 'cosignature', bank.publicKey);

function signLedger(digest: Uint8Array): Uint8Array {
  const recovered = secp256k1.sign(digest, ledgerSecret, { prehash: false, lowS: true, format: 'recovered' });
  return Uint8Array.of(...recovered.slice(1), 27 + (recovered[0] ?? 0));
}

describe('the first checkpoint of the worked example', () => {
  const text = checkpointText(ORIGIN, 1, ROOT);

  it('is made byte for byte', () => {
    const note = signNote(
      text,
      [
        { key: logKey, sign: log.sign },
        { key: ledgerKey, sign: signLedger },
      ],
      sha256,
    );
    expect(note + cosign(text, 1767226205, { key: bankKey, sign: bank.sign })).toBe(EXPECTED);
  });

  it('opens with all three keys, and with any one of them', () => {
    const all = openNote(utf8(EXPECTED), [logKey, ledgerKey, bankKey], nodePrimitives);
    expect(all).toMatchObject({
      ok: true,
      unknown: 0,
      verified: [{ at: null }, { at: null }, { at: 1767226205 }],
    });
    for (const key of [logKey, ledgerKey, bankKey])
      expect(openNote(utf8(EXPECTED), [key], nodePrimitives)).toMatchObject({ ok: true, unknown: 2 });
  });

  it('is no longer a note of its keys after any flipped bit of a signature', () => {
    const parsed = parseNote(utf8(EXPECTED));
    if (!parsed.ok) throw new Error(parsed.why);
    for (const [i, key] of [logKey, ledgerKey, bankKey].entries()) {
      const encoded =
        EXPECTED.split('\n')
          .at(4 + i)
          ?.split(' ')
          .at(-1) ?? '';
      const decoded = parsed.note.lines[i]?.decoded ?? new Uint8Array();
      for (let bit = 32; bit < decoded.length * 8; bit += 7) {
        const flipped = decoded.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const note = EXPECTED.replace(encoded, Buffer.from(flipped).toString('base64'));
        expect([i, bit, openNote(utf8(note), [key], nodePrimitives).ok]).toEqual([i, bit, false]);
      }
    }
  });

  it('names the log on a ledger by H(origin)', () => {
    expect(toHex(logId(sha256, ORIGIN))).toBe(toHex(sha256(utf8(ORIGIN))));
  });
});

describe('the ledger line', () => {
  const digest = sha256(utf8('text\n'));
  const good = signLedger(digest);
  const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

  it('is refused with high s, another v, another length or r = 0', () => {
    expect(verifyLedgerSignature(ledgerKey.publicKey, digest, good)).toBe(true);
    const s = BigInt(`0x${toHex(good.slice(32, 64))}`);
    const high = fromHex((N - s).toString(16).padStart(64, '0')) ?? new Uint8Array();
    const v = good[64] ?? 0;
    for (const wrong of [
      Uint8Array.of(...good.slice(0, 32), ...high, 55 - v),
      Uint8Array.of(...good.slice(0, 64), 55 - v),
      Uint8Array.of(...good.slice(0, 64), 29),
      Uint8Array.of(...good.slice(0, 64), v - 27),
      good.slice(0, 64),
      Uint8Array.of(...new Uint8Array(32), ...good.slice(32)),
    ])
      expect(verifyLedgerSignature(ledgerKey.publicKey, digest, wrong)).toBe(false);
  });
});
