import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDigitalLink } from './digital-link.ts';
import { elementString, parseElementString } from './element-string.ts';
import { elementsOf, identityOf } from './elements.ts';
import { decodeEpc, encodeEpc, hex, parseTagUri, SCHEME_NAMES, type Epc } from './epc.ts';
import { parsePureUri, pureUri } from './identity.ts';

type TagCase = {
  readonly id: string;
  readonly scheme: string;
  readonly hex: string;
  readonly tagUri?: string;
  readonly pureUri?: string;
  readonly elementString?: string;
  readonly digitalLink?: string;
  readonly digitalLinkPath?: string;
  readonly ai?: Readonly<Record<string, string>>;
  readonly hostname?: string;
  readonly bits?: number;
  readonly filter?: number;
};
type ElementCase = {
  readonly id: string;
  readonly pureUri: string;
  readonly elementString: string;
  readonly companyPrefixLength: number;
};

type UriCase = { readonly id: string; readonly uri: string; readonly why: string };
type Cases<T> = { readonly cases: readonly T[] };

function vectors(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../../test/fixtures/vectors/tds', name), 'utf8');
}

/** Tag memory has whole words; the vectors end at the nibble. */
function memoryOf(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.padEnd(Math.ceil(digits.length / 4) * 4, '0'), 'hex'));
}

function read(digits: string): Epc {
  const tag = decodeEpc(memoryOf(digits));
  if (!tag.ok) throw new Error(tag.why);
  return tag.epc;
}

function pathOf(link: string | null): string {
  return new URL(link ?? '').pathname;
}

const { cases: TAGS }: Cases<TagCase> = JSON.parse(vectors('tag-encodings.json'));
const { cases: ELEMENTS }: Cases<ElementCase> = JSON.parse(vectors('element-strings.json'));
const { cases: INVALID }: Cases<UriCase> = JSON.parse(vectors('invalid-uris.json'));

describe('tags of the standard', () => {
  it('are all there', () => {
    expect([TAGS.length, ELEMENTS.length]).toEqual([109, 56]);
  });

  it.each(TAGS)('$id is read', (c) => {
    const epc = read(c.hex);
    expect(epc.scheme).toBe(c.scheme);
    expect(epc.tagUri).toBe(c.tagUri ?? null);
    expect(epc.pureUri).toBe(c.pureUri ?? null);
    expect(epc.hostName).toBe(c.hostname ?? null);
    if (c.filter !== undefined) expect(epc.filter).toBe(c.filter);
    if (c.ai !== undefined) expect(Object.fromEntries(epc.elements ?? [])).toEqual(c.ai);
    if (c.elementString !== undefined) expect(epc.elementString).toBe(c.elementString);
    if (c.digitalLink !== undefined) expect(epc.digitalLink).toBe(c.digitalLink);
    if (c.digitalLinkPath !== undefined) expect(pathOf(epc.digitalLink)).toBe(c.digitalLinkPath);
    if (c.hostname !== undefined) expect(new URL(epc.digitalLink ?? '').host).toBe(c.hostname);
  });

  it.each(TAGS)('$id is written back to the same bits', (c) => {
    const epc = read(c.hex);
    const made = encodeEpc(epc.scheme, { ...epc, filter: epc.filter ?? 0 });
    expect(made.ok ? hex(made.value) : made.why).toBe(hex(memoryOf(c.hex)));
    if (c.bits !== undefined) expect(c.hex.length).toBe(Math.ceil(c.bits / 4));
  });

  it.each(TAGS.filter((c) => c.tagUri !== undefined))('$id is written from its URI', (c) => {
    const uri = parseTagUri(c.tagUri ?? '');
    if (!uri.ok) throw new Error(uri.why);
    const made = encodeEpc(uri.value.scheme, uri.value.content);
    expect(made.ok ? hex(made.value) : made.why).toBe(hex(memoryOf(c.hex)));
  });

  it.each(TAGS.filter((c) => c.digitalLink !== undefined))('$id is written from its Digital Link', (c) => {
    const link = parseDigitalLink(c.digitalLink ?? '');
    if (!link.ok) throw new Error(link.why);
    const prefix = c.pureUri?.split(/[:.]/)[4]?.length;
    const epc = read(c.hex);
    const identity = prefix === undefined ? null : identityOf(link.value, prefix);
    if (identity !== null) expect(identity).toEqual({ ok: true, value: epc.identity });
    else expect(Object.fromEntries(link.value)).toEqual(c.ai);
  });
});

describe('element strings of the standard', () => {
  it.each(ELEMENTS)('$id: $elementString is $pureUri', (c) => {
    const elements = parseElementString(c.elementString);
    if (!elements.ok) throw new Error(elements.why);
    const identity = identityOf(elements.value, c.companyPrefixLength);
    expect(identity.ok ? pureUri(identity.value) : identity.why).toBe(c.pureUri);
  });

  it.each(ELEMENTS)('$id: $pureUri is $elementString', (c) => {
    const identity = parsePureUri(c.pureUri);
    if (!identity.ok) throw new Error(identity.why);
    expect(elementString(elementsOf(identity.value) ?? [])).toBe(c.elementString);
  });
});

/** Identities that are right but do not fit the tag that the case was made for, by the shortest scheme of their kind. */
const NUMERIC = SCHEME_NAMES.filter((name) => /-(96|110)$/.test(name));

describe('URIs that are wrong', () => {
  // Right identities that have no GTIN-13 or GTIN-12: the digits before the item are not zero.
  const tooFewZeros = INVALID.filter((c) => c.why.includes('too little zeros'));

  it('are all there', () => {
    expect([INVALID.length, tooFewZeros.length]).toEqual([102, 4]);
  });

  it.each(INVALID.filter((c) => !tooFewZeros.includes(c)))('$id: $uri is refused ($why)', (c) => {
    const identity = parsePureUri(c.uri);
    if (!identity.ok) return expect(identity.why).not.toBe('');
    const content = { filter: 0, identity: identity.value, elements: null, hostName: null };
    const written = NUMERIC.map((name) => encodeEpc(name, content)).filter((made) => made.ok);
    expect(written).toEqual([]);
  });

  it.each(tooFewZeros)('$id: $uri is no short GTIN ($why)', (c) => {
    const identity = parsePureUri(c.uri);
    if (!identity.ok) throw new Error(identity.why);
    const gtin = new Map(elementsOf(identity.value)).get('01') ?? '';
    expect(gtin.startsWith(c.why.includes('gtin13') ? '0' : '00')).toBe(false);
  });

  it('are refused by their own syntax, but for those that only a 96-bit tag cannot hold', () => {
    const right = INVALID.filter((c) => parsePureUri(c.uri).ok);
    expect(right.map((c) => c.why).filter((why) => !/tag encodable|too little zeros/.test(why))).toEqual([
      'grai serial 1',
      'grai serial 2',
    ]);
  });
});

describe('a damaged tag of any scheme', () => {
  const memories = TAGS.map((c) => memoryOf(c.hex));

  it('with any one bit flipped is another tag or stays raw as it is', () => {
    const same = new Set<string>();
    for (const memory of memories) {
      for (let bit = 0; bit < memory.length * 8; bit++) {
        const changed = memory.map((byte, i) => (i === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte));
        const tag = decodeEpc(changed);
        if (!tag.ok) expect(tag.raw).toBe(hex(changed));
        else if (JSON.stringify(decodeEpc(memory)) === JSON.stringify(tag)) same.add(hex(memory));
      }
    }
    // One digit takes the same four bits as an integer and as a hexadecimal digit: two ways of saying the same.
    const oneDigit = TAGS.filter(
      (c) => /^SGTIN\+$|^SGLN\+$/.test(c.scheme) && /^\d$/.test(c.ai?.['21'] ?? c.ai?.['254'] ?? ''),
    );
    expect([...same]).toEqual([...new Set(oneDigit.map((c) => hex(memoryOf(c.hex))))]);
  });

  it('that ends too early is raw, unless padding is missing or a whole value behind the EPC', () => {
    for (const memory of memories) {
      const whole = decodeEpc(memory);
      for (let length = 0; length < memory.length; length++) {
        const tag = decodeEpc(memory.subarray(0, length));
        if (!tag.ok) expect(tag.raw).toBe(hex(memory.subarray(0, length)));
        else if (!/^0+$/.test(hex(memory.subarray(length)))) {
          expect(whole.ok && whole.epc.elements?.slice(0, tag.epc.elements?.length)).toEqual(
            tag.epc.elements,
          );
          expect(tag.epc.elements?.length).toBe(3);
        }
      }
    }
  });
});
