import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StockStatement } from '../../api/receipt-types.ts';
import type { StoredFile } from '../../domain/commit.ts';
import { toHex } from '../../evidence/encodings.ts';
import { Orders } from '../../goods/orders.ts';
import { DAY, HOUR, MINUTE, RECEIPT, Story, T0 } from '../../goods/story.fixture.ts';
import type { Enclosed } from '../../intake/intake.ts';
import { StockDesk } from './stock.ts';
import { ReceiptView } from './view.ts';
import type { Input } from '../../intake/input.ts';

/** What a desk writes, as a journal would keep it. */
class Kept {
  readonly metas = new Map<string, string>();
  readonly files = new Map<string, StoredFile>();
  readonly inputs: Input[] = [];
  readonly errors: unknown[] = [];

  open(story: Story): StockDesk {
    const { receipts, control, exposures } = story;
    const now = (): number => story.t;
    const rest = { origin: 'o', size: () => 1, signers: () => [], validMs: 1000, proofLateSince: () => null };
    const orders = new Orders(null);
    const goods = { receipts, control, exposures, orders };
    return new StockDesk({
      goods,
      view: new ReceiptView({ ...rest, goods, now }),
      journal: {
        meta: (key) => this.metas.get(key) ?? null,
        file: (sha256) => this.files.get(toHex(sha256))?.bytes ?? null,
      },
      record: (input: Input, { files, meta }: Enclosed) => {
        this.inputs.push(input);
        for (const file of files ?? []) this.files.set(toHex(file.sha256), file);
        for (const { key, value } of meta ?? []) this.metas.set(key, value);
      },
      now,
      timeZone: () => 'Asia/Shanghai',
      onError: (error) => this.errors.push(error),
    });
  }
}

function documentOf(desk: StockDesk, day: string): StockStatement {
  return JSON.parse(desk.statement(day)?.document ?? 'null') as StockStatement;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

// T0 is 08:00 in Shanghai, on 2026-01-01.
const MIDNIGHT = T0 + 16 * HOUR;

describe('the stock statement of a day', () => {
  it('is made at midnight of the site, once, with what went out, the variance and the coverage of the day', () => {
    const [kept, story] = [new Kept(), new Story().begin({ lossPerMille: 50 })];
    using desk = kept.open(story);
    story.hearFor(4 * HOUR);
    story.order('b1'.repeat(32), 4);
    story.put(0, 10, [new Uint8Array(32).fill(0xb1), 4, 4, '']);
    story.count(35);
    story.after(48 * MINUTE).hear();
    story.hearFor(MIDNIGHT - story.t);
    vi.advanceTimersByTime(6000);
    expect(kept.inputs).toHaveLength(1);
    vi.advanceTimersByTime(60_000);
    expect([kept.inputs.length, kept.errors]).toEqual([1, []]);
    const { receipts, ...rest } = documentOf(desk, '2026-01-01');
    expect(rest).toEqual({
      kind: 'stock',
      day: '2026-01-01',
      timeZone: 'Asia/Shanghai',
      from: MIDNIGHT - DAY,
      to: MIDNIGHT,
    });
    expect(receipts).toMatchObject([
      {
        receipt: RECEIPT,
        opening: null,
        out: 4,
        closing: 36,
        attested: 35,
        variance: -1,
        lossAllowed: 2,
        isWithinLoss: true,
        lifecycle: 'part-released',
        gapMs: 45 * MINUTE,
        // (16 h - 45 min) / 16 h
        coverage: 9531,
        openBreaches: 0,
      },
    ]);
    const [record] = kept.inputs[0]?.records ?? [];
    expect(record?.body.slice(2)).toEqual(['application/json', 'stock/2026-01-01', MIDNIGHT]);
    expect(desk.statement('2026-01-02')).toBeNull();
  });

  it('opens the next day with what the one before closed with, also after a restart', () => {
    const [kept, story] = [new Kept(), new Story().begin()];
    story.after(MIDNIGHT - story.t);
    kept.open(story)[Symbol.dispose]();
    story.order('b1'.repeat(32), 10);
    story.put(0, 10, [new Uint8Array(32).fill(0xb1), 4, 10, '']);
    story.after(DAY);
    using desk = kept.open(story);
    expect(documentOf(desk, '2026-01-02').receipts).toMatchObject([{ opening: 40, out: 10, closing: 30 }]);
    expect(documentOf(desk, '2026-01-01').receipts).toMatchObject([{ opening: null, closing: 40 }]);
    expect(kept.inputs).toHaveLength(2);
  });

  it('is none of days before a receipt was bound', () => {
    const kept = new Kept();
    using desk = kept.open(new Story().begin());
    expect([desk.statement('2025-12-31'), kept.inputs]).toEqual([null, []]);
  });
});
