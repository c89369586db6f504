/** What a stranger wrote, fit for a terminal: no control characters, at most so many signs. */
export function withoutControl(text: string, most: number): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, most);
}
