import type { Level } from './rule.ts';
import { Signal } from './signal.ts';
import { remembers } from './remembers.ts';

/** That another rule does not know, on the same subject; not yet to know is not to know. */
export function ignorance(rule: string): Level['bind'] {
  return (stream, world) =>
    remembers({
      members: world
        .instancesOf(rule)
        .filter((i) => i.stream.id === stream.id)
        .map(({ index }) => index),
      take: (_, happening) => {
        if (happening.is === 'start') return Signal.raise;
        if (happening.is !== 'member') return null;
        return happening.truth === 'known' ? Signal.clear : Signal.raise;
      },
    });
}
