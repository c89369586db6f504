import * as z from 'zod';
import type * as types from './epcis-types.ts';
import { count, instant, instantOrNull, list } from './schema-parts.ts';

export const EpcisOutbox = z.strictObject({
  repository: z.string().nullable(),
  made: count,
  waiting: count,
  oldest: instantOrNull,
  state: z.enum(['none', 'idle', 'sending', 'polling', 'failing']),
  job: z.string().nullable(),
  lastError: z.string().nullable(),
  storedAt: instantOrNull,
  refused: list(z.strictObject({ event: z.string(), at: instant, why: z.string() })),
}) satisfies z.ZodType<types.EpcisOutbox>;

const eventId = z.string().regex(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.[01]$/);
export const EventWithdrawal = z.strictObject({
  event: eventId,
  reason: z.enum(['did_not_occur', 'incorrect_data']),
  corrective: eventId.optional(),
  note: z.string().min(1).max(200),
}) satisfies z.ZodType<types.EventWithdrawal>;
