import type { StreamSpec } from '../../domain/stream.ts';
import type { Decimal } from '../../domain/units.ts';
import type { Fields } from '../fields.ts';
import { readNeighbours } from '../neighbours.ts';
import { readQuantity } from '../quantity.ts';
import { meaningOf } from '../meaning.ts';
import { remembers } from '../remembers.ts';
import { Signal } from '../signal.ts';
import { sizeAt } from '../threshold.ts';
import { readDuration } from '../values.ts';
import { numberIn, shiftAt, type Cell } from '../watch.ts';
import type { Kind } from './kind.ts';

/** Places in the cells: the value and since when; then least and greatest of each neighbour since. */
const VALUE = 0;
const SINCE = 1;
const NEIGHBOURS = 2;

/**
 * The very same value `for: 6h` while a neighbour `moved: 0.5 °C`. Neighbours are those of the same
 * quantity in the same zone, or what `neighbours` selects. Or `jump: 5 °C` from one reading to the next `over: 1m`.
 */
export const stuck: Kind = {
  about: 'stream',
  keys: ['for', 'moved', 'neighbours', 'jump', 'over'],
  raiseAfter: true,
  seesLate: false,
  looksAround: false,
  check(level, streams, { site }) {
    if (level.has('jump')) return readJump(level, streams);
    const spanMs = readDuration(level, 'for', 1);
    const moved = readSize(level, 'moved', streams);
    const beside = readNeighbours(level, 'neighbours', streams, site);
    if (spanMs === null || moved === null || beside === null) return null;
    const slow = streams.find((s) => s.cadenceMs >= spanMs);
    if (slow !== undefined) {
      return level.fail(
        'for',
        `is no longer than one reading of stream ${slow.id} speaks for (${slow.cadenceMs}ms)`,
      );
    }
    return (stream, world) => {
      const others = beside(stream, world.streams, world.zones);
      const sizes = others.map((other) => sizeAt(moved, other.exp));
      const hasMoved = (cells: readonly Cell[]): boolean =>
        sizes.some((size, i) => {
          const least = numberIn(cells, NEIGHBOURS + 2 * i);
          const most = numberIn(cells, NEIGHBOURS + 2 * i + 1);
          return least !== null && most !== null && most - least > size;
        });
      return remembers(
        {
          inputs: [stream, ...others],
          meaning: meaningOf(
            'stuck',
            others.map(({ id }) => id),
          ),
          fresh: () => [null, null, ...others.flatMap(() => [null, null])],
          take: (cells, happening) => {
            if (happening.is === 'start') return Signal.notYet;
            if (happening.is !== 'reading') return null;
            const { input, v, t } = happening;
            if (input > 0) {
              if (v !== null) widen(cells, NEIGHBOURS + 2 * (input - 1), v);
              return null;
            }
            if (v === null) return Signal.unknown;
            if (v !== cells[VALUE]) {
              cells.fill(null);
              cells[VALUE] = v;
              cells[SINCE] = t;
              return Signal.clear;
            }
            const isLong = t - (numberIn(cells, SINCE) ?? t) >= spanMs;
            return isLong && hasMoved(cells) ? Signal.raise : Signal.hold;
          },
          shift: (cells, a) => shiftAt(cells, a, SINCE),
        },
        stream.maxGapMs,
      );
    };
  },
};

function readSize(level: Fields, key: string, streams: readonly StreamSpec[]): Decimal | null {
  const size = readQuantity(level, key, level.raw(key), streams);
  if (size === null || size.digits > 0) return size;
  return level.fail(key, 'must be more than nothing');
}

function widen(cells: Cell[], i: number, v: number): void {
  cells[i] = Math.min(numberIn(cells, i) ?? v, v);
  cells[i + 1] = Math.max(numberIn(cells, i + 1) ?? v, v);
}

/** Places in the cells of a jump: the value before and when. */
const BEFORE = 0;
const BEFORE_AT = 1;

function readJump(level: Fields, streams: readonly StreamSpec[]): ReturnType<Kind['check']> {
  const jump = readSize(level, 'jump', streams);
  const overMs = readDuration(level, 'over', 1);
  const other = ['for', 'moved', 'neighbours'].find((key) => level.has(key));
  if (other !== undefined) return level.fail(other, 'cannot stand beside jump; keep one of them');
  if (jump === null || overMs === null) return null;
  return (stream) =>
    remembers(
      {
        inputs: [stream],
        meaning: 'jump',
        fresh: () => [null, null],
        take: (cells, happening) => {
          if (happening.is === 'start') return Signal.notYet;
          if (happening.is !== 'reading') return null;
          const { v, t } = happening;
          if (v === null) return Signal.unknown;
          const [before, at] = [numberIn(cells, BEFORE), numberIn(cells, BEFORE_AT)];
          cells[BEFORE] = v;
          cells[BEFORE_AT] = t;
          // After a gap nobody knows how fast it went.
          if (before === null || at === null || t - at > stream.maxGapMs) return Signal.hold;
          return Math.abs(v - before) * overMs > sizeAt(jump, stream.exp) * (t - at)
            ? Signal.raise
            : Signal.clear;
        },
        shift: (cells, a) => shiftAt(cells, a, BEFORE_AT),
      },
      stream.maxGapMs,
    );
}
