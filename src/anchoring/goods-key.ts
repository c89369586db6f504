import { Refused } from '../domain/errors.ts';
import { utf8 } from '../evidence/encodings.ts';
import { hexOf } from './hex.ts';
import { sha256 } from './key-possession.ts';
import type { Hex32 } from './port.ts';

/** What makes goods these goods: where they are, of which lot, under which seals. */
export type Goods = { readonly location: string; readonly lot: string; readonly seals: readonly string[] };

/**
 * Hash of the goods as every warehouse computes it, so that the same goods cannot stand on two
 * receipts because they were written in two ways. @throws Refused INVALID for a name without a
 * visible character, or with an invisible one
 */
export function goodsKey({ location, lot, seals }: Goods): Hex32 {
  const sealed = [...new Set(seals.map((seal) => plain(seal)))].toSorted(byBytes);
  return hashOf('bailee/goods/v1', [plain(location), plain(lot), ...sealed]);
}

/** Hash of the number under which a pledge stands in a public register. @throws Refused INVALID as above */
export function registrationKey(number: string): Hex32 {
  return hashOf('bailee/registration/v1', [plain(number)]);
}

/** One way to write it: NFKC (no wide letters), capital letters, single spaces. */
function plain(text: string): string {
  const one = text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toUpperCase().normalize('NFKC');
  if (one === '' || /\p{C}/u.test(one))
    throw new Refused(
      'INVALID',
      `${JSON.stringify(text)} is no name: nothing visible, or something invisible`,
    );
  return one;
}

function hashOf(purpose: string, lines: readonly string[]): Hex32 {
  return hexOf(sha256(utf8([purpose, ...lines].map((line) => `${line}\n`).join(''))));
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(utf8(a), utf8(b));
}
