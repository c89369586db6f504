import type { Level } from './rule.ts';
import { Signal } from './signal.ts';
import { never } from './watch.ts';

/** That another rule does not know, on the same subject; not yet to know is not to know. */
export function ignorance(rule: string): Level['bind'] {
  return (stream, world) => ({
    limits: [],
    test: () => Signal.clear,
    coverMs: Infinity,
    silenceMs: null,
    watch: {
      inputs: [],
      hears: 'live',
      records: [],
      members: world
        .instancesOf(rule)
        .filter((i) => i.stream.id === stream.id)
        .map(({ index }) => index),
      meaning: '',
      fresh: () => [],
      take: (_, happening) => {
        if (happening.is === 'start') return Signal.raise;
        if (happening.is !== 'member') return null;
        return happening.known ? Signal.clear : Signal.raise;
      },
      due: never,
      shift: () => undefined,
    },
  });
}
