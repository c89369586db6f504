import { describe, expect, it } from 'vitest';
import { hexOf } from '../../src/anchoring/hex.ts';
import { sha256 } from '../../src/anchoring/key-possession.ts';
import { memoryProofMessage } from '../../src/anchoring/memory/memory-ledger.ts';
import type { LedgerProof } from '../../src/anchoring/port.ts';
import { fromUtf8, utf8 } from '../../src/evidence/encodings.ts';
import { verifyEd25519 } from '../../src/gateway/site/primitives.ts';
import { actsIn, concluded, key, shortly, soon } from './ledger-acts.ts';
import { MemoryWorld, type LedgerWorld } from './ledger-world.ts';

/** Cases 20 to 24 and 26: what can go wrong on the way, and what is given at its end. */
export function submissionCases(world: () => LedgerWorld): void {
  const { enrolled, ready, submit, anchored, head } = actsIn(world);

  describe('what can go wrong on the way', () => {
    it('dying after prepare, after broadcast or before the outcome: one anchor (20)', async () => {
      const log = await enrolled();
      const prepared = await ready(log.request(0, 5, key));
      await world().reopened().broadcast(prepared, soon());
      await world().finalise();
      await world().reopened().broadcast(prepared, soon());
      expect(await concluded(world().reopened(), prepared)).toMatchObject({ size: 5n });
      const { nonce } = await ready(log.request(5, 6, key));
      expect(nonce).toBe(prepared.nonce + 1n);
    });

    it('a broadcast that is lost: unknown, and the same bytes again (21)', async () => {
      const log = await enrolled();
      const s = await ready(log.request(0, 5, key));
      expect(await world().ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world().ledger.broadcast(s, soon());
      await world().finalise();
      expect(await concluded(world().ledger, s)).toMatchObject({ size: 5n });
    });

    it('waiting in the pool is unknown, in a block that is not final included (21)', async () => {
      const log = await enrolled();
      await world().hold();
      const s = await ready(log.request(0, 5, key));
      await world().ledger.broadcast(s, soon());
      expect(await world().ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world().release();
      expect(await world().ledger.outcome(s, shortly())).toMatchObject({
        kind: 'included',
        point: { tx: s.id },
      });
      expect(await world().ledger.head(log.logId, 'final', soon())).toMatchObject({ size: 0n });
      await world().finalise();
      expect(await concluded(world().ledger, s)).toMatchObject({ size: 5n });
    });

    it('dropped from the pool while its nonce is free: the same bytes again (22)', async () => {
      const log = await enrolled();
      await world().hold();
      const s = await ready(log.request(0, 5, key));
      await world().ledger.broadcast(s, soon());
      await world().drop(s.id);
      await world().release();
      await world().finalise();
      expect(await world().ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world().ledger.broadcast(s, soon());
      await world().finalise();
      expect(await concluded(world().ledger, s)).toMatchObject({ size: 5n });
    });

    it('its nonce taken by another transaction: dropped for good (22)', async () => {
      const log = await enrolled();
      const never = await ready(log.request(0, 5, key));
      await anchored(log, 0, 6);
      expect(await world().ledger.outcome(never, soon())).toEqual({ kind: 'dropped' });
      // Sending it again does no harm and tells nothing.
      await world().ledger.broadcast(never, soon());
      expect(await head(log)).toMatchObject({ size: 6n });
    });

    it('included and reorganised away: the same bytes again (23)', async () => {
      const log = await enrolled();
      await world().finalise();
      const s = await ready(log.request(0, 5, key));
      await world().ledger.broadcast(s, soon());
      expect(await world().ledger.outcome(s, shortly())).toMatchObject({ kind: 'included' });
      await world().reorg(1);
      expect(await head(log)).toMatchObject({ size: 0n });
      expect(await world().ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world().ledger.broadcast(s, soon());
      await world().finalise();
      expect(await concluded(world().ledger, s)).toMatchObject({ size: 5n });
    });

    it('a silent node: unreachable, and then as if nothing had been (24)', async () => {
      const log = await enrolled();
      const s = await ready(log.request(0, 5, key));
      world().silence(true);
      try {
        const unreachable = { name: 'AnchorError', code: 'UNREACHABLE' };
        await expect(world().ledger.head(log.logId, 'final', shortly())).rejects.toMatchObject(unreachable);
        await expect(world().ledger.broadcast(s, shortly())).rejects.toMatchObject(unreachable);
        expect(await world().ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      } finally {
        world().silence(false);
      }
      await world().ledger.broadcast(s, soon());
      await world().finalise();
      expect(await concluded(world().ledger, s)).toMatchObject({ size: 5n });
    });
  });

  it('gives a proof that holds, and no other (26)', async () => {
    const log = await enrolled();
    const proof = await submit(log.request(0, 5, key));
    if (proof === null || !('kind' in proof)) throw new Error('no proof');
    const here = world();
    if (here instanceof MemoryWorld) {
      const { publicKey } = here.signer;
      const holds = (p: LedgerProof): boolean => verifyEd25519(publicKey, memoryProofMessage(p), p.bytes);
      expect(holds(proof)).toBe(true);
      const lies: Partial<LedgerProof>[] = [
        { network: 'x' },
        { contract: '0x' },
        { logId: hexOf(sha256(utf8('x'))) },
        { size: 6n },
        { root: hexOf(log.rootAt(6)) },
        { at: { ...proof.at, height: 0n } },
        { bytes: proof.bytes.with(0, (proof.bytes[0] ?? 0) ^ 1) },
      ];
      for (const lie of lies) expect(holds({ ...proof, ...lie })).toBe(false);
      return;
    }
    const { header, receipt } = JSON.parse(fromUtf8(proof.bytes) ?? '');
    expect(receipt.blockHash).toBe(hexOf(proof.at.hash));
    expect(header.hash).toBe(hexOf(proof.at.hash));
    expect(receipt.transactionHash).toBe(proof.at.tx);
    expect(receipt.status).toBe('0x1');
    expect(receipt.logs[0].topics[1]).toBe(log.logId);
  });
}
