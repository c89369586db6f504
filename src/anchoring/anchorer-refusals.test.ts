import { afterEach, describe, expect, it } from 'vitest';
import { AnchoringSite } from '../../test/anchoring-site.ts';
import { AnchoredLog, keyNamed, LOG_KEY } from '../../test/anchored-log.ts';
import { hexOf } from './hex.ts';
import { keyHash } from './key-possession.ts';
import { MemoryChain } from './memory/memory-chain.ts';

describe('the anchorer', () => {
  let site: AnchoringSite;
  const open = (depth?: number): AnchoringSite => (site = new AnchoringSite(depth));
  afterEach(() => site.stop());

  describe('guards against forks', () => {
    it('signs nothing until the ledger has answered', async () => {
      open();
      site.chain.silent = true;
      const anchorer = site.start();
      await site.pass(3600, 60);
      expect([anchorer.maySign(), anchorer.status().state]).toEqual([false, 'guarding']);
      site.chain.silent = false;
      await site.pass(320);
      expect([anchorer.maySign(), anchorer.status().state]).toEqual([true, 'idle']);
    });

    it('signs nothing more when the ledger holds more than we have: an old image was restored', async () => {
      open();
      site.size = 9;
      await site.relay(9, 0);
      site.chain.mine(3);
      site.size = 5;
      const { ledger, sent } = site.watched();
      const anchorer = site.start(ledger);
      await site.pass(10);
      expect(anchorer.maySign()).toBe(false);
      expect(site.alarms).toEqual([{ kind: 'rollback', ledgerSize: 9, localSize: 5, final: true }]);
      // Sealing goes on without signing; a log that has outgrown the ledger's head is still the old image.
      site.sign(12);
      await site.pass(3600, 60);
      expect([anchorer.maySign(), anchorer.status().state, sent.length]).toEqual([false, 'rollback', 0]);
      expect(site.failure).toBeNull();
    });

    it('heeds a head that is only included: it is already out', async () => {
      open(50);
      site.size = 9;
      await site.relay(9, 0);
      site.size = 0;
      const anchorer = site.start();
      await site.pass(10);
      expect(site.head('final')).toMatchObject({ size: 0 });
      expect(anchorer.maySign()).toBe(false);
      expect(site.alarms).toMatchObject([{ kind: 'rollback', ledgerSize: 9, localSize: 0 }]);
    });

    it('notices while it runs that a second gateway has the key', async () => {
      open();
      site.sign(5);
      const anchorer = site.start();
      await site.pass(60);
      await site.relay(7, 5);
      await site.pass(400);
      expect(anchorer.maySign()).toBe(false);
      expect(site.alarms).toEqual([{ kind: 'rollback', ledgerSize: 7, localSize: 5, final: true }]);
    });

    it.each([5, 4])('stops for good when the ledger has another history at size %i of 5', async (size) => {
      open();
      const told = new AnchoredLog(site.log.origin, { forkAt: 2 });
      site.size = size;
      await site.relay(size, 0);
      site.size = 5;
      const anchorer = site.start(site.ledger(), { rootAt: (s) => told.rootAt(s) });
      await site.pass(10);
      expect(site.failure).toMatchObject({ name: 'StorageError', code: 'FORK' });
      expect(anchorer.maySign()).toBe(false);
    });
  });

  describe('is refused', () => {
    it('raises an alarm once while the log is suspended, and goes on when it is resumed', async () => {
      open();
      const { logId } = site.log;
      site.act({ fn: 'setSuspended', logId, on: true });
      site.sign(5);
      const anchorer = site.start();
      await site.pass(3600, 60);
      expect(site.alarms).toEqual([{ kind: 'refused', why: 'NOT_ACTIVE' }]);
      expect(site.events).toEqual([{ kind: 'refused', size: 5, why: { code: 'NOT_ACTIVE' } }]);
      expect(anchorer.status()).toMatchObject({ state: 'refused', lastError: { code: 'REJECTED' } });
      expect(anchorer.maySign()).toBe(true);
      site.act({ fn: 'setSuspended', logId, on: false });
      await site.pass(320);
      expect(site.finals()).toEqual([5]);
      expect(site.alarms.at(-1)).toEqual({ kind: 'cleared' });
    });

    it('asks once with a signature that does not count, and again when the key has changed', async () => {
      open();
      const next = keyNamed('next ledger key');
      const { logId } = site.log;
      site.ledgerKeys = [next];
      site.sign(5);
      const { ledger, prepared } = site.watched();
      site.start(ledger);
      await site.pass(3600, 60);
      expect(prepared).toEqual([0]);
      expect(site.alarms).toEqual([{ kind: 'refused', why: 'BAD_SIGNATURE' }]);
      const claim = { ledgerKey: next.address, logKey: LOG_KEY.publicKey };
      const { chainId, contract } = MemoryChain;
      const newSig = hexOf(next.sign(keyHash({ chainId, contract, logId, proposalNo: 1, ...claim })));
      site.act({ fn: 'setSuspended', logId, on: true });
      const logKey = hexOf(LOG_KEY.publicKey);
      const proposal = {
        fn: 'proposeKey',
        logId,
        ledgerKey: next.address,
        logKey,
        newSig,
        oldSig: '0x',
      } as const;
      expect(site.act(proposal)).toBeNull();
      await site.pass(3700, 60);
      expect(site.act({ fn: 'setSuspended', logId, on: false })).toBeNull();
      await site.pass(600, 10);
      expect(site.finals()).toEqual([5]);
      expect(site.alarms.at(-1)).toEqual({ kind: 'cleared' });
    });

    it('never sends an inconsistent request again', async () => {
      open();
      site.sign(5);
      const { ledger, prepared, sent } = site.watched();
      const other = new AnchoredLog(site.log.origin, { forkAt: 0 });
      site.start(ledger, { consistency: (from, to) => other.consistency(from, to) });
      await site.pass(60);
      site.sign(9);
      await site.pass(3600, 60);
      expect(prepared).toEqual([0, 5]);
      expect(new Set(sent.map((s) => s.id)).size).toBe(1);
      expect(site.alarms).toEqual([{ kind: 'refused', why: 'INCONSISTENT' }]);
    });
  });
});
