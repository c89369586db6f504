import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freeOf, may, pledgedOf, reservedOf, type Ledger } from '../test/receipt-model.ts';
import { hash32, ReceiptWorld, type Party } from '../test/receipt-world.ts';
import { hexOf } from '../src/anchoring/hex.ts';

const NONE = hexOf(new Uint8Array(32));
const EVIDENCE = hash32('a leaf');
/** Random calls of one run; every one is compared with the model, refused or not. */
const CALLS = 300;
const RUNS = 3;

const party = fc.constantFrom<Party>(
  'warehouse',
  'holder',
  'buyer',
  'bank',
  'secondBank',
  'gate',
  'regulator',
  'inspector',
  'stranger',
);
const taker = fc.constantFrom<Party>('bank', 'secondBank', 'buyer', 'holder');
const pick = fc.noBias(fc.nat(50));
/** What a complete moves may be too much, what a request asks for seldom is. */
const qty = fc.noBias(fc.nat(60));
const few = fc.noBias(fc.nat(12));

const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('issue'), by: party, a: pick, qty }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('transfer'), by: party, a: pick, to: taker, qty: few }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('pledge'), by: party, a: pick, to: taker, qty: few }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('reduce'), by: party, a: pick, qty: few }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('request'), by: party, a: pick, qty: few }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('authorize'), by: party, a: pick, qty }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('begin'), by: party, a: pick, qty }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('complete'), by: party, a: pick, qty: few }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('cancel'), by: party, a: pick, qty }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('expire'), by: party, a: pick, qty }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('flag'), by: party, a: pick, qty }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('void'), by: party, a: pick, qty }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('wait'), by: party, a: pick, qty }) },
);
type Operation = {
  readonly op: string;
  readonly by: Party;
  readonly a: number;
  readonly qty: number;
  readonly to?: Party;
};

describe('receipts, pledges and orders under random calls by random parties', () => {
  let world: ReceiptWorld;
  beforeAll(async () => {
    world = await ReceiptWorld.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('the contract does what the model says, and its sums hold', async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: CALLS, maxLength: CALLS }), async (operations) => {
        const ledger: Ledger = { receipts: new Map(), pledges: new Map(), orders: new Map() };
        const run = world.nonce();
        for (const one of operations) if (await compare(ledger, one, String(run))) done++;
        for (const id of ledger.receipts.keys()) await check(ledger, id);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    // Else most of it was refusals.
    expect(done).toBeGreaterThan((RUNS * CALLS) / 10);
  }, 120_000);

  /** Does it on the chain and in the model; whether it was done. */
  async function compare(
    ledger: Ledger,
    { op, by: anyone, a, qty: n, to = 'bank' }: Operation,
    run: string,
  ): Promise<boolean> {
    const live = [...ledger.receipts].filter(([, receipt]) => a % 5 !== 0 && receipt.open).map(([id]) => id);
    const receipts = live.length > 0 ? live : [...ledger.receipts.keys()];
    const receipt = receipts[a % Math.max(1, receipts.length)] ?? hash32('none');
    // The next step is tried on an order that waits for it, where there is one.
    const ready = [...ledger.orders].filter(([, { state }]) => a % 5 !== 0 && state === READY[op]);
    const orders = ready.length > 0 ? ready.map(([id]) => id) : [...ledger.orders.keys()];
    const order = orders[a % Math.max(1, orders.length)] ?? hash32('none');
    const pledges = [...ledger.pledges.keys()];
    const pledge = pledges[a % Math.max(1, pledges.length)] ?? hash32('none');
    const r = ledger.receipts.get(receipt);
    const o = ledger.orders.get(order);
    const now = (await world.now()) + 1;
    // Two of three calls come from the one who may.
    const right = rightful(op, r?.holder, ledger.pledges.get(pledge)?.financier);
    const by = a % 3 === 0 || right === undefined ? anyone : right;
    const call = async (
      isRight: boolean,
      ...args: Parameters<ReceiptWorld['call']>
    ): Promise<string | null> => {
      const result = await world.call(...args);
      const detail = `${op} by ${by}: ${JSON.stringify(result, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`;
      expect('id' in result, detail).toBe(isRight);
      return 'id' in result ? result.id : null;
    };
    switch (op) {
      case 'issue': {
        const goods = `${run} ${a % 4}`;
        const args = [
          world.address('holder'),
          BigInt(n),
          hash32(goods),
          hash32('paper'),
          NONE,
          0,
          world.nonce(),
        ];
        const id = await call(may.issue(ledger, by, goods, n), by, 'issue', ...args);
        if (id === null) return false;
        const flags = { frozen: false, held: false, disputed: new Set<string>(), voidAsked: false };
        ledger.receipts.set(id, { goods, holder: 'holder', qty: n, open: true, ...flags });
        return true;
      }
      case 'transfer': {
        const id = await call(
          may.transfer(ledger, by, receipt, to),
          by,
          'transfer',
          receipt,
          world.address(to),
        );
        if (id === null || r === undefined) return false;
        r.holder = to;
        return true;
      }
      case 'pledge': {
        const args = [receipt, world.address(to), BigInt(n), hash32('no'), world.nonce()];
        const id = await call(may.pledge(ledger, by, receipt, to, n), by, 'pledge', ...args);
        if (id !== null) ledger.pledges.set(id, { receipt, financier: to, qty: n });
        return id !== null;
      }
      case 'reduce': {
        const id = await call(may.reduce(ledger, by, pledge, n), by, 'reducePledge', pledge, BigInt(n));
        const p = ledger.pledges.get(pledge);
        if (id === null || p === undefined) return false;
        p.qty = n;
        return true;
      }
      case 'request': {
        const expires = now + (n % 2 === 0 ? 100_000 : 1000);
        const args = [receipt, BigInt(n), world.address('gate'), expires, 0, world.nonce()];
        const id = await call(may.request(ledger, by, receipt, n, expires, now), by, 'request', ...args);
        if (id !== null) ledger.orders.set(id, { receipt, qty: n, expires, state: 'requested', beganAt: 0 });
        return id !== null;
      }
      case 'authorize': {
        const id = await call(may.authorize(ledger, by, order, now), by, 'authorize', order);
        if (id === null || o === undefined) return false;
        o.state = 'authorized';
        return true;
      }
      case 'begin': {
        const id = await call(may.begin(ledger, by, order, now), by, 'begin', order);
        if (id === null || o === undefined) return false;
        o.state = 'executing';
        o.beganAt = await world.now();
        return true;
      }
      case 'complete': {
        const isRight = may.complete(ledger, by, order, n, now);
        const id = await call(isRight, by, 'complete', order, BigInt(n), EVIDENCE);
        const of = ledger.receipts.get(o?.receipt ?? '');
        if (id === null || o === undefined || of === undefined) return false;
        o.state = 'over';
        of.qty -= n;
        if (of.qty === 0) of.open = false;
        return true;
      }
      case 'cancel': {
        const id = await call(may.cancel(ledger, by, order), by, 'cancel', order);
        if (id === null || o === undefined) return false;
        o.state = 'over';
        return true;
      }
      case 'expire': {
        const id = await call(may.expire(ledger, order, now), by, 'expire', order);
        if (id === null || o === undefined) return false;
        o.state = 'over';
        return true;
      }
      case 'flag': {
        const on = r === undefined ? true : !(by === 'regulator' ? r.frozen : r.held);
        const isRight = r?.open === true && (by === 'regulator' || by === 'inspector');
        const name = by === 'inspector' ? 'setHeld' : 'setFrozen';
        const id = await call(isRight, by, name, receipt, on, EVIDENCE);
        if (id === null || r === undefined) return false;
        if (by === 'inspector') r.held = on;
        else r.frozen = on;
        return true;
      }
      case 'void': {
        const agrees = r !== undefined && (r.frozen ? by === 'regulator' : by === r.holder);
        const asks = by === 'warehouse' && r?.voidAsked === false;
        const isRight =
          r?.open === true && freeOf(ledger, receipt) === r.qty && (asks || (agrees && r.voidAsked));
        const id = await call(isRight, by, 'voidReceipt', receipt);
        if (id === null || r === undefined) return false;
        if (r.voidAsked) r.open = false;
        else r.voidAsked = true;
        return true;
      }
      default:
        await world.wait(n * 100);
        return true;
    }
  }

  /** I1-I3 and I6 of ledger section 3, as the chain tells them. */
  async function check(ledger: Ledger, id: string): Promise<void> {
    const r = ledger.receipts.get(id);
    if (r === undefined) throw new Error(`no receipt ${id}`);
    const [pledged, reserved] = [pledgedOf(ledger, id), reservedOf(ledger, id)];
    expect(await world.view('receipt', id)).toMatchObject({
      qty: BigInt(r.qty),
      pledged: BigInt(pledged),
      reserved: BigInt(reserved),
      state: r.open ? 1 : 2,
      frozen: r.frozen,
      held: r.held,
    });
    expect(pledged + reserved).toBeLessThanOrEqual(r.qty);
    const standing = await world.view('receiptOf', hash32(r.goods));
    const open = [...ledger.receipts].filter(([, other]) => other.open && other.goods === r.goods);
    expect(standing).toBe(open[0]?.[0] ?? NONE);
    expect(open.length).toBeLessThanOrEqual(1);
  }
});

const READY: Readonly<Record<string, string>> = {
  authorize: 'requested',
  begin: 'authorized',
  complete: 'executing',
  cancel: 'authorized',
};

/** Who may do it, where that is one party. */
function rightful(op: string, holder: string | undefined, financier: string | undefined): Party | undefined {
  if (op === 'issue' || op === 'authorize') return 'warehouse';
  if (op === 'begin' || op === 'complete') return 'gate';
  if (op === 'reduce') return financier === 'bank' || financier === 'secondBank' ? financier : undefined;
  if (op !== 'transfer' && op !== 'pledge' && op !== 'request') return undefined;
  return PARTY_NAMES.find((name) => name === holder);
}

const PARTY_NAMES: readonly Party[] = [
  'holder',
  'buyer',
  'bank',
  'secondBank',
  'gate',
  'stranger',
  'warehouse',
  'regulator',
  'inspector',
];
