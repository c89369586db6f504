import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAnyCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { toHex, utf8 } from './encodings.ts';
import { formatNoteKey, parseNoteKey } from './note-key.ts';
import { openNote, parseNote, parseNoteLine } from './note.ts';
import { nodePrimitives } from '../../test/evidence/primitives.ts';

type Case = {
  readonly id: string;
  readonly vkeys: readonly string[];
  readonly note?: string;
  readonly noteHex?: string;
  readonly expect:
    | { readonly ok: false; readonly why: string }
    | {
        readonly ok: true;
        readonly verified: readonly string[];
        readonly unknown: number;
        readonly checkpoint?: {
          origin: string;
          size: string;
          rootHex: string;
          extensions: readonly string[];
        } | null;
        readonly cosignatures?: readonly { name: string; time: string }[];
      };
};
type Vectors = {
  readonly cases: readonly Case[];
  readonly vkeys: readonly { vkey: string; ok: boolean; why?: string }[];
  readonly parseOnly: readonly {
    note: string;
    checkpoint: { origin: string; size: string; rootHex: string };
    signatures: readonly { name: string; keyId: string; bytes: number }[];
  }[];
};

const vectors: Vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/fixtures/vectors/notes/notes.json'), 'utf8'),
);
const { sha256 } = nodePrimitives;

function bytesOf(c: Case): Uint8Array {
  return c.note === undefined ? Buffer.from(c.noteHex ?? '', 'hex') : utf8(c.note);
}

function keysOf(c: Case) {
  return c.vkeys.map((text) => {
    const parsed = parseNoteKey(sha256, text);
    if (!parsed.ok) throw new Error(`${text} ${parsed.why}`);
    return parsed.key;
  });
}

describe('signed notes of C2SP and golang.org/x/mod', () => {
  it('are all here', () => {
    expect([vectors.cases.length, vectors.vkeys.length, vectors.parseOnly.length]).toEqual([49, 11, 2]);
  });

  it.each(vectors.cases)('$id', (c) => {
    const opened = openNote(bytesOf(c), keysOf(c), nodePrimitives);
    if (!c.expect.ok) {
      expect(opened).toMatchObject({ ok: false });
      return;
    }
    if (!opened.ok) throw new Error(opened.why);
    const names = [...new Set(opened.verified.map((v) => v.key.name))];
    expect({ names, unknown: opened.unknown }).toEqual({
      names: c.expect.verified,
      unknown: c.expect.unknown,
    });
    const { checkpoint, cosignatures } = c.expect;
    if (checkpoint !== undefined) {
      const read = parseAnyCheckpoint(opened.text);
      expect(read && { ...read, size: String(read.size), root: toHex(read.root) }).toEqual(
        checkpoint && {
          origin: checkpoint.origin,
          size: checkpoint.size,
          root: checkpoint.rootHex,
          extensions: checkpoint.extensions,
        },
      );
    }
    if (cosignatures !== undefined)
      expect(
        opened.verified.filter((v) => v.at !== null).map((v) => ({ name: v.key.name, time: String(v.at) })),
      ).toEqual(cosignatures);
  });

  it.each(vectors.vkeys)('verifier key $vkey: $ok $why', ({ vkey, ok }) => {
    const parsed = parseNoteKey(sha256, vkey);
    expect(parsed.ok).toBe(ok);
    if (parsed.ok) expect(formatNoteKey(parsed.key)).toBe(vkey);
  });

  it.each(vectors.parseOnly)('published checkpoint of $checkpoint.size entries', (published) => {
    const parsed = parseNote(utf8(published.note));
    if (!parsed.ok) throw new Error(parsed.why);
    const checkpoint = parseAnyCheckpoint(parsed.note.text);
    expect([
      checkpoint?.origin,
      String(checkpoint?.size),
      toHex(checkpoint?.root ?? new Uint8Array()),
    ]).toEqual([published.checkpoint.origin, published.checkpoint.size, published.checkpoint.rootHex]);
    expect(
      parsed.note.lines.map((l) => ({
        name: l.name,
        keyId: toHex(l.decoded.slice(0, 4)),
        bytes: l.decoded.length - 4,
      })),
    ).toEqual(published.signatures.map(({ name, keyId, bytes }) => ({ name, keyId, bytes })));
  });
});

describe('limits of a note', () => {
  const line =
    vectors.cases
      .find((c) => c.id === 'checkpoint-8')
      ?.note?.split('\n')
      .at(-2) ?? '';

  it('takes 32 lines and refuses 33', () => {
    expect(parseNote(utf8(`a\n\n${`${line}\n`.repeat(32)}`)).ok).toBe(true);
    expect(parseNote(utf8(`a\n\n${`${line}\n`.repeat(33)}`))).toMatchObject({
      why: 'note with 33 signature lines',
    });
  });

  it('refuses 16,385 bytes', () => {
    expect(parseNote(utf8(`${'a'.repeat(16_384 - 3 - line.length)}\n\n${line}\n`)).ok).toBe(false);
    expect(parseNote(utf8(`${'a'.repeat(16_384 - 3 - utf8(line).length)}\n\n${line}\n`)).ok).toBe(true);
  });

  it('reads a single line as a witness answers it', () => {
    expect(parseNoteLine(line)?.name).toBe('log.example/gw/01');
    expect(parseNoteLine(`${line} `)).toBeNull();
  });
});

describe('checkpoints of a gateway', () => {
  const root = createHash('sha256').update('').digest('base64');
  const text = (origin: string, size: string): string => `${origin}\n${size}\n${root}\n`;
  const origin = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';

  it('have the origin form of section 4.5, a safe size and no extension', () => {
    expect(parseCheckpoint(text(origin, '1'))).toMatchObject({ origin, size: 1 });
    for (const other of [
      'log.example/gw/01',
      origin.toUpperCase(),
      `${origin}0/1`,
      origin.replace(/0$/, '65536'),
      origin.replace(/0$/, '01'),
      `${'a'.repeat(80)}/gw/b0b1b2b3b4b5b6b7/0`,
    ])
      expect([other, parseCheckpoint(text(other, '1'))]).toEqual([other, null]);
    expect(parseCheckpoint(text(origin, '9007199254740993'))).toBeNull();
    expect(parseCheckpoint(`${text(origin, '1')}extension\n`)).toBeNull();
  });
});
