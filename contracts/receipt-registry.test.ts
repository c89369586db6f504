import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hexOf } from '../src/anchoring/hex.ts';
import { sha256 } from '../src/anchoring/key-possession.ts';
import { bytesOfHex } from '../src/anchoring/hex.ts';
import { ANVIL_CHAIN_ID } from '../test/anvil.ts';
import { hash32, ReceiptWorld, type Done, type Party, type Refused } from '../test/receipt-world.ts';

const NOBODY = hexOf(new Uint8Array(20));
const NONE = hexOf(new Uint8Array(32));
const DAY = 86_400;
const EVIDENCE = hash32('a leaf');
const MILLISECONDS = Date.UTC(2026, 10, 24);

const NOT_PERMITTED = { refused: 'NotPermitted', args: [] };
const WRONG_STATE = { refused: 'WrongState', args: [] };
const INVALID = { refused: 'Invalid', args: [] };

describe.each([
  ['london', { hardfork: 'london' }],
  ['osaka', { hardfork: 'osaka' }],
  ['a chain that counts milliseconds', { timestamp: MILLISECONDS }],
] as const)('ReceiptRegistry on %s', (_name, options) => {
  let world: ReceiptWorld;
  let goods = 0;
  let receipt: `0x${string}`;

  beforeAll(async () => {
    world = await ReceiptWorld.start(options);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** 100 t of copper, without a condition. */
  beforeEach(async () => {
    receipt = await issued();
  });

  async function issued(gateway = NONE, maxAge = 0): Promise<`0x${string}`> {
    const args = [
      world.address('holder'),
      100n,
      hash32(`goods ${++goods}`),
      hash32('paper'),
      gateway,
      maxAge,
    ];
    return (await world.must('warehouse', 'issue', ...args, world.nonce())).id;
  }

  const pledge = (qty: bigint, bank: Party = 'bank', by: Party = 'holder'): Promise<Done | Refused> =>
    world.call(by, 'pledge', receipt, world.address(bank), qty, hash32('registered'), world.nonce());

  async function ordered(qty: bigint, expiresIn = DAY, maxAge = 0): Promise<Done | Refused> {
    const expires = (await world.now()) + expiresIn;
    const gate = world.address('gate');
    return world.call('holder', 'request', receipt, qty, gate, expires, maxAge, world.nonce());
  }

  async function order(qty: bigint, expiresIn = DAY, maxAge = 0): Promise<`0x${string}`> {
    const made = await ordered(qty, expiresIn, maxAge);
    if ('refused' in made) throw new Error(made.refused);
    await world.must('warehouse', 'authorize', made.id);
    return made.id;
  }

  it('a release from the request to the last ton', async () => {
    const id = await order(60n);
    await world.must('gate', 'begin', id);
    await world.must('gate', 'complete', id, 55n, EVIDENCE);
    expect(await world.view('receipt', receipt)).toMatchObject({ qty: 45n, reserved: 0n, state: 1 });
    expect(await world.view('order', id)).toMatchObject({ state: 4, evidence: EVIDENCE });
    const rest = await order(45n);
    await world.must('gate', 'begin', rest);
    await world.must('gate', 'complete', rest, 45n, EVIDENCE);
    expect(await world.view('receipt', receipt)).toMatchObject({ qty: 0n, state: 2 });
    const again = [world.address('holder'), 5n, hash32(`goods ${goods}`), hash32('paper'), NONE, 0];
    await world.must('warehouse', 'issue', ...again, world.nonce());
  });

  it('the same goods stand on one receipt', async () => {
    const again = [world.address('buyer'), 5n, hash32(`goods ${goods}`), hash32('other paper'), NONE, 0];
    const second = await world.call('warehouse', 'issue', ...again, world.nonce());
    expect(second).toEqual({ refused: 'GoodsTaken', args: [receipt] });
    expect(await world.call('stranger', 'issue', ...again, world.nonce())).toMatchObject({
      refused: 'AccessControlUnauthorizedAccount',
    });
  });

  it('the same tons are pledged to one bank', async () => {
    expect(await pledge(70n)).toHaveProperty('id');
    expect(await pledge(40n, 'secondBank')).toEqual({ refused: 'Encumbered', args: [30n, 40n] });
    expect(await pledge(30n, 'secondBank')).toHaveProperty('id');
    expect(await ordered(1n)).toEqual({ refused: 'Encumbered', args: [0n, 1n] });
    expect(await world.call('holder', 'transfer', receipt, world.address('buyer'))).toEqual({
      refused: 'Encumbered',
      args: [0n, 100n],
    });
  });

  it('only its bank frees a pledge, and nobody raises one', async () => {
    const made = await pledge(70n);
    if ('refused' in made) throw new Error(made.refused);
    expect(await world.call('secondBank', 'reducePledge', made.id, 0n)).toEqual(NOT_PERMITTED);
    expect(await world.call('holder', 'reducePledge', made.id, 0n)).toEqual(NOT_PERMITTED);
    expect(await world.call('bank', 'reducePledge', made.id, 70n)).toEqual(INVALID);
    expect(await world.call('bank', 'reducePledge', made.id, 71n)).toEqual(INVALID);
    expect(await world.call('bank', 'reducePledge', hash32('no pledge'), 0n)).toEqual(WRONG_STATE);
    await world.must('bank', 'reducePledge', made.id, 20n);
    expect(await world.view('receipt', receipt)).toMatchObject({ pledged: 20n });
    await world.must('bank', 'reducePledge', made.id, 0n);
    expect(await world.call('bank', 'reducePledge', made.id, 0n)).toEqual(INVALID);
    await world.must('holder', 'transfer', receipt, world.address('buyer'));
    expect(await pledge(1n)).toEqual(NOT_PERMITTED);
    expect(await pledge(1n, 'stranger', 'buyer')).toEqual(INVALID);
    expect(await pledge(0n, 'bank', 'buyer')).toEqual(INVALID);
  });

  it('a receipt names who, how much and what', async () => {
    const args = [world.address('holder'), 1n, hash32('g'), hash32('d'), NONE, 0, world.nonce()];
    for (const [place, wrong] of [
      [0, NOBODY],
      [1, 0n],
      [2, NONE],
      [3, NONE],
      [4, world.gateway],
      [5, 60],
    ] as const) {
      expect(await world.call('warehouse', 'issue', ...args.with(place, wrong)), String(place)).toEqual(
        INVALID,
      );
    }
    expect(await world.call('holder', 'transfer', receipt, world.address('holder'))).toEqual(INVALID);
    expect(await world.call('buyer', 'transfer', receipt, world.address('buyer'))).toEqual(NOT_PERMITTED);
    expect(await world.call('holder', 'transfer', hash32('none'), world.address('buyer'))).toEqual(
      WRONG_STATE,
    );
  });

  it('ids are known beforehand, are the sender’s own, and count once', async () => {
    const nonce = world.nonce();
    const args = [world.address('holder'), 1n, hash32(`known ${goods}`), hash32('d'), NONE, 0, nonce];
    const made = await world.must('warehouse', 'issue', ...args);
    expect(made.id).toBe(idOf(world.address('warehouse'), world.encode('issue', args)));
    expect(await world.view('idOf', world.address('warehouse'), world.encode('issue', args))).toBe(made.id);
    expect(await world.call('warehouse', 'issue', ...args)).toEqual(WRONG_STATE);
    const call = [receipt, world.address('bank'), 1n, hash32('r'), nonce];
    await world.must('holder', 'pledge', ...call);
    expect(await world.call('holder', 'pledge', ...call)).toEqual(WRONG_STATE);
    const later = [receipt, 1n, world.address('gate'), (await world.now()) + DAY, 0, nonce];
    await world.must('holder', 'request', ...later);
    expect(await world.call('holder', 'request', ...later)).toEqual(WRONG_STATE);
  });

  function idOf(sender: `0x${string}`, data: `0x${string}`): string {
    const chain = Buffer.alloc(32);
    chain.writeUInt32BE(ANVIL_CHAIN_ID, 28);
    const parts = [chain, bytesOfHex(world.registry), bytesOfHex(sender), bytesOfHex(data)];
    return hexOf(sha256(Buffer.concat(parts)));
  }

  it('each step of an order is for one party, in one state', async () => {
    expect(await ordered(0n)).toEqual(INVALID);
    expect(await ordered(1n, 0)).toEqual(INVALID);
    expect(await ordered(1n, DAY, 60)).toEqual(INVALID);
    const made = await ordered(10n);
    if ('refused' in made) throw new Error(made.refused);
    const { id } = made;
    expect(await world.call('holder', 'authorize', id)).toEqual(NOT_PERMITTED);
    expect(await world.call('gate', 'begin', id)).toEqual(WRONG_STATE);
    await world.must('warehouse', 'authorize', id);
    expect(await world.call('warehouse', 'authorize', id)).toEqual(WRONG_STATE);
    expect(await world.call('stranger', 'begin', id)).toEqual(NOT_PERMITTED);
    expect(await world.call('gate', 'complete', id, 1n, EVIDENCE)).toEqual(WRONG_STATE);
    expect(await world.call('stranger', 'cancel', id)).toEqual(NOT_PERMITTED);
    await world.must('gate', 'begin', id);
    expect(await world.call('gate', 'begin', id)).toEqual(WRONG_STATE);
    expect(await world.call('holder', 'cancel', id)).toEqual(WRONG_STATE);
    expect(await world.call('stranger', 'complete', id, 1n, EVIDENCE)).toEqual(NOT_PERMITTED);
    expect(await world.call('gate', 'complete', id, 11n, EVIDENCE)).toEqual(INVALID);
    await world.must('gate', 'complete', id, 0n, EVIDENCE);
    expect(await world.call('gate', 'complete', id, 1n, EVIDENCE)).toEqual(WRONG_STATE);
    expect(await world.view('receipt', receipt)).toMatchObject({ qty: 100n, reserved: 0n });
  });

  it('an order that was not begun in time frees what it reserved', async () => {
    const [late, begun, cancelled] = [await order(10n, 1000), await order(20n, 1000), await order(30n)];
    expect(await world.call('stranger', 'expire', late)).toEqual(WRONG_STATE);
    await world.must('gate', 'begin', begun);
    await world.must('warehouse', 'cancel', cancelled);
    await world.wait(1001);
    expect(await world.call('gate', 'begin', late)).toEqual(WRONG_STATE);
    await world.must('stranger', 'expire', late);
    expect(await world.call('stranger', 'expire', late)).toEqual(WRONG_STATE);
    expect(await world.call('stranger', 'expire', begun)).toEqual(WRONG_STATE);
    await world.must('gate', 'complete', begun, 20n, EVIDENCE);
    expect(await world.view('receipt', receipt)).toMatchObject({ qty: 80n, reserved: 0n });
    const slow = await ordered(1n, 1000);
    if ('refused' in slow) throw new Error(slow.refused);
    await world.wait(1001);
    expect(await world.call('warehouse', 'authorize', slow.id)).toEqual(WRONG_STATE);
  });

  it.each([
    ['setFrozen', 'regulator'],
    ['setHeld', 'inspector'],
    ['setDisputed', 'warehouse'],
    ['setDisputed', 'holder'],
  ] as const)('%s by the %s stops the gate', async (name, party) => {
    const id = await order(10n);
    expect(await world.call('stranger', name, receipt, true, EVIDENCE)).toHaveProperty('refused');
    await world.must(party, name, receipt, true, EVIDENCE);
    expect(await world.call(party, name, receipt, true, EVIDENCE)).toEqual(INVALID);
    expect(await world.call('gate', 'begin', id)).toEqual(WRONG_STATE);
    await world.must(party, name, receipt, false, EVIDENCE);
    await world.must('gate', 'begin', id);
  });

  it('nothing new is agreed over a frozen receipt', async () => {
    await world.must('regulator', 'setFrozen', receipt, true, EVIDENCE);
    expect(await pledge(1n)).toEqual(WRONG_STATE);
    expect(await ordered(1n)).toEqual(WRONG_STATE);
    expect(await world.call('holder', 'transfer', receipt, world.address('buyer'))).toEqual(WRONG_STATE);
  });

  it('each party withdraws its own dispute; the regulator ends both', async () => {
    await world.must('warehouse', 'setDisputed', receipt, true, EVIDENCE);
    await world.must('holder', 'setDisputed', receipt, true, EVIDENCE);
    await world.must('warehouse', 'setDisputed', receipt, false, EVIDENCE);
    expect(await world.view('receipt', receipt)).toMatchObject({ disputed: 2 });
    expect(await world.call('regulator', 'setDisputed', receipt, true, EVIDENCE)).toEqual(NOT_PERMITTED);
    await world.must('regulator', 'setDisputed', receipt, false, EVIDENCE);
    expect(await world.view('receipt', receipt)).toMatchObject({ disputed: 0 });
  });

  it('a dead gate is completed by the regulator, frozen and a day later', async () => {
    const id = await order(10n);
    await world.must('gate', 'begin', id);
    expect(await world.call('regulator', 'complete', id, 0n, EVIDENCE)).toEqual(WRONG_STATE);
    await world.must('regulator', 'setFrozen', receipt, true, EVIDENCE);
    expect(await world.call('regulator', 'complete', id, 0n, EVIDENCE)).toEqual(WRONG_STATE);
    await world.wait(DAY + 1);
    await world.must('regulator', 'complete', id, 0n, EVIDENCE);
  });

  it('a mistaken receipt is voided by both sides', async () => {
    expect(await world.call('holder', 'voidReceipt', receipt)).toEqual(WRONG_STATE);
    expect(await world.call('stranger', 'voidReceipt', receipt)).toEqual(NOT_PERMITTED);
    await world.must('warehouse', 'voidReceipt', receipt);
    expect(await world.call('warehouse', 'voidReceipt', receipt)).toEqual(WRONG_STATE);
    const made = await pledge(1n);
    if ('refused' in made) throw new Error(made.refused);
    expect(await world.call('holder', 'voidReceipt', receipt)).toEqual({
      refused: 'Encumbered',
      args: [99n, 100n],
    });
    await world.must('bank', 'reducePledge', made.id, 0n);
    await world.must('regulator', 'setFrozen', receipt, true, EVIDENCE);
    expect(await world.call('holder', 'voidReceipt', receipt)).toEqual(NOT_PERMITTED);
    await world.must('regulator', 'voidReceipt', receipt);
    expect(await world.view('receiptOf', hash32(`goods ${goods}`))).toBe(NONE);
    expect(await world.call('regulator', 'setFrozen', receipt, false, EVIDENCE)).toEqual(WRONG_STATE);
  });

  it('a gate needs fresh evidence of the gateway that the receipt names', async () => {
    receipt = await issued(world.gateway, 3600);
    expect(await ordered(1n, DAY, 3601)).toEqual(INVALID);
    const [first, strict] = [await order(1n), await order(1n, DAY, 600)];
    const empty = await world.call('gate', 'begin', first);
    expect(empty).toMatchObject({ refused: 'Condition', args: [expect.anything(), 0n, 0] });
    await world.anchor();
    await world.wait(601);
    expect(await world.call('gate', 'begin', strict)).toMatchObject({ refused: 'Condition' });
    await world.must('gate', 'begin', first);
    await world.wait(3600);
    const late = await order(1n);
    expect(await world.call('gate', 'begin', late)).toMatchObject({ refused: 'Condition' });
    await world.anchor();
    await world.must('gate', 'begin', late);
    const last = await order(1n);
    await world.revokeLog();
    expect(await world.call('gate', 'begin', last)).toMatchObject({ refused: 'Condition' });
  });
});
