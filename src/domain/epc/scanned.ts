import { readCode, type Code, type CodeHints } from './read-code.ts';

/**
 * A scanned code as a sighting keeps it: its text in UTF-8, symbology identifier first (ISO/IEC 15424).
 * `]X0` stands where the scanner sent none. No EPC begins with `]`, so the two are never mixed up.
 */
const UNKNOWN_SYMBOL = ']X0';
const SYMBOL = /^\][A-Za-z][0-9A-Za-z]/;
const CLOSING_BRACKET = 0x5d;

/** Symbols that hold nothing but a GTIN, and its digits (General Specifications figure 5.1.3-1). */
const GTIN_SYMBOLS: Readonly<Record<string, number>> = { ']E0': 13, ']E4': 8, ']I1': 14 };

/** Symbols whose text is GS1's by their identifier alone. */
const GS1_SYMBOL = /^\](?:C1|d2|e0|Q3|J1)/;

export type ReadScan =
  { readonly kind: 'code'; readonly code: Code } | { readonly kind: 'raw'; readonly why: string };

/** What a sighting keeps of a text that was scanned. */
export function scannedBytes(text: string): Uint8Array {
  return new TextEncoder().encode(SYMBOL.test(text) ? text : UNKNOWN_SYMBOL + text);
}

/** The text of what a sighting kept; null when it is the memory of a tag. */
export function scannedText(bytes: Uint8Array): string | null {
  if (bytes[0] !== CLOSING_BRACKET) return null;
  const text = new TextDecoder().decode(bytes);
  if (!SYMBOL.test(text)) return null;
  return text.startsWith(UNKNOWN_SYMBOL) ? text.slice(UNKNOWN_SYMBOL.length) : text;
}

const HINTS: CodeHints = { prefixLength: null, pc: null };

/** Reads what a scanner sent. What GS1 does not know is kept as it is, never guessed. */
export function readScan(text: string): ReadScan {
  const symbol = SYMBOL.exec(text)?.[0];
  if (symbol === undefined) return readText(text);
  if (GS1_SYMBOL.test(symbol)) return settle(readCode(text, HINTS));
  const rest = text.slice(symbol.length);
  const digits = GTIN_SYMBOLS[symbol];
  if (digits !== undefined && rest.length === digits && /^\d+$/.test(rest)) {
    return settle(readCode(`(01)${rest.padStart(14, '0')}`, HINTS));
  }
  const says = /^(?:\(\d{2,4}\)|https?:|urn:)/i.test(rest);
  return says ? readText(rest) : { kind: 'raw', why: `symbol ${symbol} holds no GS1 code` };
}

function readText(text: string): ReadScan {
  const read = settle(readCode(text, HINTS));
  // Digits that happen to fill a tag are a number that somebody printed.
  if (read.kind !== 'code' || read.code.form !== 'tag' || !/^\d+$/.test(text)) return read;
  return { kind: 'raw', why: `"${text}" is digits alone, and no symbology identifier says what they are` };
}

function settle(read: ReturnType<typeof readCode>): ReadScan {
  return read.kind === 'code' ? read : { kind: 'raw', why: read.why };
}
