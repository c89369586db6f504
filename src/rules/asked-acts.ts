import type { RuleSet } from './rule-set.ts';

/**
 * Verbs of acts by which a person tells the rules of a stream something that no device can: that other goods lie
 * there (`restart`), that a weight is right (`rebase`), that tags went rightly (`forget`), that something was done.
 */
export function actsAskedOf(set: RuleSet, stream: string): readonly string[] {
  const asked = set.instances.filter((instance) => instance.stream.id === stream);
  return [...new Set(asked.flatMap(({ levels }) => levels.flatMap(({ watch }) => watch?.acts ?? [])))];
}
