import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/anchoring/key-possession.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { actsIn, code, concluded, key, next, soon, thief } from './ledger-acts.ts';
import { KEY_DELAY, type LedgerWorld } from './ledger-world.ts';

/** Cases 12 to 15: keys are rotated, stolen, replaced. */
export function keyCases(world: () => LedgerWorld): void {
  const { enrolled, possession, proposal, ready, submit, anchored, refusal, head } = actsIn(world);

  describe('rotation of keys', () => {
    it('lets both keys count after the delay until the new one anchors (12)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 5);
      expect(await submit(proposal(log, 1, next, key))).toBeNull();
      expect(await head(log)).toMatchObject({ proposalNo: 1, keyNo: 0 });
      expect(await refusal(log.request(5, 6, next))).toBe('BAD_SIGNATURE');
      // A note with both keys' lines goes by the one that counts.
      await anchored(log, 5, 6, key, next);
      expect(await head(log)).toMatchObject({ keyNo: 0 });
      await world().later(KEY_DELAY);
      await anchored(log, 6, 7, key);
      await anchored(log, 7, 8, key, next);
      expect(await head(log)).toMatchObject({ keyNo: 1, size: 8n });
      expect(await refusal(log.request(8, 9, key))).toBe('BAD_SIGNATURE');
      await anchored(log, 8, 9, next);
    });

    it('lets an anchor in flight across the switch be staged anew (12)', async () => {
      const log = await enrolled();
      await submit(proposal(log, 1, next, key));
      await world().later(KEY_DELAY);
      await world().hold();
      const late = await ready(log.request(0, 6, key));
      const switching = await ready(log.request(0, 5, next), world().stranger);
      await world().stranger.broadcast(switching, soon());
      await world().release();
      await world().hold();
      await world().ledger.broadcast(late, soon());
      await world().release();
      await world().finalise();
      expect(await concluded(world().ledger, late)).toMatchObject({ code: 'STALE_HEAD', size: 5n });
      expect(await refusal(log.request(5, 6, key))).toBe('BAD_SIGNATURE');
      await anchored(log, 5, 6, key, next);
    });

    it('wants possession of both keys, for this proposal, and another key (13)', async () => {
      const log = await enrolled();
      const good = proposal(log, 1, next, key);
      expect(await refusal({ ...good, newSig: thief.sign(possession(log.logId, 1, next)) })).toBe(
        'BAD_SIGNATURE',
      );
      expect(await refusal({ ...good, oldSig: thief.sign(possession(log.logId, 1, next)) })).toBe(
        'BAD_SIGNATURE',
      );
      expect(await refusal(proposal(log, 1, next, null))).toBe('BAD_SIGNATURE');
      expect(await refusal(proposal(log, 0, next, key))).toBe('BAD_SIGNATURE');
      expect(await refusal(proposal(log, 2, next, key))).toBe('BAD_SIGNATURE');
      expect(await refusal({ ...good, logKey: sha256(utf8('another')) })).toBe('BAD_SIGNATURE');
      expect(await refusal(proposal(log, 1, key, key))).toBe('INVALID');
      expect(await submit(good)).toBeNull();
      expect(await refusal(proposal(log, 2, thief, key))).toBe('INVALID');
    });

    it('lets REVOKER beat a thief, whose cancelled proposal is worth nothing (14)', async () => {
      const log = await enrolled();
      const theft = proposal(log, 1, thief, key);
      expect(await submit(theft)).toBeNull();
      const cancel = { fn: 'cancelKey', logId: log.logId } as const;
      expect(code(await world().act(cancel, 'stranger'))).toBe('NOT_PERMITTED');
      expect(await world().act(cancel)).toBeNull();
      expect(code(await world().act(cancel))).toBe('INVALID');
      expect(await refusal(theft)).toBe('BAD_SIGNATURE');
      await world().later(KEY_DELAY);
      expect(await refusal(log.request(0, 5, thief))).toBe('BAD_SIGNATURE');
      await anchored(log, 0, 5);
    });

    it('replaces a stolen key while the log is suspended (15)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 5);
      expect(await submit(proposal(log, 1, thief, key))).toBeNull();
      const suspend = (on: boolean) => world().act({ fn: 'setSuspended', logId: log.logId, on });
      expect(code(await suspend(false))).toBe('NOT_ACTIVE');
      expect(await suspend(true)).toBeNull();
      expect(code(await suspend(true))).toBe('NOT_ACTIVE');
      expect(await head(log)).toMatchObject({ status: 'suspended' });
      expect(await refusal(log.request(5, 6, key))).toBe('NOT_ACTIVE');
      expect(await refusal(proposal(log, 2, thief, key))).toBe('NOT_ACTIVE');
      expect(await world().proposeAsRegistrar(proposal(log, 2, next, null))).toBeNull();
      await world().later(KEY_DELAY);
      expect(await suspend(false)).toBeNull();
      expect(await head(log)).toMatchObject({ status: 'active', keyNo: 1 });
      expect(await refusal(log.request(5, 6, key))).toBe('BAD_SIGNATURE');
      expect(await refusal(log.request(5, 6, thief))).toBe('BAD_SIGNATURE');
      await anchored(log, 5, 6, next);
    });

    it('resumes with the old key when nothing was proposed or nothing is ripe (15)', async () => {
      const log = await enrolled();
      const suspend = (on: boolean) => world().act({ fn: 'setSuspended', logId: log.logId, on });
      await suspend(true);
      expect(await world().proposeAsRegistrar(proposal(log, 1, next, null))).toBeNull();
      expect(await suspend(false)).toBeNull();
      expect(await head(log)).toMatchObject({ keyNo: 0 });
      await anchored(log, 0, 5);
      expect(code(await world().act({ fn: 'setSuspended', logId: log.logId, on: true }, 'stranger'))).toBe(
        'NOT_PERMITTED',
      );
    });
  });
}
