import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Heard } from '../talker/frame-scanner.ts';
import { encodeScan, LONGEST_SCAN, ScanReader, SUFFIXES, type ScanFormat } from './codec.ts';

/** Cases: a hundred thousand with every test run, more by BAILEE_FUZZ. */
const CASES = Number(process.env['BAILEE_FUZZ'] ?? 100_000);

vi.setConfig({ testTimeout: Math.max(30_000, CASES) });

const GS = '\x1d';
const any: ScanFormat = { suffix: 'any', prefix: '', fnc1: GS, encoding: 'utf-8' };
const framed: ScanFormat = { suffix: 'etx', prefix: '\x02', fnc1: '~', encoding: 'utf-8' };
const gb: ScanFormat = { ...any, encoding: 'gb18030' };

const heardBy = (format: ScanFormat, ...chunks: readonly (string | Uint8Array)[]): Heard<string>[] => {
  const reader = new ScanReader(format);
  return chunks.flatMap((c) => reader.push(typeof c === 'string' ? Buffer.from(c, 'latin1') : c));
};
const texts = (heard: readonly Heard<string>[]) => heard.map((h) => (h.ok ? h.value : `! ${h.detail}`));

describe('a code', () => {
  it.each<[string, ScanFormat, string, readonly string[]]>([
    ['ended by CR', any, 'AB-1\r', ['AB-1']],
    ['ended by LF', any, 'AB-1\nAB-2\n', ['AB-1', 'AB-2']],
    ['ended by both', any, 'AB-1\r\n\r\nAB-2\r\n', ['AB-1', 'AB-2']],
    ['with FNC1 and symbol', any, ']d2010950600013435210B7\x1d21A1\r', [']d2010950600013435210B7\x1d21A1']],
    ['in an envelope', any, '[)>\x1e06\x1d9N1\x1d1TA\x1e\x04\r', ['[)>\x1e06\x1d9N1\x1d1TA\x1e\x04']],
    ['in Chinese', any, Buffer.from('批号 A\r').toString('latin1'), ['批号 A']],
    // 0xC5 0xFA 0xBA 0xC5: GB 2312 of the same.
    ['in Chinese of GBK', gb, '\xc5\xfa\xba\xc5 A\r', ['批号 A']],
    ['between STX and ETX', framed, '\x02AB-1\x03\x02AB-2\x03', ['AB-1', 'AB-2']],
    ['with another FNC1', framed, '\x0210B7~21A\x03', ['10B7\x1d21A']],
    ['behind half of one', framed, '\x02AB-\x02AB-2\x03', ['AB-2']],
    ['behind a text', { ...any, prefix: 'S:' }, 'S:AB S:1\r', ['AB S:1']],
    ['ended by CR and LF only', { ...any, suffix: 'crlf' }, 'AB-1\r\n', ['AB-1']],
  ])('%s', (_, format, bytes, said) => {
    expect(texts(heardBy(format, bytes))).toEqual(said);
    expect(texts(heardBy(format, ...bytes.split('')))).toEqual(said);
  });

  it.each<[string, ScanFormat, string]>([
    ['! byte 0 in a code: is the baud rate right?', any, 'AB\x00-1\r'],
    ['! byte 13 in a code: is the baud rate right?', { ...any, suffix: 'lf' }, 'AB-1\r\n'],
    ['! byte 10 in a code: is the baud rate right?', { ...any, suffix: 'crlf' }, 'AB-1\nAB-2\r\n'],
    ['! a code without the prefix "\\u0002"', framed, 'AB-1\x03'],
    ['! a code without the prefix "S:"', { ...any, prefix: 'S:' }, 'XS:AB-1\r'],
    ['! a code that is no utf-8: is the baud rate right?', any, '\xfe\x81\r'],
    ['! a code that is no gb18030: is the baud rate right?', gb, '\xc5\r'],
  ])('is refused: %s', (said, format, bytes) => {
    const good = encodeScan('GOOD', format);
    expect(texts(heardBy(format, bytes, good))).toEqual([said, 'GOOD']);
  });

  it('that has no end within the longest symbol is refused once, and none of its rest is a code', () => {
    const heard = heardBy(any, '9'.repeat(3 * LONGEST_SCAN), '12345\rGOOD\r');
    expect(texts(heard)).toEqual([`! more than ${LONGEST_SCAN} bytes without the suffix`, 'GOOD']);
    expect(texts(heardBy(any, `${'9'.repeat(LONGEST_SCAN)}\r`))).toEqual(['9'.repeat(LONGEST_SCAN)]);
  });

  it('of which nothing more comes is refused, and is no part of the next', () => {
    const reader = new ScanReader({ ...any, suffix: 'crlf' });
    expect(reader.push(Buffer.from('AB-1'))).toEqual([]);
    expect(texts(reader.expire())).toEqual(['! 4 bytes without the suffix crlf']);
    expect(reader.expire()).toEqual([]);
    expect(texts(reader.push(Buffer.from('AB-2\r\n')))).toEqual(['AB-2']);
  });
});

const format = fc
  .record({
    suffix: fc.constantFrom(...SUFFIXES),
    prefix: fc.constantFrom('', '\x02', 'S:'),
    fnc1: fc.constantFrom(GS, '~'),
  })
  .map((f): ScanFormat => ({ ...f, encoding: 'utf-8' }));
const code = fc
  .array(fc.constantFrom(...'0123456789ABCxyz()]-/:?%é批'.split(''), GS), { minLength: 1, maxLength: 30 })
  .map((parts) => parts.join(''));

describe('codes in a stream', () => {
  it('are what was sent, in any chunks', () => {
    const run = fc.property(
      format,
      fc.array(code, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
      (f, said, sizes) => {
        const bytes = Buffer.concat(said.map((text) => encodeScan(text, f)));
        const reader = new ScanReader(f);
        const heard: Heard<string>[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          heard.push(...reader.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(texts(heard)).toEqual(said);
        expect(reader.kept).toBe(0);
      },
    );
    fc.assert(run, { numRuns: Math.ceil(CASES * 0.3) });
  });

  it('are not lost behind noise: the one that it spoils has an end', () => {
    const run = fc.property(
      format,
      fc.uint8Array({ maxLength: 40 }),
      code,
      code,
      (f, noise, first, second) => {
        const heard = texts(heardBy(f, noise, encodeScan(first, f), encodeScan(second, f)));
        expect(heard.at(-1)).toBe(second);
        // A control character as prefix spares even that one.
        if (f.prefix === '\x02') expect(heard.at(-2)).toBe(first);
      },
    );
    fc.assert(run, { numRuns: Math.ceil(CASES * 0.3) });
  });

  it('never keep more than one code has, whatever comes', () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.constant(Buffer.alloc(LONGEST_SCAN / 2, 0x39)),
    );
    const run = fc.property(format, fc.array(chunk, { maxLength: 6 }), (f, chunks) => {
      const reader = new ScanReader(f);
      for (const bytes of chunks) {
        reader.push(bytes);
        expect(reader.kept).toBeLessThanOrEqual(LONGEST_SCAN);
      }
    });
    fc.assert(run, { numRuns: Math.ceil(CASES * 0.01) });
  });
});
