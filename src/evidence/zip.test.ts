import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflate, nodePrimitives } from '../../test/evidence/primitives.ts';
import { toHex, utf8 } from './encodings.ts';
import { writeZip, ZipWriter, MemorySink } from './zip-writer.ts';
import { readZip } from './zip.ts';

const { inflate } = nodePrimitives;
const FILES = [
  { name: 'b/long', bytes: utf8('warm '.repeat(30)) },
  { name: 'a', bytes: utf8('short') },
  { name: 'b/empty', bytes: new Uint8Array() },
];

function never(): Uint8Array {
  throw new Error('inflate was called');
}

function patch(zip: Uint8Array, from: number, value: number): Uint8Array {
  const patched = zip.slice();
  new DataView(patched.buffer).setUint32(from, value, true);
  return patched;
}

describe('the framing of a bundle', () => {
  it('gives back what was put in, in ascending order', () => {
    const read = readZip(writeZip(FILES, deflate), inflate);
    if (!read.ok) throw new Error(read.why);
    expect([...read.files].map(([name, bytes]) => [name, toHex(bytes)])).toEqual(
      ['a', 'b/empty', 'b/long'].map((n) => [n, toHex(FILES.find((f) => f.name === n)?.bytes ?? utf8('?'))]),
    );
  });

  it('opens the empty archive', () => {
    expect(readZip(writeZip([], deflate), inflate)).toMatchObject({ ok: true });
  });

  it('stores what would deflate beyond the ratio that a reader allows', () => {
    const bytes = new Uint8Array(1_000_000);
    const zip = writeZip([{ name: 'zeros', bytes }], deflate);
    expect(zip.length).toBeGreaterThan(1_000_000);
    expect(readZip(zip, inflate).ok).toBe(true);
  });

  it('writes an entry of any length in parts, none of which deflates beyond the ratio', () => {
    const sink = new MemorySink();
    const zip = new ZipWriter(sink, deflate);
    const piece = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);
    zip.file({ name: 'a', bytes: utf8('short') });
    zip.begin('long');
    for (let i = 0; i < 1000; i++) zip.write(piece);
    zip.end();
    zip.begin('zeros');
    for (let i = 0; i < 1000; i++) zip.write(new Uint8Array(1000));
    zip.end();
    expect(() => zip.begin('mean')).toThrow('mean stands after zeros');
    zip.finish();
    const read = readZip(sink.take(), inflate);
    if (!read.ok) throw new Error(read.why);
    const long = read.files.get('long');
    expect(long?.length).toBe(1_000_000);
    expect(long?.subarray(999_000)).toEqual(piece);
    expect(read.files.get('zeros')).toEqual(new Uint8Array(1_000_000));
  });

  it('finds every flipped bit, or gives the same files (what deflate chose)', () => {
    const zip = writeZip(FILES, deflate);
    const before = readZip(zip, inflate);
    for (let bit = 0; bit < zip.length * 8; bit++) {
      const flipped = zip.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const read = readZip(flipped, inflate);
      if (read.ok) expect([bit, read]).toEqual([bit, before]);
    }
  });

  it('refuses bytes before, between and after, a second entry of one name, another order', () => {
    const zip = writeZip(FILES, deflate);
    const one = writeZip([{ name: 'a', bytes: utf8('x') }], deflate);
    for (const wrong of [
      Uint8Array.of(0, ...zip),
      Uint8Array.of(...zip, 0),
      zip.slice(0, -1),
      Uint8Array.of(...one.slice(0, 32), 0, ...one.slice(32)),
    ])
      expect(readZip(wrong, inflate)).toMatchObject({ ok: false, limit: false });
    expect(() => writeZip([...FILES, { name: 'a', bytes: utf8('again') }], deflate)).toThrow(
      'a stands after a',
    );
    const twice = writeZip(
      ['a', 'b'].map((name) => ({ name, bytes: utf8('x') })),
      deflate,
    );
    for (const at of [62, 157]) twice[at] = 0x61;
    expect(readZip(twice, inflate)).toMatchObject({ ok: false, limit: false, why: 'a stands after a' });
  });

  it('never throws for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => !readZip(bytes, inflate).ok));
  });

  it('refuses too many files, too many bytes and a bomb, before unpacking', () => {
    const bomb = writeZip([{ name: 'a', bytes: utf8('warm '.repeat(30)) }], deflate);
    const central = bomb.length - 22 - 47;
    const sized = (length: number): Uint8Array => patch(patch(bomb, 22, length), central + 24, length);
    expect(readZip(sized(300_000_000), never)).toMatchObject({ limit: true });
    expect(readZip(sized(10_000), never)).toMatchObject({ limit: true, why: 'a unpacks beyond ratio 200' });
    const many = Array.from({ length: 4097 }, (_, i) => ({ name: `f${i}`, bytes: new Uint8Array() }));
    expect(() => writeZip(many, deflate)).toThrow('4097 files');
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  it.skipIf(!python)(
    `opens in Python's zipfile${python ? '' : ' (skipped: python3 is not installed)'}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'bailee-zip-'));
      try {
        writeFileSync(join(folder, 'a.zip'), writeZip(FILES, deflate));
        const script =
          'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print(z.testzip());z.extractall(sys.argv[2])';
        const out = execFileSync('python3', ['-c', script, join(folder, 'a.zip'), folder], {
          encoding: 'utf8',
        });
        expect(out.trim()).toBe('None');
        expect(readFileSync(join(folder, 'b/long'), 'utf8')).toBe('warm '.repeat(30));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
