import { TEXT } from './characters.ts';

/** What stands after the company prefix, or instead of it. */
export type Part =
  /** Digits, leading zeros kept. */
  | { readonly kind: 'digits'; readonly least: number; readonly most: number }
  /** An integer without leading zeros. */
  | { readonly kind: 'number'; readonly most: bigint }
  | { readonly kind: 'text'; readonly pattern: RegExp; readonly least: number; readonly most: number };

/** How one kind of identity is written as a URI and as GS1 element strings. */
export type Key = {
  /** The key's application identifier; null for identities that are not of GS1's keys. */
  readonly ai: string | null;
  /** Digits of prefix and reference together; for `joined`, the most characters. Null without a company prefix. */
  readonly digits: number | null;
  /** The first digit of the reference goes to the front of the key (TDS 7.3.2); a GRAI has a zero there. */
  readonly front: 'none' | 'indicator' | 'zero';
  readonly check: boolean;
  readonly parts: readonly Part[];
  /** The identifier of the serial; null where it stands behind the key. */
  readonly serial: string | null;
};

const CODE = /^(?:[0-9A-HJ-NP-Z]{5,6})$/;

function text(most: number, pattern = TEXT, least = 1): Part {
  return { kind: 'text', pattern, least, most };
}
function number(bits: number): Part {
  return { kind: 'number', most: 2n ** BigInt(bits) - 1n };
}
function digits(least: number, most = least): Part {
  return { kind: 'digits', least, most };
}
function gs1(ai: string, count: number, parts: readonly Part[], more: Partial<Key> = {}): Key {
  return { ai, digits: count, front: 'none', check: true, parts, serial: null, ...more };
}
function other(parts: readonly Part[]): Key {
  return { ai: null, digits: null, front: 'none', check: false, parts, serial: null };
}

/** Identities by the word in their URI (TDS chapter 6 and 7). */
export const KEYS: Readonly<Record<string, Key>> = {
  sgtin: gs1('01', 13, [text(20)], { front: 'indicator', serial: '21' }),
  lgtin: gs1('01', 13, [text(20)], { front: 'indicator', serial: '10' }),
  upui: gs1('01', 13, [text(28)], { front: 'indicator', serial: '235' }),
  sscc: gs1('00', 17, [], { front: 'indicator' }),
  sgln: gs1('414', 12, [text(20)], { serial: '254' }),
  pgln: gs1('417', 12, []),
  grai: gs1('8003', 12, [text(16)], { front: 'zero' }),
  gdti: gs1('253', 12, [text(17)]),
  sgcn: gs1('255', 12, [digits(1, 12)]),
  gsrn: gs1('8018', 17, []),
  gsrnp: gs1('8017', 17, []),
  gsin: gs1('402', 16, []),
  giai: gs1('8004', 30, [], { check: false }),
  ginc: gs1('401', 30, [], { check: false }),
  cpi: gs1('8010', 30, [{ kind: 'number', most: 10n ** 12n - 1n }], { check: false, serial: '8011' }),
  itip: gs1('8006', 13, [digits(2), digits(2), text(20)], { front: 'indicator', serial: '21' }),
  gid: other([number(28), number(24), number(36)]),
  usdod: other([text(6, CODE), number(36)]),
  adi: other([text(6, CODE), text(32, /^[0-9A-Z/-]*$/, 0), text(30, /^#?[0-9A-Z/-]+$/)]),
};

/** What the reference is made of, where it is not digits. */
export const JOINED: Readonly<Record<string, RegExp>> = { giai: TEXT, ginc: TEXT, cpi: /^[0-9A-Z#/-]*$/ };
