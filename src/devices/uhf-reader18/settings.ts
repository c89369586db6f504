import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import { formatDuration } from '../../domain/units.ts';
import { closed, duration, fail, mapOf } from '../schema.ts';
import { checkReader, READER_KEYS } from '../uhf/settings.ts';

/** The protocol counts the time of an inventory in tenths of a second. */
const scan = duration(300, 25_500).transform((ms, ctx) =>
  ms % 100 === 0 ? ms : fail(ctx, 'must be a whole number of tenths of a second, e.g. 500ms'),
);

const schema = closed({
  ...READER_KEYS,
  driver: z.literal('uhf-reader18'),
  model: z.literal([18, 288]),
  /** 255 is answered by every reader. */
  address: z.int().min(0).max(255).default(0),
  /** Longest time of one inventory of one antenna, ms. */
  scan: scan.optional(),
  session: z.int().min(0).max(3).optional(),
  target: z.enum(['A', 'B']).optional(),
  q: z.int().min(0).max(15).optional(),
  /** Asks tags that have it (Impinj) for their TID too. */
  'fast-id': z.boolean().optional(),
});

export type Settings18 = z.output<typeof schema>;

export const READER18_BAUD = 57_600;
export const USUAL_SCAN_MS = 300;

const OF_288 = ['scan', 'session', 'target', 'q', 'fast-id'] as const;

export function check18(raw: unknown): Checked<Settings18> {
  const is18 = mapOf(raw)['model'] === 18;
  const checked = checkReader(schema, raw, { antennas: is18 ? 1 : 8 });
  const problems: Problem[] = checked.ok ? [] : [...checked.problems];
  for (const key of OF_288.filter((k) => is18 && k in mapOf(raw))) {
    problems.push({ path: [key], message: 'has no meaning for model 18: the reader has its own setting' });
  }
  if (checked.ok && !is18 && checked.value.timeout <= (checked.value.scan ?? USUAL_SCAN_MS)) {
    const least = formatDuration(checked.value.scan ?? USUAL_SCAN_MS);
    const found = formatDuration(checked.value.timeout);
    problems.push({ path: ['timeout'], message: `must be more than scan, ${least}`, found });
  }
  return checked.ok && problems.length === 0 ? checked : { ok: false, problems };
}
