import * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import { closed } from '../schema.ts';
import { checkReader, READER_KEYS } from '../uhf/settings.ts';

const schema = closed({
  ...READER_KEYS,
  driver: z.literal('uhf-a0'),
  /** 255 is answered by every reader. */
  address: z.int().min(0).max(255).default(1),
  /** dBm, for all antennas; left out, what is set in the reader stands. */
  power: z.int().min(20).max(33).optional(),
  /** Gen2 session 0 to 3 and the side of its flag; left out, the reader's own inventory is used. */
  session: z.int().min(0).max(3).optional(),
  target: z.enum(['A', 'B']).default('A'),
  /** Inventories in one round of one antenna. */
  repeat: z.int().min(1).max(255).default(1),
});

export type A0Settings = z.output<typeof schema>;

export const A0_BAUD = 115_200;

export function checkA0(raw: unknown): Checked<A0Settings> {
  return checkReader(schema, raw, { antennas: 8 });
}
