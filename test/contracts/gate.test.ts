import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hexOf } from '../../src/anchoring/hex.ts';
import { sha256 } from '../../src/anchoring/key-possession.ts';
import type { Hex32 } from '../../src/anchoring/port.ts';
import type { Order } from '../../src/anchoring/receipt-port.ts';
import { AnchorError } from '../../src/domain/errors.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import type { OnLedger } from '../../src/gate/ports.ts';
import { RegistryOrders } from '../../src/gateway/heads/gate-ledger.ts';
import { EPCS, GateWorld, PowerCut, QTY } from '../gate-world.ts';
import { ReceiptParties, soon } from '../receipt-parties.ts';

const hash32 = (text: string): Hex32 => hexOf(sha256(utf8(text)));
const M = 60_000;
const away = (): Promise<never> => Promise.reject(new AnchorError('UNREACHABLE', 'the WAN is cut'));

async function until(done: () => boolean): Promise<void> {
  while (!done()) await delay(5);
}

/** Case 33 of the ledger's conformance list: the barrier opens for a claim that is final and good, and for nothing else. */
describe('a gate claims, then acts (33)', () => {
  let parties: ReceiptParties;
  let receipt: Hex32;
  let orderId: Hex32;
  let world: GateWorld;
  let lots = 0;

  beforeAll(async () => {
    parties = await ReceiptParties.start({ finality: { kind: 'instant' } });
  });
  afterAll(() => parties[Symbol.asyncDispose]());
  beforeEach(async () => {
    receipt = await issued(100n);
    orderId = await authorized();
    world = new GateWorld(ledger());
  });
  afterEach(async () => {
    await parties.anvil.rpc('evm_setAutomine', true);
    parties.anvil.resume();
    await world[Symbol.asyncDispose]();
  });

  const ledger = (): RegistryOrders => new RegistryOrders(parties.optionsOf('gate'), parties.registry);
  const issued = (qty: bigint): Promise<Hex32> =>
    parties.must('warehouse', {
      kind: 'issue',
      holder: parties.address('holder'),
      qty,
      goodsKey: hash32(`lot ${++lots} at the gate`),
      docHash: hash32('paper'),
      condition: null,
      nonce: parties.nonce(),
    });
  async function requested(gate = parties.address('gate'), expiresIn = 86_400): Promise<Hex32> {
    const expires = (await parties.now()) + expiresIn;
    const order = { receiptId: receipt, qty: BigInt(QTY), gate, expires, maxAge: 0 };
    return parties.must('holder', { kind: 'request', ...order, nonce: parties.nonce() });
  }
  async function authorized(gate = parties.address('gate'), expiresIn = 86_400): Promise<Hex32> {
    const id = await requested(gate, expiresIn);
    await parties.must('warehouse', { kind: 'authorize', orderId: id });
    return id;
  }
  const onLedger = (id = orderId): Promise<Order | null> => parties.reads.order(id, soon());
  const freeze = (on: boolean): Promise<unknown> =>
    parties.act('regulator', { kind: 'freeze', receiptId: receipt, on, evidence: hash32('why') });
  const started = async () => {
    const gate = world.start();
    await world.idle();
    return gate;
  };
  const isOpen = (): boolean => world.barrier.at(-1)?.startsWith('open') === true;

  it('opens for a final claim, shuts behind the last of the goods, and says what was moved', async () => {
    const order = world.tell(orderId, receipt);
    const gate = await started();
    await gate.claim(order, 'operator 7');
    await until(isOpen);
    expect(await onLedger()).toMatchObject({ state: 'executing' });
    world.pass(order, ...EPCS.slice(0, 2));
    expect(isOpen()).toBe(true);
    world.pass(order, ...EPCS);
    await world.idle();
    expect(world.steps(order)).toEqual(['requested', 'authorised', 'claimed', 'opened', 'done']);
    expect(world.barrier.map((line) => line.split(' ')[0])).toEqual(['open', 'shut']);
    const done = world.records.at(-1);
    const evidence = hexOf(sha256(utf8(JSON.stringify(done))));
    expect(await onLedger()).toMatchObject({ state: 'done', evidence });
    expect(await parties.receipt(receipt)).toMatchObject({ qty: 97n, reserved: 0n });
    await gate.claim(order, 'again');
    await world.idle();
    expect(world.steps(order).at(-1), 'a replayed order').toBe('refused done');
  }, 30_000);

  it.each<readonly [why: string, word: string, prepare: () => Promise<string> | string]>([
    ['of which nobody said what it is about', 'no-content', () => orderId.slice(2)],
    ['that the ledger does not know', 'not-on-ledger', () => world.tell(hash32('nothing'), receipt)],
    ['not authorised yet', 'not-authorised', async () => world.tell(await requested(), receipt)],
    [
      'for another gate',
      'wrong-gate',
      async () => world.tell(await authorized(parties.address('stranger')), receipt),
    ],
    ['for another portal', 'wrong-gate', () => world.tell(orderId, receipt, { portal: 'dock-3' })],
    ['of other goods', 'other-goods', () => world.tell(orderId, hash32('another'))],
    [
      'for more than is let go',
      'too-much',
      () => world.tell(orderId, receipt, { amount: { value: QTY + 1, exp: 0, unit: '1' } }),
    ],
    ['before its time', 'out-of-window', () => world.tell(orderId, receipt, { from: world.t + 1000 * M })],
    [
      'that was cancelled',
      'cancelled',
      async () => {
        await parties.must('holder', { kind: 'cancel', orderId });
        return world.tell(orderId, receipt);
      },
    ],
    [
      'that has expired',
      'ledger-refuses',
      async () => {
        const id = await authorized(parties.address('gate'), 100);
        await parties.later(101);
        return world.tell(id, receipt);
      },
    ],
    [
      'of a frozen receipt',
      'frozen',
      async () => {
        await freeze(true);
        return world.tell(orderId, receipt);
      },
    ],
    [
      'while the goods are too warm',
      'excursion',
      () => {
        world.excursions = ['probe-1/temperature/cold-room-warm'];
        return world.tell(orderId, receipt);
      },
    ],
    [
      'while its reader is silent',
      'reader-ill',
      () => {
        world.reader = 'unknown';
        return world.tell(orderId, receipt);
      },
    ],
  ])(
    'refuses an order %s',
    async (_, word, prepare) => {
      const order = await prepare();
      const before = await onLedger(`0x${order}`);
      const gate = await started();
      await gate.claim(order, 'operator 7');
      await world.idle();
      const steps = world.steps(order);
      expect(steps.find((step) => step.startsWith('refused'))).toBe(`refused ${word}`);
      expect(world.barrier).toEqual([]);
      expect(await onLedger(`0x${order}`), 'nothing half applied').toEqual(before);
    },
    30_000,
  );

  it('stays shut while nobody knows whether the claim arrived, and opens nothing when that takes too long', async () => {
    const order = world.tell(orderId, receipt);
    const gate = await started();
    await parties.anvil.rpc('evm_setAutomine', false);
    await gate.claim(order, 'operator 7');
    await until(() => world.journal.submissions.inFlight().length > 0);
    await delay(100);
    expect(world.barrier).toEqual([]);
    world.clock += 6 * M;
    await parties.anvil.rpc('evm_setAutomine', true);
    await parties.finalise();
    await world.idle();
    expect(world.steps(order)).toEqual(['requested', 'authorised', 'claimed', 'refused late', 'done']);
    expect(world.barrier).toEqual([]);
    expect(await parties.receipt(receipt)).toMatchObject({ qty: 100n, reserved: 0n });
    expect(await onLedger()).toMatchObject({ state: 'done' });
  }, 30_000);

  it.each<readonly [what: string, act: () => Promise<unknown>, word: string]>([
    ['frozen', () => freeze(true), 'frozen'],
    [
      'held',
      () =>
        parties.must('inspector', { kind: 'hold', receiptId: receipt, on: true, evidence: hash32('why') }),
      'held',
    ],
    [
      'disputed',
      () =>
        parties.must('holder', { kind: 'dispute', receiptId: receipt, on: true, evidence: hash32('why') }),
      'disputed',
    ],
  ])(
    'stays shut for what is %s after its claim, and gives it back',
    async (_, act, word) => {
      const order = world.tell(orderId, receipt);
      // Behind the claim, which is final by then.
      world.hears = async (ask, n) => {
        if (n === 2) await act();
        return ask();
      };
      const gate = await started();
      await gate.claim(order, 'operator 7');
      await world.idle();
      expect(world.steps(order)).toEqual(['requested', 'authorised', 'claimed', `refused ${word}`, 'done']);
      expect(world.barrier).toEqual([]);
      expect(await onLedger()).toMatchObject({ state: 'done' });
      expect(await parties.receipt(receipt)).toMatchObject({ qty: 100n, reserved: 0n });
    },
    30_000,
  );

  it.each<readonly [what: string, n: number, lie: (found: OnLedger) => OnLedger]>([
    [
      'takes a final claim back',
      2,
      (found) => ({ ...found, order: { ...found.order, state: 'authorized' } }),
    ],
    ['names another quantity', 3, (found) => ({ ...found, order: { ...found.order, qty: 9n } })],
    [
      'takes it back the second time',
      3,
      (found) => ({ ...found, order: { ...found.order, state: 'requested' } }),
    ],
  ])(
    'stays shut where the ledger %s',
    async (_, at, lie) => {
      const order = world.tell(orderId, receipt);
      world.hears = async (ask, n) => {
        const found = await ask();
        return n === at && found !== null ? lie(found) : found;
      };
      const gate = await started();
      await gate.claim(order, 'operator 7');
      await world.idle();
      expect(world.steps(order)).toContain('refused contradiction');
      expect(world.barrier).toEqual([]);
      expect(await onLedger()).toMatchObject({ state: 'done' });
    },
    30_000,
  );

  it('stays shut while the ledger is away, before the claim and behind it', async () => {
    const order = world.tell(orderId, receipt);
    world.hears = away;
    const gate = await started();
    await gate.claim(order, 'operator 7');
    await world.idle();
    expect(world.steps(order)).toEqual(['requested', 'refused unreachable']);
    expect(await onLedger()).toMatchObject({ state: 'authorized' });
    world.hears = (ask, n) => (n === 3 ? away() : ask());
    await gate.claim(order, 'operator 7');
    await world.idle();
    expect(world.steps(order).slice(2)).toEqual([
      'requested',
      'authorised',
      'claimed',
      'refused unreachable',
      'done',
    ]);
    expect(world.barrier).toEqual([]);
    expect(await onLedger()).toMatchObject({ state: 'done' });
  }, 30_000);

  it('tries a stuck barrier for fifteen minutes from the read, and never later', async () => {
    const order = world.tell(orderId, receipt);
    world.isStuck = true;
    const gate = await started();
    await gate.claim(order, 'operator 7');
    await until(() => world.steps(order).includes('opened'));
    await until(() => world.clock > 16 * M);
    world.isStuck = false;
    await world.idle();
    expect(world.steps(order)).toEqual([
      'requested',
      'authorised',
      'claimed',
      'opened',
      'refused late',
      'done',
    ]);
    expect(world.barrier.some((line) => line.startsWith('open'))).toBe(false);
    expect(await parties.receipt(receipt)).toMatchObject({ qty: 100n, reserved: 0n });
  }, 30_000);

  it('a request that a restart cut off is refused once, however often it starts', async () => {
    const order = world.tell(orderId, receipt);
    const gate = await started();
    // Behind the request nothing more is done.
    world.cutAt = world.effects + 1;
    world.isCutBehind = true;
    await expect(gate.claim(order, 'operator 7')).rejects.toThrow(PowerCut);
    await world.stop();
    world.cutAt = Infinity;
    for (let i = 0; i < 3; i++) {
      world.start();
      await world.idle();
      await world.stop();
    }
    expect(world.steps(order)).toEqual(['requested', 'refused restart']);
    expect(await onLedger()).toMatchObject({ state: 'authorized' });
  }, 30_000);

  it('shuts at the first thing too many and waits for a person', async () => {
    const order = world.tell(orderId, receipt);
    const gate = await started();
    await gate.claim(order, 'operator 7');
    await until(isOpen);
    world.pass(order, ...EPCS);
    world.breach(order, '3034a9');
    await until(() => !isOpen());
    world.clock += 60 * M;
    expect(gate.busy).toBe(order);
    expect(await onLedger()).toMatchObject({ state: 'executing' });
    await expect(gate.claim(order, 'operator 7')).rejects.toThrow('at work on another order');
    world.settle(order, 2);
    await world.idle();
    expect(world.steps(order).at(-1)).toBe('done');
    expect(await parties.receipt(receipt)).toMatchObject({ qty: 98n, reserved: 0n });
  }, 30_000);

  it('goods told by weight are moved by what the person or the weighbridge says', async () => {
    const order = world.tell(orderId, receipt, { epcs: null, amount: { value: QTY, exp: 0, unit: 't' } });
    const gate = await started();
    await gate.claim(order, 'operator 7');
    await until(isOpen);
    world.settle(order, 2);
    await world.idle();
    expect(world.barrier.map((line) => line.split(' ')[0])).toEqual(['open', 'shut']);
    expect(await parties.receipt(receipt)).toMatchObject({ qty: 98n, reserved: 0n });
  }, 30_000);

  it('whichever effect is the last before a power cut: opened at most once, for a claim alone, completed once', async () => {
    // How many effects a whole life has, so that each is cut before and behind.
    const whole = await lifeOf(Infinity, false);
    expect(whole.effects).toBeGreaterThan(9);
    for (let n = 1; n <= whole.effects; n++) {
      for (const behind of [false, true]) {
        const life = await lifeOf(n, behind);
        const at = `effect ${n}${behind ? ', behind it' : ''}: ${life.steps.join(' ')}`;
        expect(life.barrier.filter((line) => line === 'open').length, at).toBeLessThanOrEqual(1);
        const [opened, claimed] = [life.steps.indexOf('opened'), life.steps.indexOf('claimed')];
        if (life.barrier.includes('open')) expect(claimed >= 0 && claimed < opened, at).toBe(true);
        expect(life.barrier.at(-1), at).not.toBe('open');
        const isClaimed = life.steps.includes('claimed') || life.state === 'done';
        expect(life.state, at).toBe(isClaimed ? 'done' : 'authorized');
        expect(life.qty, at).toBe(life.state === 'done' ? 100n - BigInt(life.moved) : 100n);
        expect(life.flying, at).toBe(0);
      }
    }
  }, 120_000);

  /** One order, cut at an effect, started again, and asked for once more behind that. */
  async function lifeOf(cutAt: number, behind: boolean) {
    receipt = await issued(100n);
    orderId = await authorized();
    await using one = new GateWorld(ledger());
    const order = one.tell(orderId, receipt);
    const gate = one.start();
    await one.idle();
    one.cutAt = cutAt;
    one.isCutBehind = behind;
    await gate.claim(order, 'operator 7').catch((error: unknown) => {
      if (!(error instanceof PowerCut)) throw error;
    });
    const passing = setInterval(() => {
      if (one.barrier.length > 0) one.pass(order, ...EPCS.slice(0, 2));
      if (one.barrier.length > 0 && one.fact(order)?.state === 'open') one.settle(order);
    }, 5);
    if (one.effects < cutAt) await one.idle();
    await one.stop();
    const { effects } = one;
    one.cutAt = Infinity;
    one.start();
    await one.idle();
    await one.stop();
    clearInterval(passing);
    const found = await onLedger();
    return {
      effects,
      steps: one.steps(order),
      barrier: one.barrier.map((line) => line.split(' ')[0]),
      state: found?.state,
      qty: (await parties.receipt(receipt)).qty,
      moved: one.fact(order)?.moved ?? 0,
      flying: one.journal.submissions.inFlight().length,
    };
  }
});
