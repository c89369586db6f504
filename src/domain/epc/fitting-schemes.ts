import type { Elements } from './application-identifiers.ts';
import { elementsOf } from './elements.ts';
import { encodeEpc, type Content } from './epc.ts';
import { FIXED_SCHEMES } from './fixed-schemes.ts';
import type { Outcome } from './outcome.ts';
import { ALL_PLUS, type PlusScheme } from './plus-schemes.ts';

/** A scheme made for this kind of identity, and the tag memory or why it does not fit. */
export type Fitting = { readonly scheme: string; readonly made: Outcome<Uint8Array> };

/** Every scheme that is made for such content, the older ones first. */
export function fittingSchemes(content: Content): readonly Fitting[] {
  const { identity, hostName } = content;
  const elements = content.elements ?? (identity === null ? null : elementsOf(identity)) ?? [];
  const fixed = FIXED_SCHEMES.filter((s) => s.type === identity?.type);
  const plus = ALL_PLUS.filter((s) => holds(s, elements) && s.named === (hostName !== null));
  return [...fixed, ...plus].map(({ name }) => ({ scheme: name, made: encodeEpc(name, content) }));
}

function holds({ ais, dates }: PlusScheme, elements: Elements): boolean {
  const given = new Set(elements.map(([ai]) => ai));
  return ais.every((ai) => given.has(ai)) && (dates.length === 0 || dates.some((ai) => given.has(ai)));
}
