import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf, identityOf, typeOf } from './elements.ts';
import { decodeEpc, encodeEpc, SCHEME_NAMES, type Content } from './epc.ts';
import { fittingSchemes } from './fitting-schemes.ts';
import { checkIdentity, parsePureUri, pureUri, type Identity } from './identity.ts';
import { JOINED, KEYS, type Key, type Part } from './keys.ts';

const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const TEXT = `!"%&'()*+,-./:;<=>?_${DIGITS}${CAPITALS}IO${CAPITALS.toLowerCase()}io`;

function over(letters: string, minLength: number, maxLength = minLength): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...letters.split('')), minLength, maxLength });
}

/** Small numbers often: they fit the 96-bit schemes. */
function textOf(letters: string, least: number, most: number): fc.Arbitrary<string> {
  return fc.oneof(over(letters, least, most), fc.nat(999).map(String));
}

function partOf(rule: Part): fc.Arbitrary<string> {
  if (rule.kind === 'number') return fc.bigInt({ min: 0n, max: rule.most }).map(String);
  if (rule.kind === 'digits') return over(DIGITS, rule.least, rule.most);
  if (rule.most === 6) return over(DIGITS + CAPITALS, 5, 6);
  return textOf(rule.pattern.test('"') ? TEXT : `${DIGITS}${CAPITALS}/-`, rule.least, rule.most);
}

function keyPartsOf(type: string, key: Key): fc.Arbitrary<string[]> {
  const rest = fc.tuple(...key.parts.map(partOf));
  const { digits } = key;
  if (digits === null) return rest.map((parts) => parts);
  return fc.integer({ min: 6, max: 12 }).chain((length) => {
    const left = digits - length;
    const letters = type === 'cpi' ? `${DIGITS}${CAPITALS}#/-` : TEXT;
    const reference = type in JOINED ? textOf(letters, 1, left) : over(DIGITS, left);
    return fc.tuple(over(DIGITS, length), reference, rest).map(([p, r, more]) => [p, r, ...more]);
  });
}

const anyIdentity: fc.Arbitrary<Identity> = fc
  .constantFrom(...Object.entries(KEYS))
  .chain(([type, key]) => keyPartsOf(type, key).map((parts) => ({ type, parts })));

function contentOf(identity: Identity, filter: number): Content {
  return { filter: identity.type === 'gid' ? 0 : filter, identity, elements: null, hostName: null };
}

describe('any identity', () => {
  it('is the same after its URI, and after its element string', () => {
    fc.assert(
      fc.property(anyIdentity, (identity) => {
        expect(checkIdentity(identity)).toBe(null);
        expect(parsePureUri(pureUri(identity))).toEqual({ ok: true, value: identity });
        const elements = elementsOf(identity);
        if (elements === null) return;
        expect(typeOf(elements)).toBe(identity.type);
        expect(identityOf(elements, identity.parts[0]?.length ?? 0)).toEqual({ ok: true, value: identity });
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same after every tag that holds it', () => {
    const written = new Set<string>();
    fc.assert(
      fc.property(anyIdentity, fc.nat(7), (identity, filter) => {
        for (const { scheme, made } of fittingSchemes(contentOf(identity, filter))) {
          if (!made.ok) continue;
          written.add(scheme);
          const tag = decodeEpc(made.value);
          if (!tag.ok) throw new Error(`${scheme}: ${tag.why}`);
          expect(tag.epc).toMatchObject({ scheme, elements: elementsOf(identity) });
          expect(tag.epc.filter ?? filter).toBe(filter);
          if (tag.epc.identity !== null) expect(tag.epc.identity).toEqual(identity);
        }
      }),
      { numRuns: 3000 },
    );
    const without = SCHEME_NAMES.filter((name) => !name.endsWith('++') && name !== 'DSGTIN+');
    expect([...written].sort()).toEqual(without.sort());
  });

  it("is the same after every '++' tag, with its host name", () => {
    const host = fc.constantFrom('id.example.com', 'www.shop.eco', 'a-b.c1.org', 'qr.x.cn', 'example.com.cn');
    const written = new Set<string>();
    fc.assert(
      fc.property(anyIdentity, host, (identity, hostName) => {
        for (const { scheme, made } of fittingSchemes({ ...contentOf(identity, 1), hostName })) {
          if (!scheme.endsWith('++')) continue;
          if (!made.ok) throw new Error(made.why);
          written.add(scheme);
          expect(decodeEpc(made.value)).toMatchObject({
            ok: true,
            epc: { scheme, hostName, elements: elementsOf(identity) },
          });
        }
      }),
      { numRuns: 1000 },
    );
    expect(written.size).toBe(SCHEME_NAMES.filter((name) => name.endsWith('++')).length - 1);
  });

  it('with data behind the EPC keeps them', () => {
    const elements = [
      ['01', '09506000134352'],
      ['21', '7'],
      ['11', '260100'],
      ['3922', '1250'],
      ['3912', '97812'],
      ['4330', '002150-'],
      ['4321', '1'],
      ['7003', '2612312359'],
      ['253', '9521141123454AB'],
      ['255', '9521141678909'],
      ['8200', 'x'],
    ] as const;
    const content = { filter: 1, identity: null, elements: elements.slice(0, 9), hostName: null };
    const made = encodeEpc('SGTIN+', content);
    if (!made.ok) throw new Error(made.why);
    expect(decodeEpc(made.value)).toMatchObject({ epc: { elements: elements.slice(0, 9) } });
    expect(encodeEpc('SGTIN+', { ...content, elements: elements.slice(0, 10) })).toEqual({
      ok: false,
      why: '(255): an EPC has a serial',
    });
    expect(encodeEpc('DSGTIN+', { ...content, elements: elements.slice(0, 2) })).toMatchObject({
      why: expect.stringContaining('DSGTIN+ needs a date: one of (11) (13)'),
    });
    const harvest = [...elements.slice(0, 2), ['7007', '260101260131'] as const];
    expect(encodeEpc('DSGTIN+', { ...content, elements: harvest })).toMatchObject({ ok: false });
    expect(encodeEpc('SGTIN++', { ...content, elements: elements.slice(0, 2) })).toEqual({
      ok: false,
      why: 'SGTIN++ needs a host name',
    });
    expect(encodeEpc('SSCC+', content)).toEqual({ ok: false, why: 'SSCC+ needs (00)' });
    expect(
      encodeEpc('SGTIN++', { ...content, hostName: 'Example.com', elements: elements.slice(0, 2) }),
    ).toEqual({
      ok: false,
      why: '"Example.com" is not a host name in small letters',
    });
  });
});
