import * as z from 'zod';
import { count, instant, instantOrNull, list, Text } from './schema-parts.ts';

/** Schemas of what the page of a receipt says. */

const control = z.enum(['in-control', 'degraded', 'unknown', 'breached']);
const ref = z.strictObject({ slot: count, seq: count });
const refs = list(ref);
const amount = z.strictObject({ value: count, exp: z.int(), unit: z.string() });
const share = count.nullable().meta({ description: 'Hundredths of a per cent, truncated: 9989 is 99.89 %' });
const coverage = z.strictObject({
  from: instant,
  to: instant,
  knownMs: count,
  gapMs: count,
  breachMs: count,
  coverage: share,
  controlledShare: share,
  isUnbroken: z.boolean(),
});
const cause = z.enum([
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
]);
const gap = z.strictObject({
  from: instant,
  to: instantOrNull,
  cause,
  sources: list(z.string()),
  refs,
  filledLate: z.boolean(),
});
const status = z.strictObject({
  receipt: z.string(),
  number: z.string(),
  lot: z.string(),
  zone: z.string(),
  observedAt: instantOrNull,
  lifecycle: z.enum(['draft', 'bound', 'pledged', 'part-released', 'released', 'disputed', 'cancelled']),
  control,
  since: instant,
  reasons: list(z.strictObject({ code: z.string(), text: Text, since: instant, refs })),
  asOf: instant,
  validUntil: instant.meta({ description: 'Who holds it after that shows "not proven"' }),
  period: z.strictObject({ from: instant, to: instantOrNull, endedBy: z.string().nullable() }).nullable(),
  coverage: z.strictObject({ day: coverage, month: coverage, period: coverage }).nullable(),
  gaps: list(gap),
  breaches: list(z.strictObject({ from: instant, to: instantOrNull, by: z.string(), refs })),
  amount: z.strictObject({
    attested: amount.nullable(),
    attestedAt: instantOrNull,
    onReceipt: amount,
    floor: amount.nullable(),
  }),
  lastCount: z.strictObject({ at: instant, result: z.string(), variance: z.int().nullable() }).nullable(),
  exposure: z
    .strictObject({
      outsideMs: count,
      allowedMs: count,
      excursions: count,
      isOutside: z.boolean(),
      min: z.number().nullable(),
      max: z.number().nullable(),
      mkt: z.int().nullable(),
      missingMs: count,
    })
    .nullable(),
});
const uniqueness = z.strictObject({
  signals: list(
    z.strictObject({
      kind: z.enum(['same-epc', 'same-place', 'same-ticket', 'other-site']),
      other: z.string(),
      count,
    }),
  ),
  here: z.strictObject({ receipts: count, tidShare: share }),
  index: z
    .strictObject({ name: z.string(), checkedAt: instantOrNull, unreachedSince: instantOrNull })
    .nullable(),
});
export const Standing = z.strictObject({
  status,
  goods: z.strictObject({ name: z.string(), lot: z.string(), zone: z.string() }),
  range: z
    .strictObject({
      quantity: z.string(),
      min: z.number().nullable(),
      max: z.number().nullable(),
      unit: z.string(),
      allowedMs: count,
    })
    .nullable(),
  streams: list(z.strictObject({ id: z.string(), quantity: z.string(), unit: z.string() })),
  since: instant,
  proof: z.strictObject({
    sealedUntil: instantOrNull,
    anchoredAt: instantOrNull,
    ledger: z.string().nullable(),
  }),
  uniqueness,
});
export const Portfolio = list(
  z.strictObject({
    receipt: z.string(),
    number: z.string(),
    name: z.string(),
    zone: z.string(),
    control,
    since: instant,
    asOf: instant,
    validUntil: instant,
    coverage: share,
    gapMs: count,
  }),
);
