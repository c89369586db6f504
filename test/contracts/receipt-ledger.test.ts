import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hexOf } from '../../src/anchoring/hex.ts';
import { sha256 } from '../../src/anchoring/key-possession.ts';
import type { Hex32, Submission } from '../../src/anchoring/port.ts';
import type { Condition, Order, ReceiptOp, ReceiptOutcome } from '../../src/anchoring/receipt-port.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { type Did, type Party, ReceiptParties, soon } from '../receipt-parties.ts';
import { type RandomAct, randomActs, ReceiptsAgainstModel } from './receipt-random.ts';

const DAY = 86_400;
const hash32 = (text: string): Hex32 => hexOf(sha256(utf8(text)));
const EVIDENCE = hash32('a leaf');
const WRONG_STATE = { refused: { code: 'WRONG_STATE' } };
const NOT_PERMITTED = { refused: { code: 'NOT_PERMITTED' } };
const INVALID = { refused: { code: 'INVALID' } };
const shortly = (): AbortSignal => AbortSignal.timeout(250);

const MILLISECONDS = {
  hardfork: 'london',
  timestamp: Date.UTC(2026, 10, 24),
  finality: { kind: 'depth', depth: 2 },
} as const;

/** The numbers are those of the ledger's conformance list. */
describe.each([
  ['anvil (osaka), final by tag', { hardfork: 'osaka' }],
  ['anvil (london), counting milliseconds, final by depth', MILLISECONDS],
] as const)('receipts on %s', (_, options) => {
  let world: ReceiptParties;
  let receipt: Hex32;
  let goods = 0;

  beforeAll(async () => {
    world = await ReceiptParties.start(options);
  });
  afterAll(() => world[Symbol.asyncDispose]());
  /** 100 t of copper, without a condition. */
  beforeEach(async () => {
    receipt = await world.must('warehouse', issue());
  });
  afterEach(async () => {
    await world.anvil.rpc('evm_setAutomine', true);
  });

  function issue(condition: Condition | null = null, lot = `lot ${++goods}`): ReceiptOp {
    const holder = world.address('holder');
    const hashes = { goodsKey: hash32(lot), docHash: hash32('paper') };
    return { kind: 'issue', holder, qty: 100n, ...hashes, condition, nonce: world.nonce() };
  }

  async function request(qty = 10n, expiresIn = DAY, maxAge = 0): Promise<ReceiptOp> {
    const expires = (await world.now()) + expiresIn;
    const order = { receiptId: receipt, qty, gate: world.address('gate'), expires, maxAge };
    return { kind: 'request', ...order, nonce: world.nonce() };
  }

  async function authorized(qty = 10n, expiresIn = DAY, maxAge = 0): Promise<Hex32> {
    const orderId = await world.must('holder', await request(qty, expiresIn, maxAge));
    await world.must('warehouse', { kind: 'authorize', orderId });
    return orderId;
  }

  const begin = (orderId: Hex32): Promise<Did> => world.act('gate', { kind: 'begin', orderId });
  const complete = (orderId: Hex32, moved: bigint, by: Party = 'gate'): Promise<Did> =>
    world.act(by, { kind: 'complete', orderId, moved, evidence: EVIDENCE });
  const freeze = (on: boolean): Promise<Did> =>
    world.act('regulator', { kind: 'freeze', receiptId: receipt, on, evidence: EVIDENCE });

  async function signed(): Promise<{ readonly s: Submission; readonly id: Hex32 }> {
    const prepared = await world.as('holder').prepare(await request(), soon());
    if (prepared.kind === 'refused' || prepared.subject === null) throw new Error('refused');
    return { s: prepared.submission, id: prepared.subject };
  }
  const send = (s: Submission): Promise<void> => world.as('holder').broadcast(s, soon());
  const outcome = (s: Submission, signal = soon()): Promise<ReceiptOutcome> =>
    world.as('holder').outcome(s, signal);
  const orderOf = (id: Hex32): Promise<Order | null> => world.reads.order(id, soon());

  it('does what the model says under random calls by random parties (27)', async () => {
    await fc.assert(
      fc.asyncProperty(randomActs, async (acts: readonly RandomAct[]) => {
        const pair = new ReceiptsAgainstModel(world);
        for (const act of acts) await pair.compare(act);
        await pair.check();
        expect(pair.done).toBeGreaterThan(acts.length / 5);
      }),
      // Always the same acts: the contract's own test draws new ones each time.
      { seed: 20_261_124, numRuns: 2, endOnFailure: true },
    );
  }, 120_000);

  it('what an expired order reserved is free again (28)', async () => {
    const orderId = await authorized(60n, 1000);
    const rest: ReceiptOp = {
      kind: 'pledge',
      receiptId: receipt,
      financier: world.address('bank'),
      qty: 41n,
      regNo: hash32('no'),
      nonce: world.nonce(),
    };
    expect(await world.act('holder', rest)).toEqual({
      refused: { code: 'ENCUMBERED', free: 40n, asked: 41n },
    });
    expect(await world.act('stranger', { kind: 'expire', orderId })).toEqual(WRONG_STATE);
    await world.later(1001);
    expect(await begin(orderId)).toEqual(WRONG_STATE);
    await world.must('stranger', { kind: 'expire', orderId });
    expect(await world.reads.order(orderId, soon())).toMatchObject({ state: 'expired', qty: 60n });
    const pledgeId = await world.must('holder', rest);
    expect(await world.receipt(receipt)).toMatchObject({ pledged: 41n, reserved: 0n });
    await world.must('bank', { kind: 'reduce', pledgeId, to: 0n });
    expect(await world.reads.pledge(pledgeId, soon())).toEqual({
      receiptId: receipt,
      financier: world.address('bank'),
      qty: 0n,
      regNo: hash32('no'),
    });
  });

  it('frozen, held or disputed: no begin (29)', async () => {
    const orderId = await authorized();
    for (const [kind, party] of [
      ['freeze', 'regulator'],
      ['hold', 'inspector'],
      ['dispute', 'warehouse'],
      ['dispute', 'holder'],
    ] as const) {
      const flag = { kind, receiptId: receipt, evidence: EVIDENCE } as const;
      expect(await world.act('stranger', { ...flag, on: true })).toEqual(NOT_PERMITTED);
      await world.must(party, { ...flag, on: true });
      const { frozen, held, disputedBy } = await world.receipt(receipt);
      const found = { freeze: frozen, hold: held, dispute: disputedBy.includes('holder') };
      if (party !== 'warehouse') expect(found[kind]).toBe(true);
      else expect(disputedBy).toEqual(['warehouse']);
      expect(await begin(orderId), kind).toEqual(WRONG_STATE);
      await world.must(party, { ...flag, on: false });
    }
    expect(await begin(orderId)).toEqual({ id: orderId });
    const order = await world.reads.order(orderId, soon());
    expect(order).toMatchObject({ state: 'executing', evidence: null });
    expect(Math.abs((order?.beganAt ?? 0) - (await world.now()))).toBeLessThan(60);
    await world.must('gate', { kind: 'complete', orderId, moved: 7n, evidence: EVIDENCE });
    expect(await world.reads.order(orderId, soon())).toMatchObject({ state: 'done', evidence: EVIDENCE });
    expect(await world.receipt(receipt)).toMatchObject({ qty: 93n, reserved: 0n, state: 'live' });
  });

  it('a gate needs evidence of the gateway: not empty, fresh, of the present epoch; never looser (30)', async () => {
    const { gateway } = world;
    receipt = await world.must('warehouse', issue({ gateway, maxAge: 3600 }));
    expect((await world.receipt(receipt)).condition).toEqual({ gateway, maxAge: 3600 });
    expect(await world.act('holder', await request(1n, DAY, 3601))).toEqual(INVALID);
    const [usual, strict, next] = [await authorized(), await authorized(10n, DAY, 600), await authorized()];
    const { logId } = world.log;
    expect(await begin(usual)).toEqual({ refused: { code: 'CONDITION', logId, size: 0n, at: 0 } });
    await world.anchor();
    const at = await world.now();
    await world.later(700);
    const stale = await begin(strict);
    expect(stale).toMatchObject({ refused: { code: 'CONDITION', logId, size: 10n } });
    if ('refused' in stale && stale.refused.code === 'CONDITION')
      expect(Math.abs(stale.refused.at - at)).toBeLessThan(60);
    expect(await begin(usual)).toEqual({ id: usual });
    const before = world.log;
    await world.enrol(before, 1);
    expect(await begin(next)).toMatchObject({
      refused: { code: 'CONDITION', logId: world.log.logId, size: 0n },
    });
    await world.anchor();
    expect(await begin(next)).toEqual({ id: next });
  });

  it('ids are as computed beforehand, each sender’s own, and count once (31)', async () => {
    const op = issue();
    const prepared = await world.as('warehouse').prepare(op, soon());
    if (prepared.kind === 'refused' || prepared.subject === null) throw new Error('refused');
    expect(await world.reads.receipt(prepared.subject, soon())).toBeNull();
    expect(await world.must('warehouse', op)).toBe(prepared.subject);
    expect(await world.receipt(prepared.subject)).toMatchObject({ qty: 100n, state: 'live' });
    expect(await world.act('warehouse', op)).toEqual(WRONG_STATE);
    const goodsKey = op.kind === 'issue' ? op.goodsKey : '0x';
    expect(await world.reads.receiptOf(goodsKey, soon())).toBe(prepared.subject);

    const order = await request();
    const orderId = await world.must('holder', order);
    expect(await world.act('holder', order)).toEqual(WRONG_STATE);
    await world.must('holder', { kind: 'cancel', orderId });
    await world.must('holder', { kind: 'transfer', receiptId: receipt, to: world.address('buyer') });
    const others = await world.must('buyer', order);
    expect(others).not.toBe(orderId);
    expect(await world.reads.order(others, soon())).toMatchObject({ state: 'requested', qty: 10n });
  });

  it('REGULATOR completes only while frozen and a day after begin; nobody voids alone (32)', async () => {
    const orderId = await authorized();
    await begin(orderId);
    expect(await complete(orderId, 0n, 'regulator')).toEqual(WRONG_STATE);
    expect(await complete(orderId, 0n, 'stranger')).toEqual(NOT_PERMITTED);
    expect(await complete(orderId, 11n)).toEqual(INVALID);
    await freeze(true);
    expect(await complete(orderId, 0n, 'regulator')).toEqual(WRONG_STATE);
    await world.later(DAY + 1);
    expect(await complete(orderId, 0n, 'regulator')).toEqual({ id: orderId });
    await freeze(false);
    const voiding: ReceiptOp = { kind: 'void', receiptId: receipt };
    expect(await world.act('holder', voiding)).toEqual(WRONG_STATE);
    expect(await world.act('stranger', voiding)).toEqual(NOT_PERMITTED);
    await world.must('warehouse', voiding);
    expect(await world.receipt(receipt)).toMatchObject({ state: 'live', voidAsked: true });
    expect(await world.act('warehouse', voiding)).toEqual(WRONG_STATE);
    await world.must('holder', voiding);
    expect(await world.receipt(receipt)).toMatchObject({ state: 'closed' });
  });

  it('an address that holds another contract takes nothing, whatever it answers', async () => {
    const elsewhere = world.as('holder', `0x${'11'.repeat(20)}`);
    expect(await world.done(elsewhere, await request())).toEqual(INVALID);
  });

  describe('what can go wrong on the way of an order', () => {
    it('dying after prepare or after broadcast: one order (20)', async () => {
      const { s, id } = await signed();
      await send(s);
      await world.finalise();
      await send(s);
      expect(await outcome(s)).toEqual({ kind: 'final', proof: null });
      expect(await orderOf(id)).toMatchObject({ state: 'requested' });
      expect(await world.receipt(receipt)).toMatchObject({ reserved: 10n });
    });

    it('lost, waiting in the pool, included, final (21)', async () => {
      const { s, id } = await signed();
      expect(await outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world.anvil.rpc('evm_setAutomine', false);
      await send(s);
      expect(await outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world.anvil.rpc('evm_mine');
      expect(await outcome(s, AbortSignal.timeout(1000))).toMatchObject({
        kind: 'included',
        point: { tx: s.id },
      });
      expect(await orderOf(id)).toBeNull();
      await world.finalise();
      expect(await outcome(s)).toEqual({ kind: 'final', proof: null });
      expect(await orderOf(id)).toMatchObject({ qty: 10n });
    });

    it('dropped from the pool: the same bytes again; its nonce taken: dropped for good (22)', async () => {
      const [never, { s, id }] = [await signed(), await signed()];
      await world.anvil.rpc('evm_setAutomine', false);
      await send(s);
      await world.anvil.rpc('anvil_dropTransaction', s.id);
      await world.anvil.rpc('evm_setAutomine', true);
      await world.finalise();
      expect(await outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await send(s);
      await world.finalise();
      expect(await outcome(s)).toEqual({ kind: 'final', proof: null });
      expect(await orderOf(id)).not.toBeNull();
      expect(await outcome(never.s)).toEqual({ kind: 'dropped' });
      await send(never.s);
      expect(await orderOf(never.id)).toBeNull();
    });

    it('included and reorganised away: the same bytes again (23)', async () => {
      await world.finalise();
      const { s, id } = await signed();
      await send(s);
      expect(await outcome(s, AbortSignal.timeout(1000))).toMatchObject({ kind: 'included' });
      await world.anvil.rpc('anvil_reorg', 1, []);
      expect(await outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await send(s);
      await world.finalise();
      expect(await outcome(s)).toEqual({ kind: 'final', proof: null });
      expect(await orderOf(id)).toMatchObject({ state: 'requested' });
    });

    it('overtaken: the chain refuses it, and says why', async () => {
      const { s, id } = await signed();
      await freeze(true);
      await send(s);
      await world.finalise();
      expect(await outcome(s)).toEqual({ kind: 'refused', why: { code: 'WRONG_STATE' } });
      expect(await orderOf(id)).toBeNull();
    });
  });
});
