import * as fc from 'fast-check';
import { expect } from 'vitest';
import { hexOf } from '../../src/anchoring/hex.ts';
import { sha256 } from '../../src/anchoring/key-possession.ts';
import type { Hex32 } from '../../src/anchoring/port.ts';
import type { ReceiptOp } from '../../src/anchoring/receipt-port.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { freeOf, type Ledger, may, pledgedOf, reservedOf } from '../receipt-model.ts';
import { type Party, type ReceiptParties, soon } from '../receipt-parties.ts';

const ACTS = 150;
const PARTIES = [
  'holder',
  'buyer',
  'gate',
  'bank',
  'secondBank',
  'warehouse',
  'regulator',
  'inspector',
  'stranger',
] as const satisfies readonly Party[];

const KINDS = [
  'issue',
  'transfer',
  'pledge',
  'pledge',
  'reduce',
  'request',
  'request',
  'authorize',
  'authorize',
  'begin',
  'begin',
  'complete',
  'complete',
  'cancel',
  'freeze',
] as const;

export type RandomAct = {
  readonly kind: (typeof KINDS)[number];
  readonly anyone: Party;
  readonly to: Party;
  /** Chooses what it is about, and whether the one who may does it. */
  readonly pick: number;
  readonly qty: number;
};

const randomAct = fc.record({
  kind: fc.constantFrom(...KINDS),
  anyone: fc.constantFrom(...PARTIES),
  to: fc.constantFrom<Party>('bank', 'secondBank', 'buyer', 'holder'),
  pick: fc.noBias(fc.nat(60)),
  qty: fc.noBias(fc.nat(15)),
});
export const randomActs: fc.Arbitrary<RandomAct[]> = fc
  .array(randomAct, { minLength: ACTS, maxLength: ACTS })
  .map((acts) => [{ kind: 'issue', anyone: 'warehouse', to: 'holder', pick: 1, qty: 60 }, ...acts]);

const hash32 = (text: string): Hex32 => hexOf(sha256(utf8(text)));
const NOTHING = hash32('nothing');

type Meant = {
  readonly op: ReceiptOp;
  readonly by: Party;
  readonly isRight: boolean;
  readonly apply: (id: Hex32) => void;
};

/** Acts through the adapter beside the model of the rules; quantities of both must agree. */
export class ReceiptsAgainstModel {
  done = 0;
  readonly #world: ReceiptParties;
  readonly #ledger: Ledger = { receipts: new Map(), pledges: new Map(), orders: new Map() };
  readonly #run: string;

  constructor(world: ReceiptParties) {
    this.#world = world;
    this.#run = String(world.nonce());
  }

  async compare(act: RandomAct): Promise<void> {
    const { op, by, isRight, apply } = this.#meant(act, (await this.#world.now()) + 1);
    const did = await this.#world.act(by, op);
    expect('id' in did, `${op.kind} by ${by}: ${'refused' in did ? did.refused.code : 'done'}`).toBe(isRight);
    if (!('id' in did)) return;
    apply(did.id);
    this.done++;
  }

  /** I1-I3 and I6 of ledger section 3, as the chain finally tells them. */
  async check(): Promise<void> {
    for (const [id, model] of this.#ledger.receipts) {
      const [pledged, reserved] = [pledgedOf(this.#ledger, id), reservedOf(this.#ledger, id)];
      const found = await this.#world.receipt(hex(id));
      expect(found).toMatchObject({
        qty: BigInt(model.qty),
        pledged: BigInt(pledged),
        reserved: BigInt(reserved),
        state: model.open ? 'live' : 'closed',
        frozen: model.frozen,
      });
      expect(freeOf(this.#ledger, id)).toBeGreaterThanOrEqual(0);
      const open = [...this.#ledger.receipts].find(([, r]) => r.open && r.goods === model.goods);
      expect(await this.#world.reads.receiptOf(found.goodsKey, soon())).toBe(open?.[0] ?? null);
    }
    for (const [id, { qty }] of this.#ledger.pledges)
      expect(await this.#world.reads.pledge(hex(id), soon())).toMatchObject({ qty: BigInt(qty) });
  }

  #meant({ kind, anyone, to, pick, qty }: RandomAct, now: number): Meant {
    const ledger = this.#ledger;
    const receiptId = hex(
      chosen(
        [...ledger.receipts].filter(([, r]) => pick % 5 === 0 || r.open),
        pick,
      ),
    );
    const orderId = hex(
      chosen(
        [...ledger.orders].filter(([, o]) => pick % 5 === 0 || o.state === READY[kind]),
        pick,
      ),
    );
    const pledgeId = hex(chosen([...ledger.pledges], pick));
    const r = ledger.receipts.get(receiptId);
    const o = ledger.orders.get(orderId);
    const p = ledger.pledges.get(pledgeId);
    // Two of three come from the one who may.
    const by = pick % 3 === 0 ? anyone : partyOf(kind, r?.holder, p?.financier);
    const n = BigInt(qty);
    const nonce = this.#world.nonce();
    const evidence = hash32('a leaf');
    switch (kind) {
      case 'issue': {
        const goods = `${this.#run} ${pick % 4}`;
        const holder = this.#world.address('holder');
        const hashes = { goodsKey: hash32(goods), docHash: hash32('paper') };
        return {
          op: { kind, holder, qty: n, ...hashes, condition: null, nonce },
          by,
          isRight: may.issue(ledger, by, goods, qty),
          apply: (id) => {
            const flags = { frozen: false, held: false, disputed: new Set<string>(), voidAsked: false };
            ledger.receipts.set(id, { goods, holder: 'holder', qty, open: true, ...flags });
          },
        };
      }
      case 'transfer':
        return {
          op: { kind, receiptId, to: this.#world.address(to) },
          by,
          isRight: may.transfer(ledger, by, receiptId, to),
          apply: () => void (r !== undefined && (r.holder = to)),
        };
      case 'pledge':
        return {
          op: { kind, receiptId, financier: this.#world.address(to), qty: n, regNo: hash32('no'), nonce },
          by,
          isRight: may.pledge(ledger, by, receiptId, to, qty),
          apply: (id) => void ledger.pledges.set(id, { receipt: receiptId, financier: to, qty }),
        };
      case 'reduce':
        return {
          op: { kind, pledgeId, to: n },
          by,
          isRight: may.reduce(ledger, by, pledgeId, qty),
          apply: () => void (p !== undefined && ledger.pledges.set(pledgeId, { ...p, qty })),
        };
      case 'request': {
        const expires = now + 100_000;
        return {
          op: { kind, receiptId, qty: n, gate: this.#world.address('gate'), expires, maxAge: 0, nonce },
          by,
          isRight: may.request(ledger, by, receiptId, qty, expires, now),
          apply: (id) =>
            void ledger.orders.set(id, { receipt: receiptId, qty, expires, state: 'requested', beganAt: 0 }),
        };
      }
      case 'authorize':
      case 'begin':
      case 'cancel':
        return {
          op: { kind, orderId },
          by,
          isRight: kind === 'cancel' ? may.cancel(ledger, by, orderId) : may[kind](ledger, by, orderId, now),
          apply: () => void (o !== undefined && (o.state = AFTER[kind])),
        };
      case 'complete':
        return {
          op: { kind, orderId, moved: n, evidence },
          by,
          isRight: may.complete(ledger, by, orderId, qty, now),
          apply: () => {
            const of = ledger.receipts.get(o?.receipt ?? '');
            if (o === undefined || of === undefined) return;
            o.state = 'over';
            of.qty -= qty;
            of.open = of.qty > 0;
          },
        };
      case 'freeze':
        return {
          op: { kind, receiptId, on: r?.frozen !== true, evidence },
          by,
          isRight: r?.open === true && by === 'regulator',
          apply: () => void (r !== undefined && (r.frozen = !r.frozen)),
        };
      default:
        return kind satisfies never;
    }
  }
}

const READY: Readonly<Partial<Record<RandomAct['kind'], string>>> = {
  authorize: 'requested',
  begin: 'authorized',
  complete: 'executing',
  cancel: 'requested',
};
const AFTER = { authorize: 'authorized', begin: 'executing', cancel: 'over' } as const;

function chosen(found: readonly (readonly [string, unknown])[], pick: number): string {
  return found[pick % Math.max(1, found.length)]?.[0] ?? NOTHING;
}

function partyOf(kind: RandomAct['kind'], holder?: string, financier?: string): Party {
  if (kind === 'issue' || kind === 'authorize') return 'warehouse';
  if (kind === 'begin' || kind === 'complete') return 'gate';
  if (kind === 'freeze') return 'regulator';
  const name = kind === 'reduce' ? financier : holder;
  return PARTIES.find((party) => party === name) ?? 'holder';
}

function hex(id: string): Hex32 {
  return `0x${id.slice(2)}`;
}
