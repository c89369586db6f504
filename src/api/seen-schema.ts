import * as z from 'zod';
import { count, instant, list } from './schema-parts.ts';

/** Schemas of what readers and cameras saw: tags with their chips, pictures. */

const digits = z.string().regex(/^(?:[0-9a-fA-F]{2}){1,62}$/);
const reason = z.string().trim().min(1).max(256).meta({ description: 'At most 256 bytes of UTF-8' });

export const Tags = z.strictObject({
  known: count,
  bound: count,
  most: count,
  waiting: list(z.strictObject({ epc: z.string(), tid: z.string(), by: z.string(), at: instant })),
});
export const TagBinding = z.strictObject({
  tid: digits.meta({ description: 'TID of the chip in hexadecimal digits' }),
  reason,
});
export const Picture = z.strictObject({
  sha256: z.string(),
  camera: z.string(),
  at: instant,
  size: count,
  alarm: z.string().nullable(),
});
export const Pictures = list(Picture);
