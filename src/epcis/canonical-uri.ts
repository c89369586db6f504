import type { Elements } from '../domain/epc/application-identifiers.ts';
import { elementsOf } from '../domain/epc/elements.ts';
import { parsePureUri } from '../domain/epc/identity.ts';

type Rule = {
  readonly value: RegExp;
  /** Qualifiers from the finest to the coarsest: only the finest is kept. */
  readonly qualifiers: readonly (readonly [ai: string, most: number])[];
};

const SERIAL = 20;
const ITEM = [
  ['21', SERIAL],
  ['235', 28],
  ['10', SERIAL],
] as const;
const digits = (least: number, most = least): RegExp => new RegExp(`^\\d{${least},${most}}$`);
const behind = (count: number, most: number): RegExp => new RegExp(`^\\d{${count}}.{0,${most}}$`);

/** What a key may be; check digits do not count: a hash exists for a wrong number, too. */
const KEYS: Readonly<Record<string, Rule>> = {
  '00': { value: digits(18), qualifiers: [] },
  '01': { value: digits(14), qualifiers: ITEM },
  '253': { value: behind(13, 17), qualifiers: [] },
  '255': { value: digits(13, 25), qualifiers: [] },
  '401': { value: /^\d{4}.{1,26}$/, qualifiers: [] },
  '402': { value: digits(17), qualifiers: [] },
  '414': { value: digits(13), qualifiers: [['254', SERIAL]] },
  '417': { value: digits(13), qualifiers: [] },
  '8003': { value: behind(14, 16), qualifiers: [] },
  '8004': { value: /^\d{4}.{1,26}$/, qualifiers: [] },
  '8006': { value: digits(18), qualifiers: ITEM },
  '8010': { value: /^\d{4}[0-9A-Z#/-]{1,26}$/, qualifiers: [['8011', 12]] },
  '8017': { value: digits(18), qualifiers: [] },
  '8018': { value: digits(18), qualifiers: [] },
};
/** Short names of the first version of GS1 Digital Link. */
const NAMES: Readonly<Record<string, string>> = {
  gtin: '01',
  itip: '8006',
  cpid: '8010',
  gln: '414',
  party: '417',
  gsrnp: '8017',
  gsrn: '8018',
  gcn: '255',
  sscc: '00',
  gdti: '253',
  ginc: '401',
  gsin: '402',
  grai: '8003',
  giai: '8004',
  cpv: '22',
  lot: '10',
  ser: '21',
};

/** Patterns of all serials of a class, which name the class itself. */
const PATTERN = /^urn:epc:idpat:(sgtin|grai|gdti|sgcn|cpi|itip|upui):(.+)\.\*$/;

/**
 * The GS1 Digital Link URI at id.gs1.org that an EPC URI, EPC class URI, EPC pattern or Digital Link stands for,
 * of the finest level only and without attributes (CBV 2.0 section 8.9.2); null where the text is none of these.
 */
export function canonicalUri(text: string): string | null {
  if (text.startsWith('urn:epc:idpat:')) return ofPattern(text);
  if (text.startsWith('urn:epc:')) return ofPureUri(text);
  return /^https?:\/\//.test(text) ? ofDigitalLink(text) : null;
}

function ofPureUri(uri: string): string | null {
  const identity = parsePureUri(uri);
  const elements = identity.ok ? elementsOf(identity.value) : null;
  return elements === null ? null : written(elements);
}

function ofPattern(uri: string): string | null {
  const [, type, rest] = PATTERN.exec(uri) ?? [];
  if (type === undefined) return null;
  // Any serial will do: it is cut off again.
  const identity = parsePureUri(`urn:epc:id:${type}:${rest}.1`);
  const [key] = (identity.ok ? elementsOf(identity.value) : null) ?? [];
  if (key === undefined) return null;
  const hasSerialBehind = ['grai', 'gdti', 'sgcn'].includes(type);
  return written([[key[0], hasSerialBehind ? key[1].slice(0, -1) : key[1]]]);
}

function ofDigitalLink(uri: string): string | null {
  const path = /^https?:\/\/[^/?#]+(\/[^?#]*)/.exec(uri)?.[1] ?? '';
  const segments = path.slice(1).replace(/\/$/, '').split('/');
  const at = segments.findIndex(
    (segment, i) =>
      aiOf(segment) in KEYS && /^\d{4}/.test(segments[i + 1] ?? '') && (segments.length - i) % 2 === 0,
  );
  if (at === -1) return null;
  const elements: [string, string][] = [];
  for (let i = at; i < segments.length; i += 2) {
    const value = plain(segments[i + 1] ?? '');
    if (value === null || value === '') return null;
    const ai = aiOf(segments[i] ?? '');
    elements.push([ai, ai === '01' && /^(?:\d{8}|\d{12,13})$/.test(value) ? value.padStart(14, '0') : value]);
  }
  return written(elements);
}

function written(elements: Elements): string | null {
  const [key, ...others] = elements;
  const rule = key === undefined ? undefined : KEYS[key[0]];
  if (key === undefined || rule?.value.test(key[1]) !== true) return null;
  const known = (ai: string): number | undefined => rule.qualifiers.find((q) => q[0] === ai)?.[1];
  for (const [ai, value] of others) {
    if (ai !== '22' && value.length > (known(ai) ?? 0)) return null;
  }
  const finest = rule.qualifiers
    .map(([ai]) => others.find((other) => other[0] === ai))
    .find((q) => q !== undefined && !(q[0] === '254' && q[1] === '0'));
  const start = `https://id.gs1.org/${key[0]}/${escaped(key[1])}`;
  return finest === undefined ? start : `${start}/${finest[0]}/${escaped(finest[1])}`;
}

function aiOf(segment: string): string {
  return Object.hasOwn(NAMES, segment) ? (NAMES[segment] ?? '') : segment;
}

function plain(segment: string): string | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(segment)) return null;
  return segment.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** GS1 Digital Link table 7-1: only what must be is escaped. */
function escaped(text: string): string {
  return text.replace(
    /[^A-Za-z0-9._'=;-]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
