import type { Movement, ReceiptGaps, ReceiptStatus, Score, TimelineEntry } from '../../api/receipt-types.ts';
import { signStatement, type SignedStatement, type StatementKindName } from '../../evidence/statement.ts';
import type { NoteSigner } from '../../evidence/note.ts';
import type { Goods } from '../../goods/goods.ts';
import { scoreInputOf } from '../../goods/score-input.ts';
import { scoreOf } from '../../goods/score.ts';
import { controlOf, statusOf } from '../../goods/status.ts';
import { sha256 } from '../site/primitives.ts';

export type ReceiptViewParts = {
  readonly goods: Pick<Goods, 'receipts' | 'control' | 'exposures' | 'orders'>;
  readonly origin: string;
  /** Size of the log, and the keys that sign at that size. */
  readonly size: () => number;
  readonly signers: (size: number) => readonly NoteSigner[];
  /** Evidence time, ms. */
  readonly now: () => number;
  /** How long a statement may be shown, ms. */
  readonly validMs: number;
  /** Since when the log waits for its anchor longer than it may, ms; null while it does not. */
  readonly proofLateSince: () => number | null;
};

/** What is shown of receipts: derived from what is known of goods at the moment it is asked for. */
export class ReceiptView {
  readonly #parts: ReceiptViewParts;

  constructor(parts: ReceiptViewParts) {
    this.#parts = parts;
  }

  list(): readonly ReceiptStatus[] {
    return this.#parts.goods.receipts.list().flatMap(({ binding }) => this.status(binding.receipt) ?? []);
  }

  /** Who is in control of each receipt, for those who look often. */
  controls(): readonly (NonNullable<ReturnType<typeof controlOf>> & { readonly receipt: string })[] {
    const { goods, now, proofLateSince } = this.#parts;
    const [t, late] = [now(), proofLateSince()];
    return goods.receipts.list().flatMap(({ binding: { receipt } }) => {
      const found = controlOf(goods, receipt, t, late);
      return found === null ? [] : [{ receipt, ...found }];
    });
  }

  status(receipt: string): ReceiptStatus | null {
    const { goods, now, validMs, proofLateSince } = this.#parts;
    return statusOf(goods, receipt, now(), { validMs, proofLateSince: proofLateSince() });
  }

  statement(receipt: string): SignedStatement | null {
    const status = this.status(receipt);
    if (status === null) return null;
    return this.sign('receipt-status', receipt, status, status.asOf, status.validUntil);
  }

  /** @param validUntil null for what speaks of a time that is over */
  sign(
    kind: StatementKindName,
    subject: string,
    document: object,
    asOf: number,
    validUntil: number | null,
  ): SignedStatement {
    const { origin, size, signers } = this.#parts;
    const at = size();
    const head = { kind, origin, size: at, subject, asOf, validUntil };
    return signStatement(head, JSON.stringify(document), signers(at), sha256);
  }

  gaps(receipt: string): ReceiptGaps | null {
    const row = this.#parts.goods.control.book.at(receipt, this.#parts.now());
    if (row === null) return null;
    const { gap, lost } = row;
    return {
      gaps: gap === null ? lost.gaps : [...lost.gaps, gap],
      breaches: lost.breaches,
      summedGaps: lost.summedGaps,
      summedTo: lost.summedTo === 0 ? null : lost.summedTo,
    };
  }

  movements(receipt: string): readonly Movement[] | null {
    const { goods } = this.#parts;
    if (goods.receipts.get(receipt) === null) return null;
    return goods.orders.list().flatMap(({ order, content, state, moved, openedAt, endedAt, isDisputed }) => {
      if (content?.receipt !== receipt) return [];
      const ordered = content.amount.value;
      return [{ order, direction: content.direction, state, ordered, moved, openedAt, endedAt, isDisputed }];
    });
  }

  score(receipt: string): Score | null {
    const { goods, now } = this.#parts;
    const input = scoreInputOf(goods, receipt, now());
    return input === null ? null : scoreOf(input);
  }

  /** In order of time; what has no record of its own yet has the records that it follows from. */
  timeline(receipt: string): readonly TimelineEntry[] | null {
    const { goods, now } = this.#parts;
    const [bound, row] = [goods.receipts.get(receipt), goods.control.book.at(receipt, now())];
    if (bound === null || row === null) return null;
    const entries: TimelineEntry[] = [
      {
        kind: 'bound',
        from: bound.boundAt,
        to: bound.boundAt,
        code: bound.binding.number,
        refs: [bound.ref],
      },
    ];
    for (const { from, to, endedBy } of row.past)
      entries.push({ kind: 'period', from, to, code: endedBy ?? '', refs: [] });
    if (row.period !== null) {
      const { from, to, endedBy } = row.period;
      entries.push({ kind: 'period', from, to, code: endedBy ?? '', refs: row.periodRefs });
    }
    const { gap, lost } = row;
    for (const { from, to, cause, refs } of gap === null ? lost.gaps : [...lost.gaps, gap])
      entries.push({ kind: 'gap', from, to, code: cause, refs });
    for (const { from, to, by, refs } of lost.breaches)
      entries.push({ kind: 'breach', from, to, code: by, refs });
    const { count } = bound;
    if (count !== null)
      entries.push({ kind: 'count', from: count.at, to: count.at, code: count.result, refs: [count.ref] });
    for (const { order, openedAt, endedAt } of this.movements(receipt) ?? [])
      if (openedAt !== null)
        entries.push({ kind: 'movement', from: openedAt, to: endedAt, code: order, refs: [] });
    for (const { rule, subject, since, ref } of goods.control.findings.alarms()) {
      if (!goods.control.touched(subject, null).includes(receipt)) continue;
      entries.push({ kind: 'alarm', from: since, to: null, code: `${subject}/${rule}`, refs: [ref] });
    }
    return entries.sort((a, b) => a.from - b.from);
  }
}
