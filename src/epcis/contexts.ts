import { done, refused, type Outcome } from '../domain/epc/outcome.ts';
import { isJsonObject, type Json } from '../domain/strict-json.ts';
import { CBV_BASE, EPCIS_BASE, GS1_BASE } from './vocabulary.ts';

/** What stands before the colon of a name, and the namespace it means. */
export type Prefixes = ReadonlyMap<string, string>;

/** GS1's contexts. All have the same terms; what differs does not show in a hash (see decision 0036). */
const KNOWN: ReadonlySet<string> = new Set([
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  'https://ref.gs1.org/standards/epcis/2.1.0/epcis-context.jsonld',
  'https://ref.gs1.org/standards/epcis/epcis-context.jsonld',
  'https://gs1.github.io/EPCIS/epcis-context.jsonld',
]);

/** Of the GS1 contexts; `cbvmda` is as XML documents declare it, without the colon of the context. */
export const GS1_PREFIXES: Prefixes = new Map([
  ['gs1', GS1_BASE],
  ['cbv', CBV_BASE],
  ['epcis', EPCIS_BASE],
  ['cbvmda', 'urn:epcglobal:cbv:mda'],
]);
/** What these mean is the hash's own matter: a document does not change it. */
const FIXED: ReadonlySet<string> = new Set(['gs1', 'cbv', 'epcis']);
/** They say nothing about names. */
const HARMLESS: ReadonlySet<string> = new Set(['@version', '@protected']);

/** The prefixes within a `@context`; nothing is fetched: an address that is not GS1's is refused. */
export function prefixesOf(context: Json, outer: Prefixes): Outcome<Prefixes> {
  const prefixes = new Map(outer);
  for (const entry of Array.isArray(context) ? context : [context]) {
    const why = typeof entry === 'string' ? addressWhy(entry) : declare(entry, prefixes);
    if (why !== null) return refused(why);
  }
  return done(prefixes);
}

function addressWhy(address: string): string | null {
  if (KNOWN.has(address)) return null;
  return `the context "${address}" is not one of GS1's, and nothing is fetched; known: ${[...KNOWN].join(', ')}`;
}

function declare(entry: Json, prefixes: Map<string, string>): string | null {
  if (!isJsonObject(entry)) return 'a context is an address or an object';
  for (const [name, meaning] of entry) {
    if (HARMLESS.has(name) || FIXED.has(name)) continue;
    if (name.startsWith('@')) return `${name} in a context changes what names mean; it is not taken`;
    const id = isJsonObject(meaning) ? meaning.get('@id') : meaning;
    if (typeof id === 'string') prefixes.set(name, id);
    else if (!isJsonObject(meaning)) return `"${name}" is declared as something that is no text`;
  }
  return null;
}
