import * as z from 'zod';
import { count, instant, instantOrNull, list } from './schema-parts.ts';

/** Schemas of goods on record. */

const share = z.int().min(0).max(10_000);
const epc = z.string().meta({ description: 'Small hexadecimal digits' });
const amount = z.strictObject({ value: count, exp: z.int(), unit: z.string() });

const reader = z.strictObject({ stream: z.string(), healthy: z.boolean(), since: instantOrNull });
const bulk = z.strictObject({
  lot: z.string(),
  zone: z.string(),
  placedAt: instant,
  told: z
    .looseObject({
      amount,
      by: z.enum(['scale', 'weighbridge', 'bin', 'person']),
      declared: count.nullable(),
      ticket: z.string().nullable(),
      at: instant,
    })
    .nullable(),
});
const counted = z.strictObject({
  at: instant,
  result: z.enum(['complete', 'incomplete', 'refused']),
  what: z.enum(['rfid-count', 'snapshot', 'weigh', 'manual']),
  expected: count,
  seen: count,
  missing: count,
  unexpected: count,
  reason: z.string(),
});
const parted = z.strictObject({
  child: epc,
  childZone: z.string(),
  parent: epc,
  parentZone: z.string(),
  since: instant,
});
const presence = z.enum(['seen', 'missing', 'elsewhere', 'unknown']);
const figures = {
  zone: z.string(),
  why: z
    .enum(['no-read-point', 'reader-ill', 'reader-silent'])
    .nullable()
    .meta({ description: 'Why absence cannot be told here; null where it can' }),
  since: instantOrNull,
  expected: count,
  seen: count,
  missing: count,
  elsewhere: count,
  unknown: count,
  unexpected: count,
  readRate: share.nullable().meta({ description: 'Hundredths of a per cent' }),
  readers: list(reader),
  bulks: list(bulk),
  scales: list(z.strictObject({ stream: z.string(), amount, at: instant, fresh: z.boolean() })),
  receipts: list(z.string()),
  counts: z
    .strictObject({ last: counted, complete: counted.nullable() })
    .nullable()
    .meta({ description: 'The last count, and the last that was complete' }),
  parted: list(parted).meta({ description: 'Things that are not where what they were packed in is' }),
};

const Stock = list(z.strictObject({ ...figures, asOf: instant }));
const ZoneStock = z.strictObject({
  ...figures,
  asOf: instant,
  items: list(
    z.strictObject({
      epc,
      lot: z.string(),
      seenAt: instantOrNull,
      presence,
      confidence: share.nullable().meta({ description: 'Hundredths of a per cent; null for unknown' }),
    }),
  ),
  strangers: list(epc).meta({ description: 'Seen here, and put elsewhere or on no record; 2000 at most' }),
  next: epc.nullable().meta({ description: '`after` for the rest of the things; null where all are here' }),
});
const Item = z.strictObject({
  epc,
  tid: z.string().nullable(),
  onRecord: z.boolean().meta({ description: 'False for a tag that readers see and nobody put anywhere' }),
  lot: z.string().nullable(),
  receipts: list(z.string()),
  zone: z.string().nullable().meta({ description: 'Where it was put; null for nowhere' }),
  placedAt: instantOrNull,
  seenZone: z.string().nullable(),
  seenAt: instantOrNull,
  presence: presence.nullable(),
  confidence: share.nullable(),
  parent: epc.nullable(),
  children: list(epc),
  parted: parted.nullable(),
  asOf: instant,
});
const Lot = z.strictObject({
  lot: z.string(),
  since: instant,
  isGone: z.boolean(),
  tags: list(z.strictObject({ zone: z.string(), count })),
  bulks: list(bulk),
  asOf: instant,
});

const reason = z.string().min(1);
const act = z.strictObject({
  verb: z.enum(['place', 'move', 'remove', 'link', 'unlink']),
  lot: z.string().optional(),
  zone: z.string().optional(),
  epcs: list(z.string()).optional().meta({ description: 'Left out for goods in bulk' }),
});
const GoodsOrder = z.strictObject({ acts: z.array(act).min(1).max(100).readonly(), reason });
const GoodsDocument = z.strictObject({
  document: z
    .looseObject({ kind: z.enum(['aggregation', 'quantity', 'count', 'receipt']) })
    .meta({ description: 'As it is kept and bundled; what is wrong with it is told field by field' }),
  reason,
});
const DocumentTold = z.strictObject({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'Of the document as it is kept' }),
});

export const GOODS_SCHEMAS = { Stock, ZoneStock, Item, Lot, GoodsOrder, GoodsDocument, DocumentTold };
