import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Elements } from './application-identifiers.ts';
import { checkDigit } from './characters.ts';
import { digitalLink, parseDigitalLink } from './digital-link.ts';
import { elementString, parseElementString } from './element-string.ts';
import { readCode, type CodeHints } from './read-code.ts';

const NOTHING: CodeHints = { prefixLength: null, pc: null };
const GS = '\x1d';
/** Cases of each property: a hundred thousand over all with every test run, more by BAILEE_FUZZ. */
const FUZZ = Math.ceil(Number(process.env['BAILEE_FUZZ'] ?? 100_000) / 4);
const FUZZ_MS = 30_000 + FUZZ / 10;

function elementsOf(text: string, hints: CodeHints = NOTHING): unknown {
  const read = readCode(text, hints);
  return read.kind === 'code' ? read.code.elements : read.why;
}

const PRODUCT: Elements = [
  ['01', '09506000134352'],
  ['17', '261231'],
  ['10', 'LOT42'],
  ['21', '32a/b'],
];

describe('what scanners send', () => {
  it.each([
    ['as printed', '(01)09506000134352(17)261231(10)LOT42(21)32a/b'],
    ['from a DataMatrix', `]d201095060001343521726123110LOT42${GS}2132a/b`],
    ['from a GS1-128', `]C101095060001343521726123110LOT42${GS}2132a/b`],
    ['from a QR Code', `]Q301095060001343521726123110LOT42${GS}2132a/b`],
    ['with FNC1 at the start and the end', `${GS}010950600013435217261231${GS}10LOT42${GS}2132a/b${GS}`],
    ['without any prefix', `01095060001343521726123110LOT42${GS}2132a/b`],
  ])('%s', (_, text) => {
    expect(elementsOf(text)).toEqual(PRODUCT);
  });

  it('keeps a parenthesis that belongs to a value', () => {
    expect(elementsOf('(01)09506000134352(21)a(5)b(99')).toEqual([
      ['01', '09506000134352'],
      ['21', 'a(5)b(99'],
    ]);
  });

  it.each([
    ['(01)09506000134353(21)1', '(01) 09506000134353: the check digit is 3, it should be 2'],
    ['(01)0950600013435(21)1', '(01) has 14 digits, not "0950600013435"'],
    ['(05)123', 'there is no application identifier 05'],
    ['(01)09506000134352(17)261301', '(17) 261301 is not a date YYMMDD'],
    ['(01)09506000134352(21)grün', '(21) has up to 20 characters, not "grün"'],
    ['(01)09506000134352(01)95012345678903', '(01) stands twice: 09506000134352 and 95012345678903'],
    [']d201095060001343', '(01) has 14 characters, there are "095060001343"'],
    [`]d2010950600${GS}134352`, '(01) has 14 characters, there are "0950600<GS>134352"'],
    [
      ']E05901234123457',
      expect.stringContaining('symbol ]E0 holds no GS1 element strings; these do: ]C1 GS1-128'),
    ],
    ['hello', expect.stringContaining('"hello" is not hexadecimal tag memory, a URI')],
    ['', expect.stringContaining('"" is not hexadecimal')],
    ['(01', expect.stringContaining('does not begin with an application identifier in parentheses')],
  ])('%s is refused with the reason', (text, why) => {
    expect(elementsOf(text)).toEqual(why);
  });
});

describe('a Digital Link', () => {
  it.each([
    'https://id.gs1.org/01/09506000134352/10/LOT42/21/32a%2Fb?17=261231',
    'http://shop.example/some/path/01/09506000134352/10/LOT42/21/32a%2fb?17=261231&linkType=all#top',
    ']Q1https://id.gs1.org/01/9506000134352/10/LOT42/21/32a%2Fb/?17=261231',
  ])('%s is read', (text) => {
    const elements = elementsOf(text);
    expect(Object.fromEntries(elements as Elements)).toEqual(Object.fromEntries(PRODUCT));
  });

  it.each([
    ['https://example.com/', '"https://example.com/" has no GS1 key in its path, such as /01/09506000134352'],
    ['https://example.com', '"https://example.com" is not a web address with a path'],
    ['https://id.gs1.org/01/09506000134352/17/261231', '/17/ may not follow the key /01/ in a path'],
    ['https://id.gs1.org/01/09506000134352?05=1', 'there is no application identifier 05'],
    ['https://id.gs1.org/01/09506000134352/21/%2', '"%2" has a % without two hexadecimal digits'],
    ['https://id.gs1.org/01/09506000134353', '(01) 09506000134353: the check digit is 3, it should be 2'],
  ])('%s is refused with the reason', (text, why) => {
    expect(elementsOf(text)).toBe(why);
  });
});

describe('digits alone', () => {
  it('are an element string or a tag, whichever is right', () => {
    expect(elementsOf('00095201234567891235')).toEqual([['00', '095201234567891235']]);
    expect(readCode('350000000000000000000000', NOTHING)).toMatchObject({
      kind: 'code',
      code: { form: 'tag' },
    });
    expect(readCode('00095201234567891236', NOTHING)).toMatchObject({
      kind: 'raw',
      raw: '00095201234567891236',
    });
  });

  it('are refused where both are right, and told apart by their beginning', () => {
    const both = '310000000020003001000000';
    expect(readCode(both, NOTHING)).toEqual({
      kind: 'refused',
      why: `"${both}" is right as a tag and as an element string: begin it with 0x, or with ]C1`,
    });
    expect(readCode(`0x${both}`, NOTHING)).toMatchObject({ code: { epc: { scheme: 'SSCC-96' } } });
    expect(elementsOf(`]C1${both}`)).toEqual([
      ['3100', '000000'],
      ['20', '00'],
      ['30', '01000000'],
    ]);
  });
});

describe('the length of the company prefix', () => {
  it('gives element strings and "+" tags their identity', () => {
    const hints = { prefixLength: 11, pc: null };
    const identity = { type: 'sgtin', parts: ['95060001343', '05', '32a/b'] };
    expect(readCode('(01)09506000134352(21)32a/b', hints)).toMatchObject({ code: { identity } });
    expect(readCode('F7009506000134352 8566CB0AFC4'.replace(' ', ''), hints)).toMatchObject({
      code: { identity },
    });
    expect(readCode('(01)09506000134352(21)32a/b', NOTHING)).toMatchObject({ code: { identity: null } });
  });

  it('that does not fit is refused', () => {
    expect(readCode('(8004)0614141', { prefixLength: 7, pc: null })).toEqual({
      kind: 'refused',
      why: 'with a company prefix of 7 digits the reference of giai is 1 to 23 characters, not ""',
    });
  });
});

const serial = fc.stringMatching(/^[!"%-?A-Z_a-z]{1,20}$/);
const gtin = fc.stringMatching(/^\d{13}$/).map((digits) => digits + checkDigit(digits));
/** A serial in which no application identifier in parentheses stands, as one cannot print it. */
const printable = serial.filter((text) => !/\(\d{2,4}\)/.test(text));

describe('any product', () => {
  it('is the same after printing and reading, and after its link', () => {
    fc.assert(
      fc.property(gtin, printable, printable, (item, lot, number) => {
        const elements: Elements = [
          ['01', item],
          ['10', lot],
          ['21', number],
        ];
        expect(parseElementString(elementString(elements))).toEqual({ ok: true, value: elements });
        expect(parseElementString(`]d201${item}10${lot}${GS}21${number}`)).toEqual({
          ok: true,
          value: elements,
        });
        expect(parseDigitalLink(digitalLink(elements) ?? '')).toEqual({ ok: true, value: elements });
      }),
      { numRuns: 2000 },
    );
  });

  it(
    'or any text is read or refused, never an error',
    () => {
      const texts = fc.oneof(
        fc.string(),
        fc.stringMatching(/^\((01|21|10|253|8003)\).{0,30}$/),
        fc.stringMatching(/^\][A-Za-z][0-9][|0-9A-Za-z()]{0,40}$/).map((text) => text.replaceAll('|', GS)),
        fc.stringMatching(/^urn:epc:(id|tag|class):(sgtin|sscc|grai-96|adi-var|gid-96):[0-9A-Za-z.%]{0,40}$/),
        fc.stringMatching(/^https:\/\/a\/(01|00|8004)\/[0-9A-Z%/?=&]{0,40}$/),
        fc.stringMatching(/^[0-9A-F]{1,60}$/),
      );
      fc.assert(
        fc.property(texts, fc.option(fc.integer({ min: 6, max: 12 })), (text, prefixLength) => {
          const read = readCode(text, { prefixLength, pc: null });
          if (read.kind !== 'code') expect(read.why).not.toBe('');
        }),
        { numRuns: FUZZ },
      );
    },
    FUZZ_MS,
  );
});
