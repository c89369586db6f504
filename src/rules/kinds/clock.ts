import { RecordType, SystemCode } from '../../domain/record.ts';
import { Pulse } from '../pulse.ts';
import { remembers } from '../remembers.ts';
import { Signal } from '../signal.ts';
import { readDuration } from '../values.ts';
import type { Kind } from './kind.ts';

/** The gateway's wall clock was set by more than `step: 2s`, forward or back. */
export const clock: Kind = {
  about: 'gateway',
  keys: ['step'],
  raiseAfter: false,
  seesLate: false,
  looksAround: true,
  check(level) {
    const stepMs = readDuration(level, 'step', 1);
    if (stepMs === null) return null;
    const pulse = new Pulse(0);
    return () =>
      remembers({
        records: [RecordType.system],
        meaning: 'clock',
        fresh: () => [null],
        take: (cells, happening) => {
          if (happening.is === 'time') return pulse.end(cells);
          if (happening.is !== 'record') return happening.is === 'start' ? Signal.clear : null;
          const [code, a] = happening.record.body;
          if (code !== SystemCode.clockStepped || typeof a !== 'number') return null;
          return Math.abs(a) > stepMs ? pulse.begin(cells, happening.t) : null;
        },
        due: (cells) => pulse.due(cells),
        shift: (cells, a) => pulse.shift(cells, a),
      });
  },
};
