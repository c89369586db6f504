import { Quality } from '../domain/reading.ts';
import type { Value } from '../domain/record.ts';
import type { Fields } from './fields.ts';
import { hexOf } from '../domain/hex.ts';

/** The EPC of a tag observation, as hexadecimal digits. */
export function epcOf(body: readonly Value[]): string | null {
  const [epc] = body;
  return epc instanceof Uint8Array ? hexOf(epc) : null;
}

/** Places in the body of an observation. */
const LAST_SEEN = 4;
const TAG_QUALITY = 7;

/** When the tag was there, by the reader's clock, of an observation that came late; null for one of now. */
export function lateAt(body: readonly Value[]): number | null {
  const [q, last] = [body[TAG_QUALITY], body[LAST_SEEN]];
  const isLate = typeof q === 'number' && (q & Quality.backfilled) !== 0;
  return isLate && typeof last === 'number' ? last : null;
}

const PATTERN = /^[0-9a-f]{1,124}\*?$/;

/** Reads `<key>:`, one or more EPCs in hexadecimal digits, `*` at the end for all that begin so. */
export function readEpcs(level: Fields, key: string): ((epc: string) => boolean) | null {
  const raw = level.raw(key);
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const patterns: string[] = [];
  for (const item of list) {
    // YAML reads an EPC of digits alone as a number.
    if (typeof item !== 'string' || !PATTERN.test(item)) {
      return level.fail(
        key,
        'must be EPCs in small hexadecimal digits and in quotes, such as "3034257bf7194e4*"',
      );
    }
    patterns.push(item);
  }
  if (patterns.length === 0) return level.fail(key, 'names nothing');
  return (epc) => patterns.some((p) => (p.endsWith('*') ? epc.startsWith(p.slice(0, -1)) : epc === p));
}
