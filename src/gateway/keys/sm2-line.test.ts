import { describe, expect, it } from 'vitest';
import { seedSigner } from '../../anchoring/signer.ts';
import { sm2Key } from '../../anchoring/sm2-key.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { formatNoteKey, noteKey } from '../../evidence/note-key.ts';
import { openNote, signNote } from '../../evidence/note.ts';
import { nodePrimitives, sha256 } from '../site/primitives.ts';
import { keepSm2Key, sm2KeysOf, withSm2Line } from './sm2-line.ts';

const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';
const keyOf = (n: number) => sm2Key(new Uint8Array(32).fill(n));
const noted = (n: number) => formatNoteKey(noteKey(sha256, ORIGIN, 'sm2', keyOf(n).publicKey));

/** What the journal says to a start: how large the log is, and whether its head is signed. */
class Log {
  readonly #notes = new Map<string, string>();
  newest = 0;
  signed = true;
  meta = (key: string): string | null => this.#notes.get(key) ?? null;
  putMeta = (key: string, value: string): void => void this.#notes.set(key, value);
  size = (): number => this.newest;
  note = (): string | null => (this.signed ? 'a note' : null);

  /** A start at this size, with this key or none; gives all intervals. */
  start(newest: number, n: number | null, signed = true): [string, number, number | null][] {
    this.newest = newest;
    this.signed = signed;
    keepSm2Key(this, ORIGIN, n === null ? null : keyOf(n));
    return sm2KeysOf(this).map(({ key, from, to }) => [formatNoteKey(key), from, to]);
  }
}

describe('which SM2 key signs heads of which sizes', () => {
  it('is kept from the size at which it was configured to the one at which it went', () => {
    const log = new Log();
    expect(log.start(0, null)).toEqual([]);
    expect(log.start(10, 3)).toEqual([[noted(3), 10, null]]);
    expect(log.start(20, 3)).toEqual([[noted(3), 10, null]]);
    expect(log.start(30, 4)).toEqual([
      [noted(3), 10, 30],
      [noted(4), 30, null],
    ]);
    expect(log.start(40, null)).toEqual([
      [noted(3), 10, 30],
      [noted(4), 30, 40],
    ]);
    expect(log.start(50, 3).at(-1)).toEqual([noted(3), 50, null]);
  });

  it('counts a head that waits for its signature to the key that will make it', () => {
    const log = new Log();
    log.start(5, 3);
    expect(log.start(9, 4, false)).toEqual([
      [noted(3), 5, 8],
      [noted(4), 8, null],
    ]);
  });

  it('forgets a key that never signed a head', () => {
    const log = new Log();
    log.start(5, 3);
    expect(log.start(5, 4)).toEqual([[noted(4), 5, null]]);
    expect(log.start(5, null)).toEqual([]);
  });

  it('is refused when the list is no list', () => {
    const log = new Log();
    for (const text of [
      '{',
      '{}',
      '[{"key":"x","from":0,"to":null}]',
      `[{"key":"${noted(3)}","from":-1,"to":null}]`,
    ]) {
      log.putMeta('sm2-keys', text);
      expect(() => sm2KeysOf(log)).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
    }
  });
});

describe('a note with an SM2 line', () => {
  it('opens with either key', () => {
    const log = seedSigner(new Uint8Array(32).fill(1));
    const logKey = noteKey(sha256, ORIGIN, 'ed25519', log.publicKey);
    const keys = {
      tailSigner: () => log,
      noteSigners: () => [{ key: logKey, sign: (text: Uint8Array) => log.sign(text) }],
    };
    expect(withSm2Line(keys, ORIGIN, null)).toBe(keys);
    const both = withSm2Line(keys, ORIGIN, keyOf(3));
    const note = utf8(signNote('text\n', both.noteSigners(1), sha256));
    const line = noteKey(sha256, ORIGIN, 'sm2', keyOf(3).publicKey);
    for (const key of [logKey, line])
      expect(openNote(note, [key], nodePrimitives)).toMatchObject({ ok: true, unknown: 1 });
    expect(openNote(note, [logKey, line], nodePrimitives)).toMatchObject({ ok: true, unknown: 0 });
    expect(both.tailSigner(0)).toBe(log);
  });
});
