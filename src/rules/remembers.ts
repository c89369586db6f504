import type { Condition, Limit } from './rule.ts';
import { Signal } from './signal.ts';
import type { Watch } from './watch.ts';

/** What a condition that says nothing of it has; one for all, since a site has thousands of them. */
const PLAIN: Omit<Watch, 'take'> = {
  inputs: [],
  hears: 'live',
  records: [],
  acts: [],
  members: [],
  meaning: '',
  fresh: () => [],
  due: () => Infinity,
  shift: () => undefined,
};
const NO_LIMITS: readonly Limit[] = [];
const hold = (): Signal => Signal.hold;

/** A condition that remembers, made of what it needs; without `fresh` it remembers nothing. */
export function remembers(
  parts: Partial<Watch> & Pick<Watch, 'take'>,
  coverMs = Infinity,
): Condition & { readonly watch: Watch } {
  return { limits: NO_LIMITS, test: hold, coverMs, silenceMs: null, watch: { ...PLAIN, ...parts } };
}
