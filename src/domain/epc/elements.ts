import { checkValue, type Elements } from './application-identifiers.ts';
import { checkDigit } from './characters.ts';
import { checkIdentity, type Identity } from './identity.ts';
import { JOINED, KEYS, type Key } from './keys.ts';
import { done, refused, type Outcome } from './outcome.ts';

/** The GS1 element strings of an identity (TDS chapter 7); null where GS1 has no key for it. */
export function elementsOf({ type, parts }: Identity): Elements | null {
  const key = KEYS[type];
  if (key?.ai === undefined || key.ai === null) return null;
  const [prefix = '', reference = '', ...rest] = parts;
  let value = prefix + reference;
  if (key.front === 'indicator') value = (reference[0] ?? '') + prefix + reference.slice(1);
  if (key.front === 'zero') value = `0${value}`;
  if (key.check) value += checkDigit(value);
  const serial = key.serial === null ? '' : (rest.pop() ?? '');
  value += rest.join('');
  return key.serial === null
    ? [[key.ai, value]]
    : [
        [key.ai, value],
        [key.serial, serial],
      ];
}

/** The kind of identity that element strings name, or null: a batch or a mere product is no single thing. */
export function typeOf(elements: Elements): string | null {
  const ais = new Map(elements);
  const found = Object.entries(KEYS).find(
    ([type, { ai, serial }]) =>
      ai !== null && ais.has(ai) && (serial === null || ais.has(serial) || type === 'sgln'),
  );
  return found?.[0] ?? null;
}

/**
 * The identity that element strings name.
 * @param prefixLength digits of the GS1 company prefix, 6 to 12: the strings do not show it
 */
export function identityOf(elements: Elements, prefixLength: number): Outcome<Identity> {
  const type = typeOf(elements);
  const key = KEYS[type ?? ''];
  if (type === null || key === undefined)
    return refused(`no EPC is made of ${elements.map(([ai]) => `(${ai})`).join('')}`);
  const ais = new Map(elements);
  const identity = { type, parts: partsOf(type, key, ais, prefixLength) };
  const why =
    elements.map(([ai, value]) => checkValue(ai, value)).find((w) => w !== null) ?? checkIdentity(identity);
  return why === null ? done(identity) : refused(why);
}

function partsOf(type: string, key: Key, ais: ReadonlyMap<string, string>, prefixLength: number): string[] {
  const value = ais.get(key.ai ?? '') ?? '';
  const serial = key.serial === null ? [] : [ais.get(key.serial) ?? '0'];
  if (type in JOINED) return [value.slice(0, prefixLength), value.slice(prefixLength), ...serial];
  const digits = key.digits ?? 0;
  const front = key.front === 'none' ? '' : (value[0] ?? '');
  const body = key.front === 'zero' ? value.slice(1, digits + 1) : value.slice(front.length, digits);
  const rest = value.slice(digits + (key.front === 'zero' ? 1 : 0) + (key.check ? 1 : 0));
  const reference = (key.front === 'indicator' ? front : '') + body.slice(prefixLength);
  const appended =
    type === 'itip'
      ? [rest.slice(0, 2), rest.slice(2)]
      : key.parts.length > 0 && key.serial === null
        ? [rest]
        : [];
  return [body.slice(0, prefixLength), reference, ...appended, ...serial];
}
