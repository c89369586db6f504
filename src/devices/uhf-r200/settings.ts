import * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import { formatDuration } from '../../domain/units.ts';
import { closed, duration } from '../schema.ts';
import { checkReader, READER_KEYS } from '../uhf/settings.ts';

const schema = closed({
  ...READER_KEYS,
  driver: z.literal('uhf-r200'),
  /** dBm, in hundredths; left out, what is set in the module stands. */
  power: z.number().min(0).max(33).multipleOf(0.01).optional(),
  /** How long one round inventories, ms. */
  listen: duration(50, 60_000).default(500),
  /** Gen2 session, the side of its flag, and Q: 2^Q places in one inventory. */
  session: z.int().min(0).max(3).optional(),
  target: z.enum(['A', 'B']).optional(),
  q: z.int().min(0).max(15).optional(),
});

export type R200Settings = z.output<typeof schema>;

export const R200_BAUD = 115_200;

export function checkR200(raw: unknown): Checked<R200Settings> {
  const checked = checkReader(schema, raw, { antennas: 1 });
  if (!checked.ok || checked.value.listen < checked.value.round) return checked;
  const found = formatDuration(checked.value.listen);
  const message = `must be less than round, ${formatDuration(checked.value.round)}`;
  return { ok: false, problems: [{ path: ['listen'], message, found }] };
}
