import { identifierAt, type Elements } from './application-identifiers.ts';
import { fromPath, toPath } from './characters.ts';
import { checkElements } from './element-string.ts';
import { PLUS_SCHEMES } from './generated/plus-schemes.ts';
import { KEYS } from './keys.ts';
import { done, refused, type Outcome } from './outcome.ts';

/** What may follow a key in the path, in this order (GS1 Digital Link URI syntax 4.9). */
const QUALIFIERS = new Map<string, readonly string[]>(
  Object.values(KEYS).flatMap(({ ai }) => (ai === null ? [] : [[ai, []] as const])),
);
for (const { ais, qualifiers } of PLUS_SCHEMES) QUALIFIERS.set(ais[0], qualifiers);
QUALIFIERS.set('01', [...(QUALIFIERS.get('01') ?? []), '235']);

const GTIN_DIGITS = 14;

/**
 * A GS1 Digital Link URI; null where the elements have no key.
 * @param host the resolver; GS1's own unless the tag names another
 */
export function digitalLink(elements: Elements, host = 'id.gs1.org'): string | null {
  const key = elements.find(([ai]) => QUALIFIERS.has(ai));
  if (key === undefined) return null;
  const order = QUALIFIERS.get(key[0]) ?? [];
  const qualifiers = order.flatMap((ai) => elements.filter((e) => e[0] === ai));
  const others = elements.filter((e) => e !== key && !order.includes(e[0]));
  const path = [key, ...qualifiers].map(([ai, value]) => `/${ai}/${toPath(value)}`).join('');
  const query = others.map(([ai, value]) => `${ai}=${toPath(value)}`).join('&');
  return `https://${host}${path}${query === '' ? '' : `?${query}`}`;
}

/** The elements of an uncompressed Digital Link of any host; a GTIN of 8, 12 or 13 digits becomes one of 14. */
export function parseDigitalLink(uri: string): Outcome<Elements> {
  const found = /^https?:\/\/[^/?#]+\/([^?#]*)(?:\?([^#]*))?(?:#.*)?$/i.exec(uri);
  if (found === null) return refused(`"${uri}" is not a web address with a path`);
  const segments = (found[1] ?? '').replace(/\/$/, '').split('/');
  const at = segments.findIndex((s, i) => QUALIFIERS.has(s) && (segments.length - i) % 2 === 0);
  const key = segments[at];
  if (key === undefined) return refused(`"${uri}" has no GS1 key in its path, such as /01/09506000134352`);
  const elements: [string, string][] = [];
  for (let i = at; i < segments.length; i += 2) {
    const [ai = '', value = ''] = segments.slice(i, i + 2);
    if (i > at && QUALIFIERS.get(key)?.includes(ai) !== true)
      return refused(`/${ai}/ may not follow the key /${key}/ in a path`);
    elements.push([ai, value]);
  }
  for (const pair of (found[2] ?? '').split(/[&;]/)) {
    const [ai = '', value = ''] = pair.split('=');
    if (identifierAt(ai) === ai) elements.push([ai, value]);
    else if (/^\d+$/.test(ai)) return refused(`there is no application identifier ${ai}`);
  }
  const plain: [string, string][] = [];
  for (const [ai, value] of elements) {
    const read = fromPath(value);
    if (!read.ok) return read;
    plain.push([
      ai,
      ai === '01' && /^(?:\d{8}|\d{12,13})$/.test(read.value)
        ? read.value.padStart(GTIN_DIGITS, '0')
        : read.value,
    ]);
  }
  const checked = checkElements(plain);
  return checked.ok ? done(checked.value) : checked;
}
