import { describe, expect, it } from 'vitest';
import { hexOf } from '../../src/anchoring/hex.ts';
import { sha256 } from '../../src/anchoring/key-possession.ts';
import { checkpointText } from '../../src/evidence/checkpoint.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { AnchoredLog, LOG_KEY } from '../anchored-log.ts';
import { actsIn, code, key, newGateway, next, rawAnchor, thief } from './ledger-acts.ts';
import { KEY_DELAY, type LedgerWorld } from './ledger-world.ts';

/** Cases 16 to 19: revocation, forks, silence, epochs. */
export function endingCases(world: () => LedgerWorld): void {
  const { enrolled, enrol, proposal, submit, anchored, refusal, head } = actsIn(world);

  it('ends a log at the size REVOKER names, and may void more later (16)', async () => {
    const log = await enrolled();
    await anchored(log, 0, 9);
    const revoke = (validSize: number) => world().act({ fn: 'revoke', logId: log.logId, validSize });
    expect(await world().validSize(log.logId)).toBeNull();
    expect(code(await revoke(10))).toBe('INVALID');
    expect(code(await world().act({ fn: 'revoke', logId: log.logId, validSize: 5 }, 'stranger'))).toBe(
      'NOT_PERMITTED',
    );
    expect(await revoke(7)).toBeNull();
    expect(await head(log)).toMatchObject({ status: 'revoked', size: 9n });
    expect(code(await revoke(8))).toBe('INVALID');
    expect(await world().validSize(log.logId)).toBe(7);
    expect(await revoke(5)).toBeNull();
    expect(await world().validSize(log.logId)).toBe(5);
    expect(await refusal(log.request(9, 10, key))).toBe('NOT_ACTIVE');
    expect(await refusal(proposal(log, 1, next, key))).toBe('NOT_ACTIVE');
    expect(code(await world().act({ fn: 'setSuspended', logId: log.logId, on: false }))).toBe('NOT_ACTIVE');
  });

  describe('a fork', () => {
    it('faults the log, and voids nothing (17)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 9);
      expect(await world().act(proven(log, 3, 6, 9), 'stranger')).toBeNull();
      expect(await head(log)).toMatchObject({ status: 'faulted', size: 9n });
      expect(await world().validSize(log.logId)).toBe(9);
      expect(await refusal(log.request(9, 10, key))).toBe('NOT_ACTIVE');
      expect(code(await world().act(proven(log, 3, 6, 9)))).toBe('INVALID');
    });

    it('is not believed without proof (17)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 9);
      const good = proven(log, 3, 6, 9);
      const wrong: [object, string][] = [
        [{ forkRoot: good.root }, 'INVALID'],
        [{ size: 0 }, 'INVALID'],
        [{ ...proven(log, 3, 12, 12) }, 'INVALID'],
        [{ keyNo: 1 }, 'INVALID'],
        [{ root: hexOf(log.rootAt(5)) }, 'INCONSISTENT'],
        [{ proof: good.proof.slice(1) }, 'INCONSISTENT'],
        [{ forkSig: proven(log, 3, 6, 9, 0, thief).forkSig }, 'BAD_SIGNATURE'],
        [{ forkSig: proven(log, 2, 6, 9).forkSig, forkRoot: hexOf(log.rootAt(4)) }, 'BAD_SIGNATURE'],
        [{ origin: `${newGateway()}/0` }, 'INVALID'],
      ];
      for (const [change, why] of wrong) {
        expect(code(await world().act({ ...good, ...change })), JSON.stringify(change)).toBe(why);
      }
      expect(await head(log)).toMatchObject({ status: 'active' });
    });

    it('of a retired key leaves the living log alone, and counts only in its interval (17)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 5);
      await submit(proposal(log, 1, next, key));
      await world().later(KEY_DELAY);
      await anchored(log, 5, 9, next);
      expect(code(await world().act(proven(log, 3, 6, 9, 0)))).toBe('INVALID');
      expect(code(await world().act(proven(log, 3, 5, 9, 1, next)))).toBe('INVALID');
      expect(await world().act(proven(log, 3, 5, 9, 0))).toBeNull();
      expect(await head(log)).toMatchObject({ status: 'active' });
      await anchored(log, 9, 10, next);
      expect(await world().act(proven(log, 3, 6, 10, 1, next))).toBeNull();
      expect(await head(log)).toMatchObject({ status: 'faulted' });
    });
  });

  it('tells the time of the newest head in seconds, so that silence can be judged (18)', async () => {
    const log = await enrolled();
    await anchored(log, 0, 5);
    const before = Number((await head(log)).at);
    await world().later(1000);
    await anchored(log, 5, 6);
    const after = Number((await head(log)).at);
    expect(after - before).toBeGreaterThanOrEqual(1000);
    expect(after - before).toBeLessThan(1100);
  });

  it('counts the delay of a key in seconds, to the second (18)', async () => {
    const log = await enrolled();
    await submit(proposal(log, 1, next, key));
    await world().later(KEY_DELAY - 60);
    expect(await refusal(log.request(0, 5, next))).toBe('BAD_SIGNATURE');
    await world().later(60);
    await anchored(log, 0, 5, next);
  });

  describe('epochs', () => {
    it('end the one before at its size (19)', async () => {
      const gateway = newGateway();
      const first = await enrolled(`${gateway}/0`);
      await anchored(first, 0, 5);
      const second = await enrolled(`${gateway}/3`, first.logId);
      expect(await head(first)).toMatchObject({ status: 'revoked', size: 5n });
      expect(await world().validSize(first.logId)).toBe(5);
      expect(await refusal(first.request(5, 6, key))).toBe('NOT_ACTIVE');
      await anchored(second, 0, 1);
    });

    it('name the newest log, rise, and exist once (19)', async () => {
      const gateway = newGateway();
      const first = await enrolled(`${gateway}/1`);
      const foreign = await enrolled();
      const at = (epoch: number) => new AnchoredLog(`${gateway}/${epoch}`);
      expect(code(await enrol(at(1), null))).toBe('INVALID');
      expect(code(await enrol(at(2), null))).toBe('INVALID');
      expect(code(await enrol(at(2), foreign.logId))).toBe('INVALID');
      expect(code(await enrol(at(0), first.logId))).toBe('INVALID');
      await enrolled(`${gateway}/2`, first.logId);
      expect(code(await enrol(at(3), first.logId))).toBe('INVALID');
      expect(code(await enrol(new AnchoredLog(`${newGateway()}/0`), first.logId))).toBe('INVALID');
    });

    it('leave a log that had ended as it was (19)', async () => {
      const gateway = newGateway();
      const first = await enrolled(`${gateway}/0`);
      await anchored(first, 0, 5);
      await world().act({ fn: 'revoke', logId: first.logId, validSize: 2 });
      await enrolled(`${gateway}/1`, first.logId);
      expect(await world().validSize(first.logId)).toBe(2);
    });

    it('want a well-formed origin, a proof of possession and a registrar (19)', async () => {
      for (const origin of ['a.example/gw/00/0', `${newGateway()}/65536`, `${newGateway()}/01`, 'x']) {
        expect(code(await enrol(new AnchoredLog(origin), null)), origin).toBe('INVALID');
      }
      const log = new AnchoredLog(`${newGateway()}/0`);
      expect(code(await enrol(log, null, thief))).toBe('BAD_SIGNATURE');
      expect(code(await enrol(log, null, key, 1))).toBe('BAD_SIGNATURE');
      const call = {
        ...rawAnchor(log, 0, 1),
        fn: 'enrol',
        prev: null,
        logKey: hexOf(LOG_KEY.publicKey),
      } as const;
      const stranger = world().act({ ...call, ledgerKey: key.address, maxSilence: 60 }, 'stranger');
      expect(code(await stranger)).toBe('NOT_PERMITTED');
    });
  });
}

/** A claim that `signer` told another history from `forkAt` on. */
function proven(log: AnchoredLog, forkAt: number, size: number, headSize: number, keyNo = 0, signer = key) {
  const forked = new AnchoredLog(log.origin, { forkAt });
  const digest = sha256(utf8(checkpointText(log.origin, size, forked.rootAt(size))));
  return {
    fn: 'proveFork',
    origin: log.origin,
    keyNo,
    size,
    root: hexOf(log.rootAt(size)),
    proof: log.consistency(size, headSize).map(hexOf),
    forkRoot: hexOf(forked.rootAt(size)),
    forkSig: hexOf(signer.sign(digest)),
  } as const;
}
