const MAX_BYTES = 256;

/**
 * Text as a record may carry it (evidence section 2): NFC, no control characters, no lone
 * surrogates, at most 256 bytes of UTF-8. What a person or device wrote is cut, never refused.
 */
export function recordText(text: string): string {
  const clean = text
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\p{Cc}+/gu, ' ');
  if (clean.length * 3 <= MAX_BYTES) return clean;
  let bytes = 0;
  let end = 0;
  for (const character of clean) {
    bytes += utf8Length(character.codePointAt(0) ?? 0);
    if (bytes > MAX_BYTES) break;
    end += character.length;
  }
  return clean.slice(0, end).normalize('NFC');
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
