import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDeliver, decodeSubmit, encodeDeliver, encodeSubmit } from './pdu.ts';

const NUMBER = '+8613800138000';
const number = fc.stringMatching(/^\+[1-9][0-9]{6,14}$/);

describe('a short message', () => {
  it('is written as 3GPP TS 23.040 says', () => {
    expect(encodeSubmit(NUMBER, '你好', 7)).toEqual([
      { hex: '0011000D91683108108300F00008A7044F60597D', length: 19 },
    ]);
    const [first, second, ...rest] = encodeSubmit(NUMBER, '温'.repeat(100), 0x2a);
    expect(rest).toEqual([]);
    expect(first?.hex.slice(0, 48)).toBe('0051000D91683108108300F00008A78C0500032A02016E29');
    expect(second?.hex).toContain('0500032A0202');
  });

  it('is read as a phone sends it, in 7 bits', () => {
    // A capture of a GSM 7-bit DELIVER: "hellohello" from +31641600986, with its centre.
    const capture = '07911326040000F0040B911346610089F60000208062917314080AE8329BFD4697D9EC37';
    expect(decodeDeliver(capture)).toEqual({ number: '+31641600986', text: 'hellohello', part: null });
  });

  it('comes out as it went in, in parts that tear no sign apart', () => {
    const text = fc.string({ unit: 'binary', maxLength: 600 }).map((s) => s.toWellFormed());
    fc.assert(
      fc.property(number, text, fc.nat(255), (to, said, ref) => {
        const parts = encodeSubmit(to, said, ref);
        for (const { hex, length } of parts) expect(length).toBe(hex.length / 2 - 1);
        const read = parts.map(({ hex }) => decodeSubmit(hex));
        for (const { text: part, number: who } of read)
          expect([part.isWellFormed(), who]).toEqual([true, to]);
        const whole = read.map((r) => r.text).join('');
        if (parts.length < 10) expect(whole).toBe(said);
        else expect(said.startsWith(whole.replace(/…$/, ''))).toBe(true);
        if (parts.length > 1) {
          expect(read.map((r) => r.part)).toEqual(
            parts.map((_, i) => ({ ref, total: parts.length, no: i + 1 })),
          );
        }
      }),
    );
    fc.assert(
      fc.property(number, fc.string({ maxLength: 70 }), (from, said) => {
        expect(decodeDeliver(encodeDeliver(from, said))).toEqual({ number: from, text: said, part: null });
      }),
    );
  });

  it('of any bytes is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const read of [decodeDeliver, decodeSubmit]) {
          try {
            read(Buffer.from(bytes).toString('hex'));
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
