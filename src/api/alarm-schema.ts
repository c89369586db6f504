import * as z from 'zod';
import { count, instant, list, Text, Zone } from './schema-parts.ts';

/** Schemas of alarms and of what people do about them. */

const act = { by: z.string(), role: z.string(), at: instant, reason: z.string() };
export const alarmState = z.enum([
  'normal',
  'unacknowledged',
  'acknowledged',
  'returnedUnacknowledged',
  'latchedUnacknowledged',
  'latchedAcknowledged',
  'shelved',
  'suppressed',
  'outOfService',
]);
export const priority = z.enum(['urgent', 'high', 'medium', 'low']);
export const Alarm = z.strictObject({
  id: z.string(),
  title: Text,
  rule: z.string(),
  subject: z.string(),
  zone: Zone.nullable(),
  priority,
  state: alarmState,
  since: instant,
  lastValue: z.strictObject({ text: z.string(), unit: z.string() }).nullable(),
  limit: z.string().nullable(),
  basis: z.string(),
  cause: z.strictObject({ slot: count, seq: count }),
  acknowledged: z.strictObject({ ...act, meaning: z.string() }).nullable(),
  isActive: z.boolean(),
  isStale: z.boolean(),
  isChattering: z.boolean(),
  longestShelvingMs: count.meta({ description: '0: may not be shelved now' }),
  shelved: z.strictObject({ ...act, until: instant }).nullable(),
  suppressedBy: z.string().nullable(),
  outOfService: z.strictObject(act).nullable(),
});
export const Maintenance = z.strictObject({
  ...act,
  zone: Zone,
  until: instant,
  alarms: count,
  active: count,
});
export const AlarmHistory = z.strictObject({
  alarm: z.string(),
  entries: list(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('transition'),
        seq: count,
        t: instant,
        from: alarmState,
        to: alarmState,
        priority,
      }),
      z.strictObject({
        kind: z.literal('act'),
        seq: count,
        t: instant,
        by: z.string(),
        role: z.string(),
        verb: z.string(),
        change: z.string().nullable(),
        reason: z.string(),
        isRefused: z.boolean(),
      }),
    ]),
  ),
  next: count.nullable(),
});
const ms = z.int().nonnegative();
const number = z.number().nonnegative();
const counted = z.strictObject({ n: count, share: number });
export const AlarmFigures = z.strictObject({
  from: instant,
  to: instant,
  operators: count,
  annunciated: count.meta({
    description: 'Alarms that called; those of the alarm machine itself are left out',
  }),
  perHour: number,
  perOperatorHour: number.meta({ description: 'About 6 are borne with, 12 at most (ISA-18.2)' }),
  busiestHour: count,
  floods: z.strictObject({ count, ms, most: count }),
  standing: count,
  stale: list(z.strictObject({ alarm: z.string(), ms })),
  chattering: list(z.strictObject({ alarm: z.string(), episodes: count })),
  mostFrequent: list(z.strictObject({ alarm: z.string(), n: count, share: number })),
  priorities: z.strictObject({ urgent: counted, high: counted, medium: counted, low: counted }),
  acknowledged: z.strictObject({
    n: count,
    medianMs: ms.nullable(),
    p95Ms: ms.nullable(),
    waiting: count,
  }),
  setAside: z.strictObject({
    shelvings: count,
    takenOut: count,
    maintenances: count,
    shelved: count,
    suppressed: count,
    outOfService: count,
  }),
  titles: z.record(z.string(), Text),
});
const reason = z.string().trim().min(1).max(256).meta({ description: 'At most 256 bytes of UTF-8' });
export const Acknowledgement = z
  .strictObject({
    meaning: z.enum(['seen', 'being-handled', 'false', 'tested']),
    reason: z.string().trim().max(256).default('').meta({
      description: 'At most 256 bytes of UTF-8; false and tested need one',
    }),
  })
  .refine(({ meaning, reason: why }) => why !== '' || meaning === 'seen' || meaning === 'being-handled', {
    path: ['reason'],
    error: 'is needed to call an alarm false or a test',
  });
export const Reason = z.strictObject({ reason });
const forMs = z.int().positive().meta({ description: 'How long, ms; a minute to 24 hours' });
export const StreamAct = z.strictObject({
  verb: z
    .string()
    .regex(/^[a-z][a-z-]{0,31}$/)
    .meta({
      description: 'Such as restart, rebase, forget or calibrate: what a rule of the stream waits for',
    }),
  reason,
});
export const Shelving = z.strictObject({ reason, forMs });
export const MaintenanceOrder = z.strictObject({ reason, forMs: forMs.default(4 * 3_600_000) });
