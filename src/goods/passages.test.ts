import { describe, expect, it } from 'vitest';
import type { ItemFact } from '../domain/goods/facts.ts';
import type { OrderContent } from '../domain/goods/documents.ts';
import { Quality } from '../domain/reading.ts';
import {
  RecordType,
  ReleaseStep,
  StatementKind,
  SystemCode,
  type LogRecord,
  type Value,
} from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import { Orders, SETTLE } from './orders.ts';
import { Passages } from './passages.ts';

const ID = 'ab'.repeat(32);
const POINT = 'r1/dock-2';
const STREAM: OpenStream = {
  id: 'r1/dock-2',
  kind: 2,
  dev: 'r1',
  ch: 'dock-2',
  quantity: 'tags',
  unit: '1',
  exp: 0,
  cadenceMs: 1000,
  maxGapMs: 5000,
  place: 'yard-1',
  src: 1,
  urgent: false,
  slot: 3,
};
const PORTAL = {
  id: 'dock-2',
  point: POINT,
  inside: [1, 2],
  outside: [3, 4],
  withinMs: 10_000,
  zone: 'yard-1',
} as const;

const epc = (n: number): string => `3034${n.toString(16).padStart(20, '0')}`;
const FORTY = Array.from({ length: 40 }, (_, i) => epc(i + 1));

class Yard {
  t = 1_000_000;
  seq = 0;
  readonly files = new Map<string, OrderContent>();
  readonly items = new Map<string, ItemFact>();
  orders = new Orders(null);
  passages = this.#passages(null);

  /** Forty cases and one more of the lot, and one of another's. */
  constructor() {
    for (let n = 1; n <= 41; n++) this.own(epc(n), 'copper', 'c0'.repeat(32));
    this.own(epc(90), 'tin', 'd0'.repeat(32));
  }

  own(tag: string, lot: string, receipt: string): void {
    this.items.set(tag, { lot, receipts: [receipt], zone: 'yard-1', seenAt: null });
  }

  take(type: LogRecord['type'], body: readonly Value[], slot = 0): void {
    const record = { slot, seq: this.seq++, t: this.t, type, body };
    this.orders.take(record, (hash) => this.files.get(Buffer.from(hash).toString('hex')) ?? null);
    this.passages.take(record);
  }

  told(content: Partial<OrderContent> = {}): void {
    const whole: OrderContent = {
      kind: 'order',
      order: ID,
      direction: 'out',
      receipt: 'c0'.repeat(32),
      lot: 'copper',
      epcs: FORTY,
      amount: { value: 40, exp: 0, unit: '1' },
      portal: 'dock-2',
      zone: 'yard-1',
      from: 0,
      until: 10_000_000,
      vehicle: null,
      ...content,
    };
    const hash = Buffer.alloc(32, this.files.size + 1);
    this.files.set(hash.toString('hex'), whole);
    this.take(RecordType.statement, [StatementKind.orderContent, whole.order, null, hash, 'test']);
  }

  step(step: ReleaseStep, qty = 40, detail = ''): void {
    this.take(RecordType.release, [Buffer.from(ID, 'hex'), step, qty, detail]);
  }

  read(tag: string, antenna: number, late: number | null = null): void {
    const at = late ?? this.t;
    const q = late === null ? 0 : Quality.backfilled;
    this.take(
      RecordType.observation,
      [Buffer.from(tag, 'hex'), null, antenna, at, at, 1, -5000, q],
      STREAM.slot,
    );
  }

  out(tag: string): void {
    this.read(tag, 1);
    this.t += 1000;
    this.read(tag, 3);
  }

  release(tag: string): string {
    return this.passages.release(tag, POINT, 'out', this.t).is;
  }

  order() {
    return this.orders.get(ID);
  }

  restart(): void {
    this.orders.commit();
    this.passages.commit();
    this.orders = new Orders(this.orders.encode());
    this.passages = this.#passages(this.passages.encode());
  }

  #passages(state: Value | null): Passages {
    const item = (tag: string): ItemFact | null => this.items.get(tag) ?? null;
    return new Passages({ portals: [PORTAL], streams: [STREAM] }, this.orders, item, state);
  }
}

function opened(content: Partial<OrderContent> = {}): Yard {
  const yard = new Yard();
  yard.told(content);
  yard.step(ReleaseStep.claimed);
  yard.step(ReleaseStep.opened);
  return yard;
}

describe('goods through a portal', () => {
  it('nobody lets go what has no order, and what is nobody’s is free', () => {
    const yard = new Yard();
    expect(yard.release(epc(1))).toBe('unreleased');
    expect(yard.release(epc(500))).toBe('free');
    yard.told();
    yard.step(ReleaseStep.authorised);
    yard.step(ReleaseStep.claimed);
    expect(yard.release(epc(1)), 'claimed, and the portal is not open for it').toBe('unreleased');
  });

  it('forty pass, the forty-first is too much and the order is disputed until a person settles it', () => {
    const yard = opened();
    for (const tag of FORTY) yard.out(tag);
    expect(FORTY.map((tag) => yard.release(tag))).toEqual(FORTY.map(() => 'released'));
    expect(yard.order()).toMatchObject({ passed: FORTY, isDisputed: false, moved: 40 });
    expect(yard.release(epc(41))).toBe('excess');
    yard.out(epc(41));
    expect(yard.release(epc(41)), 'asked again').toBe('excess');
    expect(yard.order()).toMatchObject({ isDisputed: true, moved: 40 });
    yard.restart();
    expect(yard.order()).toMatchObject({ isDisputed: true, breaches: [{ epc: epc(41), is: 'excess' }] });
    yard.take(RecordType.act, [7, 'supervisor', SETTLE, ID, null, null, 'brought back', 1]);
    expect(yard.order()?.isDisputed, 'a refused act settles nothing').toBe(true);
    yard.take(RecordType.act, [7, 'supervisor', SETTLE, ID, null, null, 'brought back', 0]);
    expect(yard.order()?.isDisputed).toBe(false);
  });

  it('other goods under the same order are wrong goods', () => {
    const yard = opened();
    yard.out(epc(90));
    expect(yard.release(epc(90))).toBe('wrong-goods');
    expect(yard.order()).toMatchObject({ isDisputed: true, passed: [] });
  });

  it('what comes in may not go out', () => {
    const yard = new Yard();
    yard.told({ direction: 'in' });
    yard.out(epc(1));
    expect(yard.release(epc(1))).toBe('wrong-way');
    expect(yard.order()?.isDisputed).toBe(true);
    expect(yard.passages.release(epc(2), POINT, 'in', yard.t).is).toBe('released');
  });

  it('what comes back did not leave; what takes longer than ten seconds did not pass', () => {
    const yard = opened();
    yard.out(epc(1));
    yard.t += 2000;
    yard.read(epc(1), 2);
    expect(yard.order()?.passed).toEqual([]);
    yard.read(epc(2), 1);
    yard.t += 10_001;
    yard.read(epc(2), 4);
    expect(yard.order()?.passed).toEqual([]);
    yard.read(epc(3), 1);
    yard.t += 10_000;
    yard.restart();
    yard.read(epc(3), 4);
    expect(yard.order()?.passed).toEqual([epc(3)]);
  });

  it('what is told late counts at the time when it passed', () => {
    const yard = opened();
    const during = yard.t + 500;
    yard.t += 60_000;
    yard.step(ReleaseStep.done, 1);
    const after = yard.t + 500;
    yard.t += 60_000;
    yard.read(epc(1), 1, during);
    yard.read(epc(1), 3, during + 100);
    yard.read(epc(2), 1, after);
    yard.read(epc(2), 3, after + 100);
    expect(yard.order()).toMatchObject({ passed: [epc(1)], moved: 1, state: 'done' });
    expect(yard.release(epc(2))).toBe('unreleased');
  });

  it('an ill reader makes it unknown, and so does a point without a portal', () => {
    const yard = opened();
    yard.take(RecordType.statement, [StatementKind.device, 'r1', 0, null, 'TIMEOUT']);
    expect(yard.release(epc(1))).toBe('unknown');
    expect(yard.passages.isIll('dock-2')).toBe(true);
    yard.restart();
    expect(yard.release(epc(1))).toBe('unknown');
    yard.take(RecordType.statement, [StatementKind.device, 'r1', 1, null, '']);
    expect(yard.release(epc(1))).toBe('released');
    expect(yard.passages.release(epc(1), 'r1/dock-9', 'out', yard.t).is).toBe('unknown');
  });

  it('a batch that is not stored has not happened', () => {
    const yard = opened();
    yard.orders.commit();
    yard.passages.commit();
    const before = [yard.orders.encode(), yard.passages.encode()];
    yard.out(epc(1));
    yard.out(epc(90));
    yard.orders.discard();
    yard.passages.discard();
    expect([yard.orders.encode(), yard.passages.encode()]).toEqual(before);
  });

  it('a step of the clock moves what happened, and no window', () => {
    const yard = opened();
    yard.read(epc(1), 1);
    yard.t += 3_600_000;
    yard.take(RecordType.system, [SystemCode.clockStepped, 3_600_000, null, null]);
    yard.t += 1000;
    yard.read(epc(1), 3);
    expect(yard.order()).toMatchObject({ passed: [epc(1)], openedAt: 4_600_000 });
    expect(yard.order()?.content?.until).toBe(10_000_000);
  });

  it('the first content told of an order stands', () => {
    const yard = opened();
    yard.told({ epcs: [epc(90)], lot: 'tin' });
    expect(yard.order()?.content?.lot).toBe('copper');
  });

  it('an order is in force at its zone from its authorisation to its end', () => {
    const yard = new Yard();
    yard.told();
    expect(yard.orders.namedAt('yard-1', yard.t)).toEqual([]);
    yard.step(ReleaseStep.authorised);
    expect(yard.orders.namedAt('yard-1', yard.t)).toEqual([ID]);
    expect(yard.orders.namedAt('dock-2', yard.t)).toEqual([ID]);
    expect(yard.orders.namedAt('yard-1', 10_000_001)).toEqual([]);
    yard.step(ReleaseStep.done, 40);
    expect(yard.orders.namedAt('yard-1', yard.t)).toEqual([]);
  });
});
