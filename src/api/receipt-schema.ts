import * as z from 'zod';
import type * as types from './receipt-types.ts';
import { count, instant, instantOrNull, list, Text } from './schema-parts.ts';

/** Schemas of receipts: their status, what it rests on, and what people sign. */

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const ref = z.strictObject({ slot: count, seq: count });
const refs = list(ref);
const amount = z.strictObject({ value: count, exp: z.int(), unit: z.string() });
const share = z.int().min(0).max(10_000).nullable().meta({
  description: 'Hundredths of a per cent, truncated, never rounded up; null for no time at all',
});
const Gap = z.strictObject({
  from: instant,
  to: instantOrNull,
  cause: z.enum([
    'device-silent',
    'power',
    'gateway-down',
    'clock-unverified',
    'tamper',
    'maintenance',
    'disarmed',
    'camera-blind',
    'evidence-missing',
    'break-glass',
  ]),
  sources: list(z.string()),
  refs,
  filledLate: z.boolean().meta({ description: 'History came later; the gap stays a gap' }),
});
const Breach = z.strictObject({ from: instant, to: instantOrNull, by: z.string(), refs });
const Period = z.strictObject({ from: instant, to: instantOrNull, endedBy: z.string().nullable() });
const Coverage = z.strictObject({
  from: instant,
  to: instant,
  knownMs: count,
  gapMs: count,
  breachMs: count,
  coverage: share,
  controlledShare: share,
  isUnbroken: z.boolean(),
});
const Exposure = z.strictObject({
  outsideMs: count,
  allowedMs: count,
  excursions: count,
  isOutside: z.boolean(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  mkt: z.int().nullable().meta({ description: 'Mean kinetic temperature, hundredths of °C' }),
  missingMs: count,
});
const control = z.enum(['in-control', 'degraded', 'unknown', 'breached']);
const lifecycle = z.enum(['draft', 'bound', 'pledged', 'part-released', 'released', 'disputed', 'cancelled']);
const ReceiptStatus = z.strictObject({
  receipt: hash,
  number: z.string(),
  lot: z.string(),
  zone: z.string(),
  observedAt: instantOrNull,
  lifecycle,
  control: control.meta({ description: 'After validUntil it is not proven, whatever stands here' }),
  since: instant,
  reasons: list(z.strictObject({ code: z.string(), text: Text, since: instant, refs })),
  asOf: instant,
  validUntil: instant,
  period: Period.nullable(),
  coverage: z.strictObject({ day: Coverage, month: Coverage, period: Coverage }).nullable(),
  gaps: list(Gap),
  breaches: list(Breach),
  amount: z.strictObject({
    attested: amount.nullable(),
    attestedAt: instantOrNull,
    onReceipt: amount,
    floor: amount.nullable(),
  }),
  lastCount: z.strictObject({ at: instant, result: z.string(), variance: z.int().nullable() }).nullable(),
  exposure: Exposure.nullable(),
});
const SignedStatement = z.strictObject({
  format: z.literal('bailee/statement/v1'),
  document: z.string().meta({ description: 'The exact text that the note’s hash is of: JSON' }),
  note: z.string().meta({ description: 'Signed note (C2SP) of the log’s key' }),
});
const ReceiptGaps = z.strictObject({
  gaps: list(Gap),
  breaches: list(Breach),
  summedGaps: count,
  summedTo: instantOrNull,
});
const Movement = z.strictObject({
  order: hash,
  direction: z.enum(['in', 'out', 'move']),
  state: z.string(),
  ordered: count,
  moved: count.nullable(),
  openedAt: instantOrNull,
  endedAt: instantOrNull,
  isDisputed: z.boolean(),
});
const TimelineEntry = z.strictObject({
  kind: z.enum(['bound', 'period', 'gap', 'breach', 'count', 'movement', 'alarm']),
  from: instant,
  to: instantOrNull,
  code: z.string(),
  refs,
});
const evidence = z.strictObject({ records: refs, streams: list(z.string()) });
const Score = z.strictObject({
  format: z.literal('bailee/score/v1'),
  receipt: hash,
  asOf: instant,
  score: count.meta({ description: 'Hundredths of a point, of 10,000' }),
  parts: list(
    z.strictObject({
      factor: z.enum(['control', 'breaches', 'count', 'quantity', 'condition', 'alarms']),
      points: count,
      of: count,
      evidence,
    }),
  ),
  input: z.strictObject({
    format: z.literal('bailee/score-input/v1'),
    receipt: hash,
    asOf: instant,
    control: z.strictObject({ controlledShare: share, gapMs: count, evidence }),
    breaches: z.strictObject({ open: count, closed: count, evidence }),
    count: z.strictObject({ ageMs: count.nullable(), limitMs: count, evidence }),
    quantity: z.strictObject({
      attested: count.nullable(),
      onReceipt: count,
      floor: count.nullable(),
      evidence,
    }),
    condition: z.strictObject({
      outsideMs: count.nullable(),
      allowedMs: count,
      missingMs: count,
      mkt: z.int().nullable(),
      evidence,
    }),
    alarms: z.strictObject({ urgent: count, high: count, medium: count, evidence }),
  }),
});
const ControlChanges = z.strictObject({
  next: count.meta({ description: 'Number of the next change; a number that is missing was missed' }),
  changes: list(z.strictObject({ seq: count, receipt: hash, t: instant, statement: SignedStatement })),
  channels: list(
    z.strictObject({ id: z.string(), told: count, waiting: count, lastError: z.string().nullable() }),
  ),
});
const ReceiptAct = z.strictObject({
  verb: z.enum([
    'start-control',
    'end-control',
    'close-breach',
    'confirm-breach-closed',
    'dispute-receipt',
    'settle-receipt',
    'cancel-receipt',
  ]),
  reason: z.string().min(1).max(256).meta({ description: 'At most 256 bytes of UTF-8' }),
});

export const RECEIPT_SCHEMAS = {
  ReceiptStatus,
  ReceiptStatuses: list(ReceiptStatus),
  SignedStatement,
  ReceiptGaps,
  Movement,
  Movements: list(Movement),
  TimelineEntry,
  Timeline: list(TimelineEntry),
  Score,
  ControlChanges,
  ReceiptAct,
} as const;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
({
  ReceiptStatus: true,
  SignedStatement: true,
  ReceiptGaps: true,
  Movement: true,
  TimelineEntry: true,
  Score: true,
  ControlChanges: true,
  ReceiptAct: true,
}) satisfies {
  ReceiptStatus: Same<z.infer<typeof ReceiptStatus>, types.ReceiptStatus>;
  SignedStatement: Same<z.infer<typeof SignedStatement>, types.SignedStatement>;
  ReceiptGaps: Same<z.infer<typeof ReceiptGaps>, types.ReceiptGaps>;
  Movement: Same<z.infer<typeof Movement>, types.Movement>;
  TimelineEntry: Same<z.infer<typeof TimelineEntry>, types.TimelineEntry>;
  Score: Same<z.infer<typeof Score>, types.Score>;
  ControlChanges: Same<z.infer<typeof ControlChanges>, types.ControlChanges>;
  ReceiptAct: Same<z.infer<typeof ReceiptAct>, types.ReceiptAct>;
};
