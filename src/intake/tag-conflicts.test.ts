import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TagObservation } from '../domain/device.ts';
import { TagConflicts } from './tag-conflicts.ts';

const AT = Date.UTC(2026, 1, 3, 8);
const MINUTE = 60_000;
/** Two doors of one hall, a hall 5 km away, and a truck, whose place nobody knows. */
const PLACES = new Map([
  ['door-1/in', { longitude: 121.4737, latitude: 31.2304 }],
  ['door-2/out', { longitude: 121.4742, latitude: 31.2304 }],
  ['far-1/in', { longitude: 121.5262, latitude: 31.2304 }],
] as const);

function seen(
  stream: TagObservation['stream'],
  first: number,
  more: Partial<TagObservation> = {},
): TagObservation {
  const epc = Uint8Array.of(0x30, 0x34, 7);
  return {
    stream,
    epc,
    tid: null,
    antenna: 1,
    first,
    last: first + 1000,
    reads: 3,
    rssi: -5000,
    q: 0,
    ...more,
  };
}

/** What is found of these, in this order: the speed, `chip`, or nothing. */
function found(...all: readonly TagObservation[]): (number | 'chip' | null)[] {
  const conflicts = new TagConflicts(PLACES, () => null);
  return all.map((one) => {
    const taken = conflicts.take(one);
    return taken === null ? null : (taken.conflict.kmh ?? 'chip');
  });
}

const [ONE, OTHER] = [Uint8Array.of(0xe2, 1), Uint8Array.of(0xe2, 2)];

function numbered(n: number): Uint8Array {
  return Uint8Array.of(n >> 8, n & 255);
}

describe('a tag', () => {
  it('that goes from place to place as goods do is in no conflict', () => {
    expect(
      found(
        seen('door-1/in', AT),
        seen('door-2/out', AT + 1000),
        // 5 km in ten minutes: 30 km/h.
        seen('far-1/in', AT + 10 * MINUTE),
        seen('door-1/in', AT + 20 * MINUTE),
      ),
    ).toEqual([null, null, null, null]);
  });

  it('cannot be 5 km away within a minute, nor in both places at once', () => {
    const [, soon, atOnce] = found(
      seen('door-1/in', AT),
      seen('far-1/in', AT + MINUTE),
      seen('door-1/in', AT + MINUTE),
    );
    expect(soon).toBeGreaterThan(250);
    expect(soon).toBeLessThan(300);
    // Five seconds, by which the readers' clocks may differ.
    expect(atOnce).toBeGreaterThan(3000);
  });

  it('that a reader tells of late is judged by its own times', () => {
    expect(found(seen('far-1/in', AT + 10 * MINUTE), seen('door-1/in', AT))).toEqual([null, null]);
    const [, late] = found(seen('far-1/in', AT + MINUTE), seen('door-1/in', AT));
    expect(late).toBeGreaterThan(120);
  });

  it('of which nobody knows where it was is not judged', () => {
    expect(found(seen('truck-1/box', AT), seen('far-1/in', AT), seen('truck-1/box', AT))).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('with another chip is another tag; where no chip is read nothing is decided', () => {
    expect(
      found(
        seen('door-1/in', AT, { tid: ONE }),
        seen('door-1/in', AT + MINUTE),
        seen('door-1/in', AT + 2 * MINUTE, { tid: OTHER }),
        seen('door-2/out', AT + 3 * MINUTE, { tid: ONE }),
        seen('door-2/out', AT + 4 * MINUTE, { tid: OTHER }),
      ),
    ).toEqual([null, null, 'chip', null, 'chip']);
  });

  it('is news once in ten minutes, with where and what it was before', () => {
    const conflicts = new TagConflicts(PLACES, () => null);
    conflicts.take(seen('door-1/in', AT, { tid: ONE }));
    const take = (at: number) => conflicts.take(seen('door-2/out', at, { tid: OTHER }));
    expect(take(AT + MINUTE)).toEqual({
      isNews: true,
      conflict: {
        epc: Uint8Array.of(0x30, 0x34, 7),
        kmh: null,
        detail: 'door-2/out with TID e202, before door-1/in 2026-02-03T08:00:01.000Z, bound to TID e201',
      },
    });
    expect(take(AT + 2 * MINUTE)?.isNews).toBe(false);
    expect(take(AT + 12 * MINUTE)?.isNews).toBe(true);
  });

  it('is found among many, and no more are remembered than asked for', () => {
    const conflicts = new TagConflicts(PLACES, () => null, 1000);
    for (let n = 0; n < 5000; n++) {
      conflicts.take(seen('door-1/in', AT, { epc: numbered(n), tid: ONE }));
      expect(conflicts.size).toBeLessThanOrEqual(1000);
    }
    const other = (n: number) => conflicts.take(seen('door-1/in', AT, { epc: numbered(n), tid: OTHER }));
    expect(other(4900)).not.toBeNull();
    expect(other(100)).toBeNull();
  });

  it('in order or not, is in conflict exactly when some pair of neighbours in time is too fast', () => {
    const stops = fc.array(fc.tuple(fc.constantFrom('door-1/in', 'far-1/in'), fc.nat(60)), {
      minLength: 2,
      maxLength: 8,
    });
    fc.assert(
      fc.property(stops, (all) => {
        const inOrder = all.toSorted((a, b) => a[1] - b[1]);
        const tooFast = inOrder.map(([place, minute], i) => {
          const before = inOrder[i - 1];
          // 5 km at 120 km/h take two and a half minutes.
          return before !== undefined && before[0] !== place && minute - before[1] < 2.3;
        });
        const judged = found(
          ...inOrder.map(([place, minute]) => seen(place as 'door-1/in', AT + minute * MINUTE)),
        );
        expect(judged.map((kmh) => kmh !== null)).toEqual(tooFast);
      }),
    );
  });
});
