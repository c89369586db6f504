import type { Condition } from './rule.ts';
import { Signal } from './signal.ts';
import type { Watch } from './watch.ts';

/** A condition that remembers, made of what it needs; without `fresh` it remembers nothing. */
export function remembers(
  parts: Partial<Watch> & Pick<Watch, 'take'>,
  coverMs = Infinity,
): Condition & { readonly watch: Watch } {
  return {
    limits: [],
    test: () => Signal.hold,
    coverMs,
    silenceMs: null,
    watch: {
      inputs: [],
      hears: 'live',
      records: [],
      acts: [],
      members: [],
      meaning: '',
      fresh: () => [],
      due: () => Infinity,
      shift: () => undefined,
      ...parts,
    },
  };
}
