/** Longest that stands in a snapshot as it is (evidence section 2: 256 bytes of text). */
const LONGEST = 200;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** What the cells of a condition over these parts mean: another text for other parts, also where there are many. */
export function meaningOf(word: string, parts: readonly string[]): string {
  const all = parts.join(' ');
  if (word.length + 1 + all.length <= LONGEST) return `${word} ${all}`;
  let hash = FNV_OFFSET;
  for (let i = 0; i < all.length; i++) hash = Math.imul(hash ^ all.charCodeAt(i), FNV_PRIME);
  return `${word} ${parts.length} ${all.length} ${(hash >>> 0).toString(16)}`;
}
