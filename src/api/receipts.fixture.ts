import { Refused } from '../domain/errors.ts';
import type { SignedStatement } from '../evidence/statement.ts';
import { RECEIPT_A, RECEIPT_B } from './grants.fixture.ts';
import type {
  ControlChanges,
  Movement,
  ReceiptGaps,
  ReceiptStatus,
  Score,
  TimelineEntry,
} from './receipt-types.ts';
import type { ReceiptShowing } from './receipt-port.ts';
import { NOON } from './site-things.fixture.ts';

const REFS = [{ slot: 0, seq: 7 }];

function statusOf(receipt: string): ReceiptStatus {
  const gap = {
    from: NOON - 9000,
    to: NOON - 6000,
    cause: 'device-silent' as const,
    sources: ['scale/weight'],
  };
  const day = {
    from: NOON - 86_400_000,
    to: NOON,
    knownMs: 86_397_000,
    gapMs: 3000,
    breachMs: 0,
    coverage: 9999,
    controlledShare: 9999,
    isUnbroken: false,
  };
  return {
    receipt,
    number: `WR-${receipt.slice(0, 2)}`,
    lot: 'lot-1',
    zone: 'yard',
    observedAt: NOON,
    lifecycle: 'pledged',
    control: 'in-control',
    since: NOON - 6000,
    reasons: [],
    asOf: NOON,
    validUntil: NOON + 300_000,
    period: { from: NOON - 86_400_000, to: null, endedBy: null },
    coverage: { day, month: day, period: day },
    gaps: [{ ...gap, refs: REFS, filledLate: false }],
    breaches: [],
    amount: {
      attested: { value: 40, exp: 0, unit: '1' },
      attestedAt: NOON,
      onReceipt: { value: 40, exp: 0, unit: '1' },
      floor: null,
    },
    lastCount: { at: NOON, result: 'complete', variance: 0 },
    exposure: null,
  };
}

/** Two receipts in memory. */
export class MemoryReceipts implements ReceiptShowing {
  readonly acts: (Parameters<ReceiptShowing['act']>[1] & { readonly receipt: string })[] = [];

  list(): readonly ReceiptStatus[] {
    return [RECEIPT_A, RECEIPT_B].map(statusOf);
  }

  status(receipt: string): ReceiptStatus | null {
    return this.list().find((status) => status.receipt === receipt) ?? null;
  }

  statement(receipt: string): SignedStatement | null {
    const status = this.status(receipt);
    if (status === null) return null;
    return { format: 'bailee/statement/v1', document: JSON.stringify(status), note: 'signed\n' };
  }

  gaps(receipt: string): ReceiptGaps | null {
    const status = this.status(receipt);
    if (status === null) return null;
    return { gaps: status.gaps, breaches: [], summedGaps: 0, summedTo: null };
  }

  movements(receipt: string): readonly Movement[] | null {
    if (this.status(receipt) === null) return null;
    const times = { openedAt: NOON - 500, endedAt: NOON, isDisputed: false };
    return [{ order: 'b1'.repeat(32), direction: 'out', state: 'done', ordered: 4, moved: 4, ...times }];
  }

  timeline(receipt: string): readonly TimelineEntry[] | null {
    if (this.status(receipt) === null) return null;
    return [{ kind: 'gap', from: NOON - 9000, to: NOON - 6000, code: 'device-silent', refs: REFS }];
  }

  score(receipt: string): Score | null {
    if (this.status(receipt) === null) return null;
    const evidence = { records: REFS, streams: [] };
    return {
      format: 'bailee/score/v1',
      receipt,
      asOf: NOON,
      score: 4000,
      parts: [{ factor: 'control', points: 4000, of: 4000, evidence }],
      input: {
        format: 'bailee/score-input/v1',
        receipt,
        asOf: NOON,
        control: { controlledShare: 10_000, gapMs: 0, evidence },
        breaches: { open: 0, closed: 0, evidence },
        count: { ageMs: null, limitMs: 1, evidence },
        quantity: { attested: null, onReceipt: 0, floor: null, evidence },
        condition: { outsideMs: null, allowedMs: 0, missingMs: 0, mkt: null, evidence },
        alarms: { urgent: 0, high: 0, medium: 0, evidence },
      },
    };
  }

  stock(day: string): SignedStatement | null {
    if (day !== '2026-01-01') return null;
    return { format: 'bailee/statement/v1', document: '{}', note: 'signed\n' };
  }

  changes(): ControlChanges {
    return { next: 1, changes: [], channels: [{ id: 'bank', told: 0, waiting: 0, lastError: null }] };
  }

  act(receipt: string, act: Parameters<ReceiptShowing['act']>[1]): Promise<void> {
    if (this.status(receipt) === null) throw new Refused('NOT_FOUND', `there is no receipt ${receipt}`);
    this.acts.push({ receipt, ...act });
    return Promise.resolve();
  }
}
