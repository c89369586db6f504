import { done, refused, type Outcome } from './outcome.ts';

/** The 82 characters of serials and batches (GS1 General Specifications, figure 7.11-1). */
export const TEXT = /^[!"%-?A-Z_a-z]*$/;
/** Characters that a URN writes as %XX (TDS 2.x, table A-1). */
const ESCAPED = /["%&/<>?#]/g;

export function toUrn(text: string): string {
  return text.replace(ESCAPED, hexEscape);
}

/** What a part of a URN says; an escape that is not needed, or missing, is refused: one identity has one URI. */
export function fromUrn(text: string): Outcome<string> {
  const plain = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const right = toUrn(plain);
  if (right.toUpperCase() === text.toUpperCase()) return done(plain);
  return refused(`"${text}" is written "${right}" in a URI`);
}

/** A path segment of a Digital Link: all but letters, digits and `-._` escaped (RFC 3986). */
export function toPath(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/g, hexEscape);
}

/** A segment or query value of a web address. */
export function fromPath(text: string): Outcome<string> {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return refused(`"${text}" has a % without two hexadecimal digits`);
  return done(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

function hexEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** GS1 check digit (General Specifications 7.9): weights 3, 1, 3 … from the right. */
export function checkDigit(digits: string): string {
  let sum = 0;
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight)
    sum += (digits.charCodeAt(i) - 48) * weight;
  return String((10 - (sum % 10)) % 10);
}
