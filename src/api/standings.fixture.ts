import { RECEIPT_A, RECEIPT_B } from './grants.fixture.ts';
import { NOON } from './site-things.fixture.ts';
import type { PortfolioRow, Standing } from './standing-types.ts';
import type { Standings } from './standing-port.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function coverage(ms: number, gapMs: number, share: number) {
  const span = { from: NOON - ms, to: NOON, knownMs: ms - gapMs, gapMs, breachMs: 0 };
  return { ...span, coverage: share, controlledShare: share, isUnbroken: gapMs === 0 };
}

/** One gap of 47 minutes in 30 days, ten days ago. */
export function standingOf(receipt: string, number: string): Standing {
  const from = NOON - 10 * DAY;
  return {
    status: {
      receipt,
      number,
      lot: 'lot-1',
      zone: 'cold-1',
      observedAt: NOON - 20_000,
      lifecycle: 'pledged',
      control: 'in-control',
      since: from + 47 * 60_000,
      reasons: [],
      asOf: NOON,
      validUntil: NOON + 300_000,
      period: { from: NOON - 60 * DAY, to: null, endedBy: null },
      coverage: {
        day: coverage(DAY, 0, 10_000),
        month: coverage(30 * DAY, 47 * 60_000, 9989),
        period: coverage(60 * DAY, 47 * 60_000, 9994),
      },
      gaps: [
        {
          from,
          to: from + 47 * 60_000,
          cause: 'gateway-down',
          sources: ['shelf/tags'],
          refs: [{ slot: 0, seq: 17 }],
          filledLate: true,
        },
      ],
      breaches: [],
      amount: {
        attested: { value: 400, exp: -1, unit: 't' },
        attestedAt: NOON - 5 * HOUR,
        onReceipt: { value: 400, exp: -1, unit: 't' },
        floor: { value: 300, exp: -1, unit: 't' },
      },
      lastCount: { at: NOON - 5 * HOUR, result: 'complete', variance: 0 },
      exposure: {
        outsideMs: 12 * 60_000,
        allowedMs: 30 * 60_000,
        excursions: 1,
        isOutside: false,
        min: 2.1,
        max: 8.9,
        mkt: 512,
        missingMs: 47 * 60_000,
      },
    },
    goods: { name: 'frozen beef', lot: 'lot-1', zone: 'cold-1' },
    range: { quantity: 'temperature', min: 2, max: 8, unit: 'Cel', allowedMs: 30 * 60_000 },
    streams: [{ id: 'probe-1/temperature', quantity: 'temperature', unit: 'Cel' }],
    since: NOON - 60 * DAY,
    proof: { sealedUntil: NOON - 120_000, anchoredAt: NOON - 480_000, ledger: 'chain 31337' },
    uniqueness: {
      signals: [],
      here: { receipts: 2, tidShare: 9750 },
      index: { name: 'index.example', checkedAt: NOON - 2 * HOUR, unreachedSince: NOON - HOUR },
    },
  };
}

/** Receipts A and B, in the hands of the test. */
export class MemoryStandings implements Standings {
  list: readonly Standing[] = [standingOf(RECEIPT_A, 'WR-2026-0001'), standingOf(RECEIPT_B, 'WR-2026-0002')];

  standing(receipt: string): Standing | null {
    return this.list.find(({ status }) => status.receipt === receipt) ?? null;
  }

  portfolio(): readonly PortfolioRow[] {
    return this.list.map(({ status, goods }) => {
      const { receipt, number, control, since, asOf, validUntil, coverage: c } = status;
      const { name, zone } = goods;
      const month = { coverage: c?.month.coverage ?? null, gapMs: c?.month.gapMs ?? 0 };
      return { receipt, number, name, zone, control, since, asOf, validUntil, ...month };
    });
  }
}
