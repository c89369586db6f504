import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalNumber } from './canonical-number.ts';
import { canonicalTime } from './canonical-time.ts';
import { canonicalUri } from './canonical-uri.ts';

describe('a number', () => {
  it.each([
    ['0001', '1'],
    ['+5.50', '5.5'],
    ['-0', '0'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['1E3', '1000'],
    ['12.5e-3', '0.0125'],
    ['1.5e1', '15'],
    ['12345678901234567890.10', '12345678901234567890.1'],
    ['', null],
    ['.', null],
    ['-', null],
    ['1,5', null],
    ['0x10', null],
    ['2026-01-31', null],
    ['NaN', null],
  ])('%j is %j', (text, expected) => {
    expect(canonicalNumber(text)).toBe(expected);
  });

  it('means what it meant', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const plain = canonicalNumber(String(value));
        expect(Number(plain)).toBe(value === 0 ? 0 : value);
        expect(canonicalNumber(plain ?? '')).toBe(plain);
      }),
    );
  });
});

describe('a time', () => {
  it.each([
    ['2026-01-31T08:00:00+08:00', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T08:00:00.1-00:30', '2026-01-31T08:30:00.100Z'],
    ['2026-01-31T08:00:00.1415Z', '2026-01-31T08:00:00.142Z'],
    ['2026-01-31T08:00:00.1414999Z', '2026-01-31T08:00:00.141Z'],
    ['2025-12-31T23:59:59.9995Z', '2026-01-01T00:00:00.000Z'],
    ['2026-01-31T08:00:00', null],
    ['2026-02-29T08:00:00Z', null],
    ['2026-01-31T24:00:00Z', null],
    ['2026-01-31T08:00:00+15:00', null],
    ['2026-13-01T08:00:00Z', null],
    ['31.1.2026', null],
  ])('%s is %j', (text, expected) => {
    expect(canonicalTime(text)).toBe(expected);
  });
});

describe('a URI', () => {
  it.each([
    ['urn:epc:id:sgtin:0614141.112345.400', 'https://id.gs1.org/01/10614141123459/21/400'],
    ['urn:epc:id:sgln:0614141.12345.0', 'https://id.gs1.org/414/0614141123452'],
    ['urn:epc:idpat:sgtin:0614141.112345.*', 'https://id.gs1.org/01/10614141123459'],
    ['urn:epc:idpat:grai:0614141.12345.*', 'https://id.gs1.org/8003/00614141123452'],
    ['urn:epc:class:lgtin:4012345.012345.998877', 'https://id.gs1.org/01/04012345123456/10/998877'],
    [
      'https://shop.example/gtin/10614141123459/lot/A1/ser/400?17=261231#x',
      'https://id.gs1.org/01/10614141123459/21/400',
    ],
    ['http://shop.example/a/b/01/614141123452', 'https://id.gs1.org/01/00614141123452'],
    ['https://id.gs1.org/01/10614141123459/21/a%2fb', 'https://id.gs1.org/01/10614141123459/21/a%2Fb'],
    ['https://id.gs1.org/414/0614141123452/254/0', 'https://id.gs1.org/414/0614141123452'],
    ['https://id.gs1.org/01/10614141123459/22/2A', 'https://id.gs1.org/01/10614141123459'],
    ['https://id.gs1.org/01/10614141123459/99/x', null],
    ['https://id.gs1.org/01/10614141123459/21/a%2', null],
    ['https://example.com/01/2026', null],
    ['https://example.com/po/12345678', null],
    ['urn:epc:id:sgtin:0614141.11234.400', null],
    ['urn:epc:id:gid:1.2.3', null],
    ['urn:epcglobal:cbv:bt:4012345000009:ASN1099', null],
    ['400', null],
  ])('%s is %j', (text, expected) => {
    expect(canonicalUri(text)).toBe(expected);
  });

  it('that is canonical stays', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{1,20}$/), (serial) => {
        const uri = canonicalUri(`https://x.example/01/10614141123459/21/${encodeURIComponent(serial)}`);
        expect(uri).toMatch(/^https:\/\/id\.gs1\.org\/01\/10614141123459\/21\//);
        expect(canonicalUri(uri ?? '')).toBe(uri);
      }),
    );
  });
});
