import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementString } from './element-string.ts';
import { decodeEpc } from './epc.ts';
import { readScan, scannedBytes, scannedText } from './scanned.ts';

function meaning(text: string): string {
  const read = readScan(text);
  if (read.kind === 'raw') return `raw: ${read.why}`;
  return read.code.elements === null ? read.code.form : elementString(read.code.elements);
}

describe('a scan', () => {
  it.each([
    [']d2010950600013435217261231\x1d10B-7\x1d21A1', '(01)09506000134352(17)261231(10)B-7(21)A1'],
    [']C10109506000134352211234', '(01)09506000134352(21)1234'],
    [']Q3(01)09506000134352(21)A1', '(01)09506000134352(21)A1'],
    ['(01)09506000134352(10)B-7', '(01)09506000134352(10)B-7'],
    ['\x1d0109506000134352', '(01)09506000134352'],
    [']Q1https://id.gs1.org/01/09506000134352/21/A1?17=261231', '(01)09506000134352(21)A1(17)261231'],
    ['https://example.com/01/09506000134352/10/B-7', '(01)09506000134352(10)B-7'],
    [']E09506000134352', '(01)09506000134352'],
    [']E06901234567892', '(01)06901234567892'],
    [']E496385074', '(01)00000096385074'],
    [']I109506000134352', '(01)09506000134352'],
    ['3066C4409047E140075BCD15', '(01)09506000134352(21)123456789'],
  ])('%j is %s', (text, said) => expect(meaning(text)).toBe(said));

  it.each([
    // Another check digit: it is not the code of anything.
    [']d20109506000134353', 'check digit'],
    [']E06901234567893', 'check digit'],
    [']C0BOX-17', 'symbol ]C0 holds no GS1 code'],
    ['BOX-17', 'is not'],
    // An EAN-13 without its symbol, and an SGTIN in digits alone: both may be any number.
    ['6901234567892', ''],
    ['306644409047514007501234', 'digits alone'],
  ])('%j stays raw', (text, why) => {
    const read = readScan(text);
    expect(read.kind).toBe('raw');
    expect(read.kind === 'raw' && read.why).toContain(why);
  });

  it('never throws, and never says that another check digit is right', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(['code', 'raw']).toContain(readScan(text).kind);
      }),
      { numRuns: 2000 },
    );
    for (let digit = 0; digit <= 9; digit++) {
      expect(readScan(`]d2010950600013435${digit}`).kind).toBe(digit === 2 ? 'code' : 'raw');
    }
  });
});

describe('what a sighting keeps', () => {
  it('is the text again, and no tag', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (text) => {
        // What begins like the mark of ours is taken for it.
        fc.pre(!text.startsWith(']X0'));
        const kept = scannedBytes(text);
        expect(scannedText(kept)).toBe(text);
        expect(decodeEpc(kept).ok).toBe(false);
      }),
    );
  });

  it('of a tag is no text', () => {
    expect(scannedText(Uint8Array.of(0x30, 0x66, 0xc4))).toBeNull();
    expect(scannedText(Uint8Array.of(0x5d, 0x5d, 0x5d))).toBeNull();
  });

  it('begins with the symbol', () => {
    expect(Buffer.from(scannedBytes(']d2010')).toString()).toBe(']d2010');
    expect(Buffer.from(scannedBytes('010')).toString()).toBe(']X0010');
  });
});
