import * as z from 'zod';
import { parseBaud, parseQuantity, ucumOf } from '../../domain/units.ts';
import { closed, duration, fail } from '../schema.ts';

/** The fields of a register map. */

export const baudRate = z.union([z.int(), z.string()]).transform((value, ctx) => {
  const baud = parseBaud(String(value));
  return baud !== null && baud <= 1_000_000 ? baud : fail(ctx, 'is not a baud rate; write it like 9600 baud');
});
export const parity = z.enum(['none', 'even', 'odd']);
export const dataBits = z.literal([7, 8]);
export const stopBits = z.literal([1, 2]);

export const address = z.int().min(0).max(0xffff);
export const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and "-"');
const bound = z.union([z.number(), z.string()]).transform((value, ctx) => {
  const quantity = parseQuantity(String(value));
  return quantity ?? fail(ctx, 'is not a quantity; write it like -40 °C');
});

export const blockSchema = closed({
  function: z.literal([1, 2, 3, 4]),
  address,
  count: z.int().min(1).max(2000),
  every: duration(1000, 604_800_000).optional(),
});

export const channelSchema = closed({
  from: z.string(),
  address,
  type: z.enum(['bit', 's16', 'u16', 's32', 'u32', 'f32']),
  'word-order': z.enum(['high-first', 'low-first']).default('high-first'),
  quantity: name,
  unit: z.string().transform((text, ctx) => ucumOf(text) ?? fail(ctx, 'is not a known unit')),
  exp: z.int().min(-9).max(9).default(0),
  min: bound.optional(),
  max: bound.optional(),
  urgent: z.boolean().default(false),
  invert: z.boolean().default(false),
});
