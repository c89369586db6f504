import { suggestion } from '../nearest.ts';
import { fromUrn, toUrn } from './characters.ts';
import { JOINED, KEYS, type Key, type Part } from './keys.ts';
import { done, refused, type Outcome } from './outcome.ts';

/** What a thing is, whatever bears it: the parts of a pure identity URI without escapes (TDS chapter 6). */
export type Identity = { readonly type: string; readonly parts: readonly string[] };

const MIN_PREFIX = 6;
const MAX_PREFIX = 12;

export function pureUri({ type, parts }: Identity): string {
  return `urn:epc:${type === 'lgtin' ? 'class' : 'id'}:${type}:${parts.map(toUrn).join('.')}`;
}

/** A pure identity URI, `urn:epc:id:sgtin:…`. */
export function parsePureUri(uri: string): Outcome<Identity> {
  const found = /^urn:epc:(id|class):([a-z]+):(.*)$/.exec(uri);
  if (found === null) return refused(`"${uri}" is not a pure identity URI (urn:epc:id:<scheme>:…)`);
  const [, space, type = '', rest = ''] = found;
  if (!Object.hasOwn(KEYS, type))
    return refused(`there is no scheme "${type}"${suggestion(type, Object.keys(KEYS))}`);
  if ((space === 'class') !== (type === 'lgtin'))
    return refused(`"${type}" belongs behind urn:epc:${type === 'lgtin' ? 'class' : 'id'}:`);
  return parseParts(type, rest);
}

/** The parts of a URI; dots in the last belong to it. */
export function parseParts(type: string, text: string): Outcome<Identity> {
  const count = partsOf(type);
  const pieces = text.split('.');
  if (pieces.length < count)
    return refused(`${type} has ${count} parts with dots between them, "${text}" has ${pieces.length}`);
  const parts: string[] = [];
  for (const piece of [...pieces.slice(0, count - 1), pieces.slice(count - 1).join('.')]) {
    const plain = fromUrn(piece);
    if (!plain.ok) return plain;
    parts.push(plain.value);
  }
  const why = checkIdentity({ type, parts });
  return why === null ? done({ type, parts }) : refused(why);
}

function partsOf(type: string): number {
  const key = KEYS[type];
  return (key?.parts.length ?? 0) + (key?.digits === null ? 0 : 2);
}

/** What is wrong with an identity, or null. */
export function checkIdentity({ type, parts }: Identity): string | null {
  const key = KEYS[type];
  if (key === undefined) return `no scheme "${type}"`;
  if (parts.length !== partsOf(type)) return `${type} has ${partsOf(type)} parts, not ${parts.length}`;
  if (key.digits === null) return checkParts(type, key.parts, parts);
  const [prefix = '', reference = '', ...rest] = parts;
  return checkReference(type, key, prefix, reference) ?? checkParts(type, key.parts, rest);
}

function checkReference(type: string, key: Key, prefix: string, reference: string): string | null {
  if (!/^\d+$/.test(prefix) || prefix.length < MIN_PREFIX || prefix.length > MAX_PREFIX)
    return `a company prefix is ${MIN_PREFIX} to ${MAX_PREFIX} digits, not "${prefix}"`;
  const wanted = (key.digits ?? 0) - prefix.length;
  const joined = JOINED[type];
  if (joined === undefined) {
    if (reference.length === wanted && /^\d*$/.test(reference)) return null;
    return `with a company prefix of ${prefix.length} digits the reference of ${type} is ${wanted} digits, not "${reference}"`;
  }
  if (reference === '' || reference.length > wanted || !joined.test(reference))
    return `with a company prefix of ${prefix.length} digits the reference of ${type} is 1 to ${wanted} characters, not "${reference}"`;
  return null;
}

function checkParts(type: string, rules: readonly Part[], parts: readonly string[]): string | null {
  for (const [i, rule] of rules.entries()) {
    const why = checkPart(rule, parts[i] ?? '');
    if (why !== null) return `${type}: ${why}`;
  }
  return null;
}

function checkPart(rule: Part, value: string): string | null {
  if (rule.kind === 'number') {
    if (!/^(?:0|[1-9]\d*)$/.test(value)) return `"${value}" is not a number without leading zeros`;
    return value.length < 25 && BigInt(value) <= rule.most ? null : `${value} is more than ${rule.most}`;
  }
  if (value.length < rule.least || value.length > rule.most)
    return `"${value}" has ${value.length} characters, not ${rule.least} to ${rule.most}`;
  const fits = rule.kind === 'digits' ? /^\d*$/.test(value) : rule.pattern.test(value);
  return fits ? null : `"${value}" has a character that may not stand there`;
}
