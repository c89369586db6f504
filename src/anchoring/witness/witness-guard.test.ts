import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WitnessGuard } from './witness-guard.ts';

/** A town of witnesses with their owners, a quorum there can be, and an order in which all are heard. */
const towns = fc.integer({ min: 1, max: 7 }).chain((n) =>
  fc
    .record({
      owners: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: n, maxLength: n }),
      k: fc.integer({ min: 1, max: 5 }),
      order: fc.shuffledSubarray(
        Array.from({ length: n }, (_, i) => i),
        { minLength: n, maxLength: n },
      ),
      silent: fc.array(fc.boolean(), { minLength: n, maxLength: n }),
      ahead: fc.array(fc.boolean(), { minLength: n, maxLength: n }),
    })
    .filter(({ owners, k }) => k <= new Set(owners).size),
);

type Town = typeof towns extends fc.Arbitrary<infer T> ? T : never;

/** The guard after each witness was heard once, and what it said on the way. */
function heard({ owners, k, order, silent, ahead }: Town): { guard: WitnessGuard; states: string[] } {
  const guard = new WitnessGuard(owners.length, k);
  const states = order.map((i) => {
    if (silent[i] === true) guard.noteSilent(`w${i}`);
    else if (ahead[i] === true) guard.noteAhead({ witness: `w${i}`, owner: `o${owners[i]}`, size: 9 });
    else guard.noteSound(`w${i}`);
    return guard.state;
  });
  return { guard, states };
}

const ownersOf = ({ owners }: Town, which: (i: number) => boolean): number =>
  new Set(owners.filter((_, i) => which(i))).size;

describe('the guard on witnesses', () => {
  it('never opens while k owners could have cosigned more than we have, whoever is silent', () => {
    fc.assert(
      fc.property(towns, (town) => {
        const { states } = heard(town);
        const isAhead = (i: number): boolean => town.ahead[i] === true;
        if (ownersOf(town, isAhead) >= town.k) expect(states).not.toContain('open');
      }),
      { numRuns: 3000 },
    );
  });

  it('opens when enough answer and none of them is ahead, and only with the last of them', () => {
    fc.assert(
      fc.property(towns, (town) => {
        const { guard, states } = heard(town);
        const answers = town.silent.filter((silent, i) => !silent && town.ahead[i] !== true).length;
        const claims = town.ahead.some((ahead, i) => ahead && town.silent[i] !== true);
        const enough = answers >= town.owners.length - town.k + 1;
        expect(guard.state === 'open').toBe(enough && !claims);
        expect(states.slice(0, -1)).not.toContain('open');
      }),
      { numRuns: 3000 },
    );
  });

  it('calls it a rollback exactly when k owners say so, in any order, and for good', () => {
    fc.assert(
      fc.property(towns, (town) => {
        const { guard, states } = heard(town);
        const claiming = ownersOf(town, (i) => town.ahead[i] === true && town.silent[i] !== true);
        expect(states.includes('rollback')).toBe(claiming >= town.k);
        if (claiming < town.k) return;
        town.owners.forEach((_, i) => guard.noteSound(`w${i}`));
        expect(guard.state).toBe('rollback');
      }),
      { numRuns: 3000 },
    );
  });
});
