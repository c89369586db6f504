/**
 * What a rule says of control, by the number of the control-rule catalogue in its `basis`: a site may
 * name its rules as it likes.
 */
export type RuleMeaning =
  /** Control is lost while nobody closed the incident. */
  | 'breach'
  /** What it is about proves nothing while it is open. */
  | 'tamper'
  | 'camera-blind'
  | 'disarmed'
  /** About the gateway's own clock: no time of its records is certain. */
  | 'clock'
  /** Says why sources fall silent. */
  | 'power'
  /** Control is proven all the same, but something is weaker. */
  | 'weakens';

/** In this order: a rule with several numbers means the gravest. */
const MEANINGS: readonly (readonly [RuleMeaning, readonly number[]])[] = [
  ['breach', [1, 2, 4, 8, 9]],
  ['tamper', [27]],
  ['disarmed', [13]],
  ['camera-blind', [31]],
  ['clock', [26]],
  ['power', [25]],
  ['weakens', [3, 6, 7, 10, 11, 12, 14, 15, 22, 24, 28, 32, 33]],
];

/** null for a rule that says nothing of control, such as one on temperature. */
export function meaningOf(basis: string): RuleMeaning | null {
  const numbers = new Set([...basis.matchAll(/\bR(\d{1,2})\b/g)].map((match) => Number(match[1])));
  return MEANINGS.find(([, known]) => known.some((number) => numbers.has(number)))?.[0] ?? null;
}
