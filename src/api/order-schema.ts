import * as z from 'zod';
import type * as types from './order-types.ts';
import { count, instant, list } from './schema-parts.ts';

/** Schemas of orders. What a document may say in each field, the reader of documents checks. */

const id = z.string().regex(/^[0-9a-f]{64}$/);
const goods = {
  kind: z.literal('order'),
  order: id,
  direction: z.enum(['in', 'out', 'move']),
  receipt: id.nullable(),
  lot: z.string(),
  epcs: z.array(z.string()).readonly().nullable(),
  amount: z.strictObject({ value: count, exp: z.int(), unit: z.string() }),
  portal: z.string(),
  zone: z.string(),
  from: instant,
  until: instant,
  vehicle: z.string().nullable(),
};
const OrderGoods = z.strictObject(goods);
const text = z.strictObject({ en: z.string(), zh: z.string() });
const Order = z.strictObject({
  order: id,
  content: OrderGoods.nullable(),
  state: z.enum(['known', 'requested', 'authorised', 'claimed', 'open', 'done', 'cancelled', 'expired']),
  since: instant,
  openedAt: instant.nullable(),
  endedAt: instant.nullable(),
  passed: z.array(z.string()).readonly(),
  breaches: z
    .array(
      z.strictObject({
        epc: z.string(),
        is: z.enum(['excess', 'wrong-goods', 'wrong-way']),
        at: instant,
      }),
    )
    .readonly(),
  isDisputed: z.boolean(),
  moved: count.nullable(),
  refused: z
    .strictObject({ at: instant, why: z.string(), text })
    .nullable()
    .meta({ description: 'Why the barrier was refused last' }),
  gate: z
    .strictObject({ busy: z.string().nullable().meta({ description: 'The order it is at work on' }) })
    .nullable(),
});
const Orders = list(Order);
const OrderSettlement = z.strictObject({
  moved: count
    .nullable()
    .default(null)
    .meta({ description: 'What was moved, in the order’s amount; left out where tags or a scale say it' }),
  reason: z.string().trim().min(1).max(256).meta({ description: 'At most 256 bytes of UTF-8' }),
});

export const ORDER_STATES: readonly string[] = Order.shape.state.options;
export const ORDER_SCHEMAS = { Order, OrderGoods, OrderSettlement, Orders } as const;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
({ Order: true, OrderGoods: true }) satisfies {
  Order: Same<z.infer<typeof Order>, types.Order>;
  OrderGoods: Same<z.infer<typeof OrderGoods>, types.OrderGoods>;
};
