import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checked, limitRule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { Records, Timeline } from '../../test/rules/timeline.ts';
import { bindRules } from './rule-set.ts';

/** A limit in thousandths of a degree; the stream's values are hundredths. */
type Limit = {
  readonly low: number;
  readonly high: number;
  readonly deadband: number;
  readonly raiseMs: number;
  readonly clearMs: number;
};
type Sample = { readonly t: number; readonly v: number | null };

const COVER = 90_000;

/**
 * The same rule told naively: it keeps all that was read and, at every tick, looks back over it.
 * Times are multiples of the tick, so that no deadline lies between two of them.
 */
class Naive {
  readonly said: string[] = [];
  readonly #limit: Limit;
  readonly #history: Sample[] = [];
  #isOpen = false;
  /** Readings before this one are of a clear that was made or given up. */
  #from = 0;

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  read(sample: Sample): void {
    this.#history.push(sample);
    this.look(sample.t);
  }

  look(now: number): void {
    if (this.#isOpen) this.#lookForClear(now);
    else this.#lookForRaise(now);
  }

  #lookForRaise(now: number): void {
    const known = this.#history.slice(this.#from).flatMap(({ t, v }) => (v === null ? [] : [{ t, v }]));
    const start = known.findLastIndex(({ v }) => !this.#isOut(v)) + 1;
    const first = known[start];
    if (first === undefined || first.t + this.#limit.raiseMs > now) return;
    this.#isOpen = true;
    this.said.push(`${now} opened ${first.v}`);
  }

  #lookForClear(now: number): void {
    let start = this.#history.length;
    for (; start > this.#from; start--) {
      const { t, v } = this.#history[start - 1]!;
      const next = this.#history[start];
      if (v === null || !this.#isBack(v) || (next !== undefined && next.t - t > COVER)) break;
    }
    const first = this.#history[start];
    const last = this.#history.at(-1);
    if (first === undefined || last === undefined || first.t + this.#limit.clearMs > now) return;
    this.#from = this.#history.length;
    if (last.t + COVER <= first.t + this.#limit.clearMs) return;
    this.#isOpen = false;
    this.said.push(`${now} closed ${last.t === now && this.#limit.clearMs === 0 ? last.v : first.v}`);
  }

  #isOut(v: number): boolean {
    return v * 10 > this.#limit.high || v * 10 < this.#limit.low;
  }

  #isBack(v: number): boolean {
    const { low, high, deadband } = this.#limit;
    return v * 10 <= high - deadband && v * 10 >= low + deadband;
  }
}

const TICK = 10_000;
const END = 400 * TICK;

const limit: fc.Arbitrary<Limit> = fc.record({
  low: fc.constantFrom(2000, 2004, 1999),
  high: fc.constantFrom(8000, 8005, 7999),
  deadband: fc.constantFrom(0, 5, 500, 2001),
  raiseMs: fc.constantFrom(0, TICK, 6 * TICK, 20 * TICK),
  clearMs: fc.constantFrom(0, TICK, 6 * TICK, 30 * TICK),
});

const samples: fc.Arbitrary<Sample[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom(0, 1, 3, 6, 6, 9, 10, 25),
      fc.constantFrom(199, 200, 201, 251, 400, 400, 599, 600, 749, 750, 799, 800, 801, 801, 900, null),
    ),
    { minLength: 1, maxLength: 15 },
  )
  .map((steps) => {
    let t = 0;
    return steps.map(([ticks, v]) => ({ t: (t += ticks * TICK), v }));
  });

describe('a limit rule', () => {
  it('says what the naive reading of it says', () => {
    let spoken = 0;
    fc.assert(
      fc.property(limit, samples, (given, read) => {
        const naive = new Naive(given);
        const raw = limitRule({
          above: undefined,
          outside: [given.low / 1000, given.high / 1000],
          deadband: given.deadband / 1000,
          'raise-after': `${given.raiseMs}ms`,
          'clear-after': `${given.clearMs}ms`,
          'on-unknown': 'ignore',
        });
        const line = new Timeline(bindRules(checked([raw]), STREAMS, SITE.zones));
        const records = new Records();
        const out = [];
        for (let now = 0; now <= END; now += TICK) {
          naive.look(now);
          out.push(...line.passTime(now));
          for (const sample of read.filter(({ t }) => t === now)) {
            naive.read(sample);
            out.push(...line.take(records.reading(1, now, sample.v)));
          }
        }
        const said = out.flatMap((o) =>
          o.is === 'finding'
            ? [`${o.finding.t} ${o.finding.phase === 1 ? 'opened' : 'closed'} ${o.finding.v}`]
            : [],
        );
        expect(said).toEqual(naive.said);
        spoken += said.length;
      }),
      { numRuns: 1500 },
    );
    expect(spoken).toBeGreaterThan(1000);
  });
});
