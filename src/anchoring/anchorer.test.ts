import { afterEach, describe, expect, it } from 'vitest';
import { AnchoringSite } from '../../test/anchoring-site.ts';
import { hexOf } from './hex.ts';
import type { CheckpointLedger } from './port.ts';

const DAY = 86_400;

describe('the anchorer', () => {
  let site: AnchoringSite;
  const open = (depth?: number): AnchoringSite => (site = new AnchoringSite(depth));
  afterEach(() => site.stop());

  it('brings each signed head onto the ledger, and stores what the ledger gives back', async () => {
    open();
    const anchorer = site.start();
    await site.pass(10);
    expect(anchorer.status()).toMatchObject({ state: 'idle', lastFinal: null, ageMs: null, lastError: null });
    for (const size of [1, 2, 7]) {
      site.sign(size);
      await site.pass(20);
    }
    expect(site.finals()).toEqual([1, 2, 7]);
    expect(site.head()).toMatchObject({ size: 7, root: site.log.rootAt(7) });
    const { state, lastFinal, ageMs } = anchorer.status();
    expect([state, lastFinal?.size]).toEqual(['idle', 7]);
    expect(ageMs).toBeGreaterThan(0);
    expect(ageMs).toBeLessThan(30_000);
    const last = site.events.at(-1);
    expect(last).toMatchObject({ kind: 'final', size: 7 });
    expect(JSON.parse(last?.kind === 'final' ? (last.proof ?? '') : '')).toMatchObject({
      kind: 'memory',
      logId: site.log.logId,
      size: 7,
      root: hexOf(site.log.rootAt(7)),
    });
    expect(site.store.lastFinal(site.log.logId)).toMatchObject({ size: 7 });
  });

  it('brings a week without a chain under one anchor within 15 minutes (P9)', async () => {
    open();
    const { ledger, sent } = site.watched();
    const anchorer = site.start(ledger, {}, () => 0);
    site.sign(1);
    await site.pass(60);
    site.chain.silent = true;
    for (let block = 2; block <= 1009; block++) {
      site.sign(block);
      await site.pass(600, 600);
    }
    expect(anchorer.status()).toMatchObject({ state: 'retrying', lastError: { code: 'UNREACHABLE' } });
    expect(anchorer.status().ageMs).toBeGreaterThan(7 * DAY * 1000 - 60_000);
    expect(anchorer.maySign()).toBe(true);
    site.chain.silent = false;
    await site.pass(900);
    expect(site.finals()).toEqual([1, 1009]);
    expect(site.head()).toMatchObject({ size: 1009, root: site.log.rootAt(1009) });
    expect(new Set(sent.map((s) => s.id)).size).toBe(2);
  });

  describe('dies and starts again', () => {
    it.each(['prepare', 'broadcast', 'broadcast, answered', 'outcome'] as const)(
      'at %s: the same bytes, one anchor',
      async (where) => {
        open();
        const { ledger, sent } = site.watched();
        const died = new Error('power cut');
        const dying: CheckpointLedger = {
          profile: ledger.profile,
          head: (logId, at, signal) => ledger.head(logId, at, signal),
          async prepare(op, signal) {
            const prepared = await ledger.prepare(op, signal);
            if (where === 'prepare') throw died;
            return prepared;
          },
          async broadcast(s, signal) {
            if (where === 'broadcast') throw died;
            await ledger.broadcast(s, signal);
            if (where === 'broadcast, answered') throw died;
          },
          outcome: () => Promise.reject(died),
        };
        site.sign(5);
        site.start(dying);
        await site.pass(10);
        expect(site.failure).toBe(died);
        const [staged] = site.store.inFlight();
        expect(staged?.size ?? null).toBe(where === 'prepare' ? null : 5);
        site.sign(6);
        site.start(ledger);
        await site.pass(60);
        if (staged !== undefined) {
          expect(sent.length).toBeGreaterThan(0);
          expect(
            sent.filter((s) => s.id === staged.id).every((s) => Buffer.from(s.raw).equals(staged.raw)),
          ).toBe(true);
        }
        expect(site.finals()).toEqual(where === 'prepare' ? [6] : [5, 6]);
        expect(new Set(sent.map((s) => s.id)).size).toBe(where === 'prepare' ? 1 : 2);
        expect(site.head()).toMatchObject({ size: 6 });
      },
    );
  });

  it.each(['lost', 'unanswered'] as const)(
    'sends the same bytes again when a broadcast is %s',
    async (how) => {
      open();
      const { ledger, sent } = site.watched();
      site.chain.broadcasts = how;
      site.sign(5);
      site.start(ledger);
      await site.pass(10);
      site.chain.broadcasts = 'arrive';
      await site.pass(120);
      expect(site.finals()).toEqual([5]);
      expect(sent.length).toBeGreaterThanOrEqual(1);
      expect(new Set(sent.map((s) => s.id)).size).toBe(1);
    },
  );

  it('sends the same bytes again when the pool forgot them', async () => {
    open();
    const { ledger, sent } = site.watched();
    site.chain.automine = false;
    site.sign(5);
    site.start(ledger);
    await site.time.pass(5000);
    site.chain.drop(sent[0]?.id ?? '');
    site.chain.automine = true;
    await site.pass(120);
    expect(site.finals()).toEqual([5]);
    expect(new Set(sent.map((s) => s.id)).size).toBe(1);
    expect(site.events.map((e) => e.kind)).toContain('unknown');
  });

  it('stages anew when another transaction took the nonce', async () => {
    open();
    const { ledger, sent } = site.watched();
    site.chain.broadcasts = 'lost';
    site.sign(5);
    const anchorer = site.start(ledger);
    await site.pass(10);
    site.chain.broadcasts = 'arrive';
    const { call } = JSON.parse(Buffer.from(sent[0]?.raw ?? '').toString());
    // The account's nonce is used up by something else, as when its key is shared.
    site.chain.submit({ id: 'elsewhere', sender: 'gateway', nonce: 0, call: { ...call, oldSize: 1 } });
    await site.pass(120);
    expect(site.events).toContainEqual({ kind: 'dropped', size: 5 });
    expect(site.finals()).toEqual([5]);
    expect(anchorer.status()).toMatchObject({ state: 'idle', lastError: null });
  });

  it('sends the same bytes again after a reorganisation, and is final once', async () => {
    open(10);
    const { ledger, sent } = site.watched();
    site.sign(5);
    site.start(ledger);
    await site.pass(6);
    expect(site.head('latest')).toMatchObject({ size: 5 });
    await site.pass(34, 100);
    site.chain.reorg(8);
    expect(site.head('latest')).toMatchObject({ size: 0 });
    expect(site.finals()).toEqual([]);
    await site.pass(200);
    expect(site.events.map((e) => e.kind)).toEqual(['included', 'reorganised', 'final']);
    expect(new Set(sent.map((s) => s.id)).size).toBe(1);
    expect(site.head()).toMatchObject({ size: 5, root: site.log.rootAt(5) });
  });

  describe('when somebody relays our heads', () => {
    it('goes on from there', async () => {
      open();
      site.size = 5;
      await site.relay(3, 0);
      const { ledger, prepared } = site.watched();
      site.start(ledger);
      await site.pass(60);
      expect(site.finals()).toEqual([5]);
      expect(prepared).toEqual([0, 3]);
    });

    it('is content when it was the newest', async () => {
      open();
      site.size = 5;
      await site.relay(5, 0);
      const anchorer = site.start();
      await site.pass(60);
      expect(site.events).toEqual([{ kind: 'final', size: 5, proof: null }]);
      expect(site.store.inFlight()).toEqual([]);
      const content = { state: 'idle', lastFinal: { size: 5 }, lastError: null };
      expect(anchorer.status()).toMatchObject(content);
    });

    it('counts a head that stands by another transaction', async () => {
      open();
      const { ledger, sent } = site.watched();
      site.chain.broadcasts = 'lost';
      site.sign(5);
      site.start(ledger);
      await site.pass(4);
      site.chain.broadcasts = 'arrive';
      await site.relay(5, 0);
      await site.pass(200);
      expect(site.events.at(-1)).toEqual({ kind: 'final', size: 5, proof: null });
      expect(new Set(sent.map((s) => s.id)).size).toBe(1);
      expect(site.store.inFlight()).toEqual([]);
    });
  });
});
