import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexOf } from '../src/anchoring/hex.ts';
import { hash32, ReceiptWorld, type Party, type RegistryFunction } from '../test/receipt-world.ts';

/** Gas, ledger section 4. */
const BUDGET = {
  deploy: 2_600_000,
  issue: 205_000,
  pledge: 120_000,
  reducePledge: 42_000,
  request: 120_000,
  authorize: 42_000,
  begin: 60_000,
  complete: 76_000,
  cancel: 48_000,
  expire: 48_000,
  flag: 40_000,
  void: 40_000,
};
const NONE = hexOf(new Uint8Array(32));
const EVIDENCE = hash32('a leaf');

describe.each(['london', 'osaka'] as const)('gas of receipts on %s', (hardfork) => {
  let world: ReceiptWorld;
  beforeAll(async () => {
    world = await ReceiptWorld.start({ hardfork });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const issue = (goods: string, gateway = NONE, maxAge = 0) => {
    const args = [world.address('holder'), 1000n, hash32(goods), hash32('paper'), gateway, maxAge];
    return world.must('warehouse', 'issue', ...args, world.nonce());
  };
  const request = async (receipt: string, expiresIn = 10_000) => {
    const expires = (await world.now()) + expiresIn;
    return world.must('holder', 'request', receipt, 10n, world.address('gate'), expires, 0, world.nonce());
  };
  const gas = async (by: Party, name: RegistryFunction, ...args: readonly unknown[]): Promise<number> =>
    (await world.must(by, name, ...args)).gas;

  it('deploying', () => {
    expect(world.deployGas).toBeGreaterThan(1_000_000);
    expect(world.deployGas).toBeLessThan(BUDGET.deploy);
  });

  it('a receipt, its pledge and its release with fresh evidence', async () => {
    const plain = await issue('copper');
    const tied = await issue('beef', world.gateway, 3600);
    expect(plain.gas).toBeLessThan(BUDGET.issue);
    expect(tied.gas).toBeLessThan(BUDGET.issue);
    const bank = world.address('bank');
    const pledge = await world.must('holder', 'pledge', tied.id, bank, 500n, hash32('no'), world.nonce());
    expect(pledge.gas).toBeLessThan(BUDGET.pledge);
    expect(await gas('bank', 'reducePledge', pledge.id, 100n)).toBeLessThan(BUDGET.reducePledge);
    const order = await request(tied.id);
    expect(order.gas).toBeLessThan(BUDGET.request);
    expect(await gas('warehouse', 'authorize', order.id)).toBeLessThan(BUDGET.authorize);
    await world.anchor();
    expect(await gas('gate', 'begin', order.id)).toBeLessThan(BUDGET.begin);
    expect(await gas('gate', 'complete', order.id, 10n, EVIDENCE)).toBeLessThan(BUDGET.complete);
  });

  it('what ends, and what stops', async () => {
    const { id } = await issue('zinc');
    expect(await gas('holder', 'cancel', (await request(id)).id)).toBeLessThan(BUDGET.cancel);
    const late = await request(id, 100);
    await world.wait(200);
    expect(await gas('stranger', 'expire', late.id)).toBeLessThan(BUDGET.expire);
    expect(await gas('regulator', 'setFrozen', id, true, EVIDENCE)).toBeLessThan(BUDGET.flag);
    expect(await gas('inspector', 'setHeld', id, true, EVIDENCE)).toBeLessThan(BUDGET.flag);
    expect(await gas('holder', 'setDisputed', id, true, EVIDENCE)).toBeLessThan(BUDGET.flag);
    expect(await gas('warehouse', 'voidReceipt', id)).toBeLessThan(BUDGET.void);
    expect(await gas('regulator', 'voidReceipt', id)).toBeLessThan(BUDGET.void);
  });
});
