import { describe, expect, it } from 'vitest';
import { parsePkcs11Uri } from './pkcs11-uri.ts';

const NONE = { token: null, serial: null, object: null, id: null };
const why = (text: string): string => {
  const parsed = parsePkcs11Uri(text);
  return parsed.ok ? 'nothing' : parsed.why;
};

describe('a PKCS #11 URI', () => {
  it('names a token and a key in it, in any order', () => {
    expect(parsePkcs11Uri('pkcs11:token=bailee;object=log-key')).toEqual({
      ok: true,
      uri: { ...NONE, token: 'bailee', object: 'log-key' },
    });
    expect(parsePkcs11Uri('pkcs11:id=%01%ab;type=private;serial=ed500193efa4bace')).toEqual({
      ok: true,
      uri: { ...NONE, serial: 'ed500193efa4bace', id: Uint8Array.of(1, 0xab) },
    });
  });

  it('has its blanks and other signs as percent codes, in UTF-8', () => {
    expect(parsePkcs11Uri('pkcs11:token=Cold%20store%203;object=%e6%97%a5%3B=(a)')).toMatchObject({
      uri: { token: 'Cold store 3', object: '日;=(a)' },
    });
    expect(why('pkcs11:token=Cold store;object=a')).toBe(
      'has a token that is empty, or has signs that must be written as %XX',
    );
    expect(why('pkcs11:token=a/b;object=a')).toContain('has a token that');
    expect(why('pkcs11:token=%ff;object=a')).toBe('has a text that is not UTF-8');
    expect(why('pkcs11:token=%0;object=a')).toContain('written as %XX');
  });

  it.each([
    ['file:key', 'must begin with pkcs11:'],
    ['pkcs11:', 'has ""; there are token, serial, object, id, type'],
    ['pkcs11:token=a', 'must name a key, object=NAME or id=%XX'],
    ['pkcs11:object=a', 'must name a token, token=NAME or serial=NUMBER'],
    ['pkcs11:token=a;object=b;object=c', 'has object twice'],
    ['pkcs11:token=a;object=b;type=cert', 'must name a key that signs: type=private'],
    ['pkcs11:token=a;objekt=b', 'has "objekt"; there are token, serial, object, id, type'],
    ['pkcs11:token=;object=b', 'has a token that is empty, or has signs that must be written as %XX'],
    ['pkcs11:token=a;object=b?pin-value=1', 'must have no query: module and PIN stand under keys.pkcs11'],
  ])('%s: %s', (text, expected) => expect(why(text)).toBe(expected));
});
