import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { AnchoringSite } from '../../test/anchoring-site.ts';

describe('the anchorer', () => {
  let site: AnchoringSite;
  afterEach(() => site.stop());

  it('is final once and never too early, whatever the chain does (P10)', { timeout: 60_000 }, async () => {
    const fault = fc.oneof(
      fc.record({ kind: fc.constant('reorg' as const), depth: fc.integer({ min: 1, max: 50 }) }),
      fc.record({
        kind: fc.constantFrom('silent', 'lost', 'unanswered', 'hold', 'restart', 'well' as const),
      }),
      fc.record({ kind: fc.constant('sign' as const), more: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 200 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 3, maxLength: 25 }), async (faults) => {
        site = new AnchoringSite(50);
        let size = 1;
        site.sign(size);
        site.start();
        const stood: number[] = [];
        const check = (): void => {
          // What was called final stands, for ever.
          for (const final of site.finals()) expect(site.head('final')?.size).toBeGreaterThanOrEqual(final);
          stood.push(site.head('final')?.size ?? 0);
        };
        for (const f of faults) {
          if (f.kind === 'reorg') site.chain.reorg(f.depth);
          else if (f.kind === 'sign') site.sign((size += f.more));
          else if (f.kind === 'pass') await site.pass(f.seconds);
          else if (f.kind === 'silent') site.chain.silent = true;
          else if (f.kind === 'hold') site.chain.automine = false;
          else if (f.kind === 'lost' || f.kind === 'unanswered') site.chain.broadcasts = f.kind;
          else if (f.kind === 'restart') {
            await site.stop();
            site.start();
          } else heal(site);
          await site.pass(5);
          check();
        }
        heal(site);
        site.sign(++size);
        await site.pass(1200);
        check();
        await site.stop();
        expect(site.failure).toBeNull();
        expect(site.head('final')).toMatchObject({ size, root: site.log.rootAt(size) });
        expect(site.finals()).toEqual([...new Set(site.finals())].toSorted((a, b) => a - b));
        expect(site.finals().at(-1)).toBe(size);
        expect(site.store.inFlight()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

function heal({ chain }: AnchoringSite): void {
  Object.assign(chain, { silent: false, automine: true, broadcasts: 'arrive' });
}
