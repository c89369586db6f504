import type { OpenStream } from '../domain/stream.ts';
import type { Condition } from './rule.ts';
import { Signal } from './signal.ts';
import { remembers } from './remembers.ts';

/** A condition on single values as one level among others that remember. */
export function asWatch({ watch, test }: Condition, stream: OpenStream): Pick<Condition, 'watch'> {
  if (watch !== null) return { watch };
  return remembers({
    inputs: [stream],
    take: (_, happening) => {
      if (happening.is === 'start') return Signal.notYet;
      if (happening.is !== 'reading') return null;
      return happening.v === null ? Signal.unknown : test(happening.v);
    },
  });
}
