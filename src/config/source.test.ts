import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSource, readSource } from './source.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-source-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function said(bytes: Uint8Array): string[] {
  const parsed = parseSource('f.yaml', bytes);
  return parsed.ok ? [] : parsed.problems.map((p) => `${p.line}:${p.column} ${p.message}`);
}

describe('a YAML file', () => {
  it('keeps what only looks like a number as it was written', () => {
    const parsed = parseSource(
      'f.yaml',
      utf8(
        'contract: 0x5FbDB2315678afecb367f032d93F642f64180aa3\nregister: 0x10\nid: 0123456789012345\nbig: 12345678901234567\nn: -3\nx: 1.5\non: yes\n',
      ),
    );
    expect(parsed.ok && parsed.value.value).toEqual({
      contract: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
      register: 16,
      id: '0123456789012345',
      big: '12345678901234567',
      n: -3,
      x: 1.5,
      on: 'yes',
    });
  });

  it('knows where each value and key stands, through aliases too, and how it was written', () => {
    const parsed = parseSource('f.yaml', utf8('a: &x\n  b: 0x10\nc:\n  - *x\n'));
    if (!parsed.ok) throw new Error('does not parse');
    const source = parsed.value;
    expect(source.place(['a', 'b'], 'value')).toEqual({ line: 2, column: 6 });
    expect(source.place(['a', 'b'], 'key')).toEqual({ line: 2, column: 3 });
    expect(source.place(['c', 0, 'b'], 'value')).toEqual({ line: 2, column: 6 });
    expect(source.place(['a', 'missing'], 'value')).toEqual({ line: 1, column: 1 });
    expect(source.written(['a', 'b'])).toBe('0x10');
    expect(source.written(['a'])).toBe('a map');
    expect(source.written(['a', 'missing'])).toBeUndefined();
  });

  it.each([
    ['a key twice', 'a: 1\nb: 2\na: 3\n', '3:1 this key stands twice in one map; keep one'],
    ['a tab', 'a:\n\tb: 1\n', '2:1 tabs cannot indent YAML; use spaces'],
    ['two documents', '---\na: 1\n---\nb: 2\n', '3:1 holds more than one YAML document; keep one'],
    ['nothing', '\n# only a comment\n', '1:1 is empty'],
    ['an unknown tag', 'a: !foo 1\n', '1:4 is not YAML: Unresolved tag: !foo'],
    ['an alias of itself', 'a: &a [*a]\n', '1:1 is nested more than 32 deep, or an alias holds itself'],
    [
      'deep nesting',
      `${'[1,'.repeat(40)}${']'.repeat(40)}`,
      '1:1 is nested more than 32 deep, or an alias holds itself',
    ],
    ['endless nesting', '['.repeat(200_000), '1:1 is nested more than 32 deep, or an alias holds itself'],
  ])('is refused with %s', (_, text, problem) => expect(said(utf8(text))).toEqual([problem]));

  it('is refused when its aliases multiply', () => {
    let bomb = 'a0: &a0 [x,x,x,x,x,x,x,x,x]\n';
    for (let i = 1; i < 9; i++)
      bomb += `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(',')}]\n`;
    expect(said(utf8(bomb))).toEqual([
      '1:1 is not YAML: Excessive alias count indicates a resource exhaustion attack',
    ]);
  });

  it('is refused at the line that is not UTF-8', () => {
    const bytes = Buffer.concat([utf8('a: 1\nb: 冷库\nc: '), Uint8Array.of(0xc0, 0xaf), utf8('\n')]);
    expect(said(bytes)).toEqual(['3:1 is not UTF-8 text; save it as UTF-8']);
  });

  it('is refused when it is missing, a folder or larger than 1 MiB', () => {
    writeFileSync(join(folder, 'large.yaml'), `a: "${'x'.repeat(1024 * 1024)}"\n`);
    const messages = [join(folder, 'none.yaml'), folder, join(folder, 'large.yaml')].map((file) => {
      const read = readSource(file);
      return read.ok ? '' : read.problems[0]?.message;
    });
    expect(messages).toEqual([
      'does not exist',
      'is a directory, not a file',
      'is larger than 1 MiB (1048582 bytes)',
    ]);
  });

  it('is a value or problems, never an exception, whatever the bytes', () => {
    const yamlish = fc.string({
      unit: fc.constantFrom(...'ab:-[]{},&*!|>#"\'\n\t 0x1?%@é冷'.split('')),
      maxLength: 80,
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), yamlish.map(utf8)), (bytes) => {
        const parsed = parseSource('f.yaml', bytes);
        return parsed.ok || parsed.problems.every((p) => p.file === 'f.yaml' && (p.line ?? 0) >= 1);
      }),
      { numRuns: 2000 },
    );
  });
});
