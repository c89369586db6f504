import * as z from 'zod';
import { count, instant, list } from './schema-parts.ts';

/** Schemas of grants: who may see which receipts and items. */

export const GRANTEES = ['financier', 'holder', 'regulator', 'partner'] as const;
const MOST_RECEIPTS = 50;
const MOST_ITEMS = 200;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const epc = z
  .string()
  .regex(/^([0-9a-f]{2}){1,62}$/)
  .meta({ description: 'EPC in small hexadecimal digits' });
const party = z.string().regex(/^[\w.:-]{1,64}$/);
const reason = z.string().trim().min(1).max(256).meta({ description: 'At most 256 bytes of UTF-8' });
const consent = z
  .strictObject({ owner: party, document: hash.meta({ description: 'SHA-256 of the written consent' }) })
  .nullable();
const order = {
  as: z.enum(GRANTEES),
  party,
  receipts: z.array(hash).max(MOST_RECEIPTS).readonly(),
  items: z.array(epc).max(MOST_ITEMS).readonly(),
  until: instant,
  reason,
  consent,
};
export const GrantOrder = z
  .strictObject({
    ...order,
    receipts: order.receipts.default([]),
    items: order.items.default([]),
    consent: consent.default(null),
  })
  .refine(({ receipts, items }) => receipts.length + items.length > 0, {
    path: ['receipts'],
    error: 'name a receipt, or an item',
  });
export const Grant = z.strictObject({
  ...order,
  id: z.string(),
  actor: count,
  from: instant,
  by: z.string(),
  revoked: z.strictObject({ by: z.string(), at: instant, reason: z.string() }).nullable(),
  isInForce: z.boolean(),
});
export const GrantMade = z.strictObject({
  grant: Grant,
  token: z.string().meta({ description: 'Shown this once' }),
});
export const Grants = list(Grant);
