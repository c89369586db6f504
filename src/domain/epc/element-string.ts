import { checkValue, identifierAt, predefinedLength, type Elements } from './application-identifiers.ts';
import { done, refused, type Outcome } from './outcome.ts';

/** FNC1 as scanners send it: ASCII group separator. */
export const GS = '\x1d';
/** Symbology identifiers of symbols that hold element strings (General Specifications figure 5.1.3-1). */
const GS1_SYMBOLS: Readonly<Record<string, string>> = {
  ']C1': 'GS1-128',
  ']d2': 'GS1 DataMatrix',
  ']e0': 'GS1 DataBar',
  ']Q3': 'GS1 QR Code',
  ']J1': 'GS1 DotCode',
};

/** `(01)09506000134352(21)32a/b`, as people read it. */
export function elementString(elements: Elements): string {
  return elements.map(([ai, value]) => `(${ai})${value}`).join('');
}

/**
 * Element strings as printed, with parentheses, or as a scanner sends them: a symbology identifier such as `]d2`
 * or none, and FNC1 as ASCII 29 behind values whose length their identifier does not tell.
 */
export function parseElementString(text: string): Outcome<Elements> {
  const symbol = /^\][A-Za-z]./.exec(text)?.[0];
  if (symbol !== undefined && !(symbol in GS1_SYMBOLS)) {
    const known = Object.entries(GS1_SYMBOLS).map(([id, name]) => `${id} ${name}`);
    return refused(`symbol ${symbol} holds no GS1 element strings; these do: ${known.join(', ')}`);
  }
  const bare = withoutGs(text.slice(symbol?.length ?? 0));
  const split = bare.startsWith('(') ? splitPrinted(bare) : splitScanned(bare);
  return split.ok ? checkElements(split.value) : split;
}

/** Every value fits its identifier, and none stands twice with different values. */
export function checkElements(elements: Elements): Outcome<Elements> {
  const seen = new Map<string, string>();
  for (const [ai, value] of elements) {
    const why = checkValue(ai, value);
    if (why !== null) return refused(why);
    const before = seen.get(ai);
    if (before !== undefined && before !== value)
      return refused(`(${ai}) stands twice: ${before} and ${value}`);
    seen.set(ai, value);
  }
  return done([...seen]);
}

function splitPrinted(text: string): Outcome<Elements> {
  const elements: [string, string][] = [];
  let rest = text;
  while (rest !== '') {
    const ai = /^\((\d{2,4})\)/.exec(rest)?.[1];
    if (ai === undefined)
      return refused(`"${rest}" does not begin with an application identifier in parentheses`);
    rest = rest.slice(ai.length + 2);
    // A parenthesis may stand in a value: only a known identifier begins the next.
    const next = [...rest.matchAll(/\((\d{2,4})\)/g)].find((m) => identifierAt(m[1] ?? '') === m[1]);
    const value = rest.slice(0, next?.index ?? rest.length);
    elements.push([ai, value]);
    rest = rest.slice(value.length);
  }
  return done(elements);
}

function splitScanned(text: string): Outcome<Elements> {
  const elements: [string, string][] = [];
  let rest = text;
  while (rest !== '') {
    const ai = identifierAt(rest);
    if (ai === null)
      return refused(`"${printable(rest)}" does not begin with a known application identifier`);
    rest = rest.slice(ai.length);
    const fixed = predefinedLength(ai);
    const end = rest.indexOf(GS);
    const length = fixed ?? (end === -1 ? rest.length : end);
    const value = rest.slice(0, length);
    if (value.length < length || value.includes(GS))
      return refused(`(${ai}) has ${length} characters, there are "${printable(value)}"`);
    elements.push([ai, value]);
    rest = withoutGs(rest.slice(length));
  }
  return elements.length > 0 ? done(elements) : refused('there is no element string');
}

function withoutGs(text: string): string {
  return text.startsWith(GS) ? text.slice(1) : text;
}

function printable(text: string): string {
  return text.replaceAll(GS, '<GS>');
}
