import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnchoredLog, LOG_KEY } from '../../test/anchored-log.ts';
import { nodePrimitives } from '../../test/evidence/primitives.ts';
import { utf8 } from './encodings.ts';
import { checkFraud, findFraud, formatFraud, type Fraud, type FraudKey } from './fraud.ts';
import { noteKey } from './note-key.ts';

const { sha256 } = nodePrimitives;
const ORIGIN = 'a.example/gw/b0b1b2b3b4b5b6b7/0';
const honest = new AnchoredLog(ORIGIN);
const forked = new AnchoredLog(ORIGIN, { forkAt: 4 });
const OWN: FraudKey = { key: noteKey(sha256, ORIGIN, 'ed25519', LOG_KEY.publicKey), from: 0, to: null };

const check = (text: string, ...keys: FraudKey[]) =>
  checkFraud(utf8(text), (origin) => (origin === ORIGIN ? keys : []), nodePrimitives);

const find = (a: string, b: string, proof: readonly Uint8Array[]) => findFraud(a, b, proof, nodePrimitives);

/** Two heads of one size, or of two. */
function fraudOf(first: number, second: number): Fraud {
  const proof = first === second ? [] : forked.consistency(first, second);
  return { first: honest.note(first), second: forked.note(second), root: forked.rootAt(first), proof };
}

describe('a fraud file', () => {
  it.each([
    [5, 5],
    [5, 9],
    [7, 8],
    [8, 8],
    [8, 13],
    [100, 145],
  ])('proves that heads of size %i and %i are of two histories', (first, second) => {
    expect(check(formatFraud(fraudOf(first, second)), OWN)).toMatchObject({
      proved: true,
      origin: ORIGIN,
      first: { size: first, root: honest.rootAt(first) },
      second: { size: second, root: forked.rootAt(second) },
      otherRoot: forked.rootAt(first),
    });
  });

  it('proves nothing of two heads of one history', () => {
    for (const [first, second] of [
      [5, 9],
      [5, 5],
      [3, 4],
    ] as const) {
      const proof = honest.consistency(first, second);
      const one = { first: honest.note(first), second: honest.note(second), proof };
      const made = formatFraud({ ...one, root: honest.rootAt(first) });
      expect(check(made, OWN)).toMatchObject({ proved: false, code: 'NO_CONTRADICTION' });
      // An invented root is not what the proof shows.
      expect(check(formatFraud({ ...one, root: forked.rootAt(7) }), OWN)).toMatchObject({
        proved: false,
        code: 'NO_CONTRADICTION',
      });
    }
  });

  it('counts the keys of its reader alone, and only for the sizes they sign for', () => {
    const text = formatFraud(fraudOf(5, 9));
    expect(check(text)).toMatchObject({ code: 'ORIGIN_UNKNOWN' });
    const other = noteKey(sha256, ORIGIN, 'ed25519', sha256(utf8('another key')));
    expect(check(text, { ...OWN, key: other })).toMatchObject({ code: 'LOG_SIGNATURE' });
    expect(check(text, { ...OWN, to: 8 })).toMatchObject({ code: 'KEY_NOT_VALID' });
    expect(check(text, { ...OWN, from: 5 })).toMatchObject({ code: 'KEY_NOT_VALID' });
    expect(check(text, { ...OWN, from: 4, to: 9 })).toMatchObject({ proved: true });
  });

  it('is one text: each changed character of it is found, or changes nothing that counts', () => {
    const text = formatFraud(fraudOf(5, 9));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 33, max: 126 }), (at, code) => {
        const changed = `${text.slice(0, at)}${String.fromCharCode(code)}${text.slice(at + 1)}`;
        const verdict = check(changed, OWN);
        if (changed === text) expect(verdict.proved).toBe(true);
        // A space between fields may be any space; nothing else may be another character.
        else if (verdict.proved) expect(JSON.parse(changed)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['', 'FRAUD_FORMAT'],
    ['{}', 'FRAUD_FORMAT'],
    [formatFraud(fraudOf(5, 9)).replace('fraud/v1', 'fraud/v2'), 'FRAUD_FORMAT'],
    [formatFraud({ ...fraudOf(5, 9), root: new Uint8Array(31) }), 'FRAUD_FORMAT'],
    [
      formatFraud({ ...fraudOf(5, 9), proof: Array.from({ length: 64 }, () => new Uint8Array(32)) }),
      'FRAUD_FORMAT',
    ],
    [formatFraud({ ...fraudOf(5, 9), first: 'no note' }), 'NOTE_FORMAT'],
    [formatFraud({ ...fraudOf(5, 9), second: honest.note(4) }), 'NO_CONTRADICTION'],
  ])('with another form is refused: %.30s', (text, code) => {
    expect(check(text, OWN)).toMatchObject({ proved: false, code });
  });
});

describe('finding it', () => {
  it('two heads of one size, or a later one whose own proof shows another past', () => {
    for (const [first, second] of [
      [5, 5],
      [8, 8],
      [5, 9],
      [7, 20],
    ] as const) {
      const proof = first === second ? [] : forked.consistency(first, second);
      const found = findFraud(honest.note(first), forked.note(second), proof, nodePrimitives);
      expect(found && check(formatFraud(found), OWN)).toMatchObject({ proved: true });
    }
  });

  it('none where there is none, or where the proof shows nothing', () => {
    expect(find(honest.note(5), honest.note(9), honest.consistency(5, 9))).toBeNull();
    expect(find(honest.note(5), forked.note(9), honest.consistency(5, 9))).toBeNull();
    expect(find(honest.note(8), forked.note(9), forked.consistency(8, 9))).toBeNull();
    expect(find(honest.note(9), forked.note(5), [])).toBeNull();
    expect(find(honest.note(9), 'no note', [])).toBeNull();
  });
});
