import type { Verdict } from '../../src/evidence/verdict.ts';
import { decodeSequence, encode } from '../../src/evidence/cbor.ts';
import { bytesEqual, fromUtf8, toHex } from '../../src/evidence/encodings.ts';
import { strength } from '../../src/evidence/verdict.ts';
import { readZip } from '../../src/evidence/zip.ts';
import { primitives, type Honest } from './corpus.ts';

/**
 * Null if this verdict about a changed bundle may stand beside those of the honest ones of its log,
 * else what is wrong. It looks at the bytes, not at how the verifier came to its verdict.
 */
export function wrongIn(changed: Uint8Array, verdict: Verdict, honest: readonly Honest[]): string | null {
  if (verdict.evidence === 'invalid') {
    if (verdict.failure === null) return 'invalid without a failure';
    return verdict.answer === 'undecided' ? null : `invalid, and the answer is ${verdict.answer}`;
  }
  const zip = readZip(changed, primitives.inflate);
  if (!zip.ok) return `valid, but no bundle: ${zip.why}`;
  const begin = firstBlockOf(zip.files.get('log.cbor') ?? new Uint8Array());
  for (const [name, bytes] of zip.files) {
    const signed = honest.flatMap((h) => h.files.get(name) ?? []);
    if (!isSigned(name, bytes, signed, begin)) return `valid, but ${name} says what nobody signed`;
  }
  const most = Math.max(...honest.map((h) => strength(h.verdict)));
  const answers = new Set(['undecided', ...honest.map((h) => h.verdict.answer)]);
  return strength(verdict) > most || !answers.has(verdict.answer)
    ? `valid, and the answer became ${verdict.answer} (${verdict.because.join()})`
    : null;
}

/** Number of the first block that is shown. */
function firstBlockOf(log: Uint8Array): number {
  const [head] = decodeSequence(log);
  return Array.isArray(head) ? Number(head[0]) : NaN;
}

/** Whether all that counts in this file is in one of those that were signed under its name. */
function isSigned(name: string, bytes: Uint8Array, signed: readonly Uint8Array[], begin: number): boolean {
  if (name === 'bundle.json') return true;
  // Leaf by leaf: fewer of them are an honest disclosure, too.
  if (name.endsWith('/some.cbor')) {
    const known = new Set(signed.flatMap((own) => itemsOf(own)));
    return itemsOf(bytes).every((item) => known.has(item));
  }
  if (name !== 'checkpoint' && !name.startsWith('heads/'))
    return signed.some((own) => bytesEqual(bytes, own));
  const [text, all] = noteOf(bytes);
  // Under a head of the blocks shown only witnesses say anything: its root follows from the checkpoint.
  const isImplied = name !== 'checkpoint' && Number(name.slice('heads/'.length)) >= begin;
  const [origin = ''] = text.split('\n');
  const lines = all.filter((line) => !isImplied || line.split(' ')[1] !== origin);
  const notes = signed.map((own) => noteOf(own)).filter(([ownText]) => ownText === text);
  const ownLines = notes.flatMap(([, own]) => own);
  // Lines under other names or key ids are nobody's that the policy knows.
  const known = new Set(ownLines.map((line) => nameAndId(line)));
  return notes.length > 0 && lines.every((line) => !known.has(nameAndId(line)) || ownLines.includes(line));
}

function itemsOf(bytes: Uint8Array): readonly string[] {
  return decodeSequence(bytes).map((item) => toHex(encode(item)));
}

function noteOf(bytes: Uint8Array): readonly [text: string, lines: readonly string[]] {
  const whole = fromUtf8(bytes) ?? '';
  const split = whole.indexOf('\n\n') + 1;
  return [whole.slice(0, split), whole.slice(split + 1).split('\n')];
}

/** The key id is the first four bytes, five characters and a part of the sixth. */
function nameAndId(line: string): string {
  const [, name = '', encoded = ''] = line.split(' ');
  return `${name} ${Buffer.from(encoded, 'base64').subarray(0, 4).toString('hex')}`;
}
