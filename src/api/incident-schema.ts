import * as z from 'zod';
import { alarmState, priority } from './alarm-schema.ts';
import type * as types from './incident-types.ts';
import { count, instant, instantOrNull, list, Text, Zone } from './schema-parts.ts';

/** Schemas of incidents: alarms of one place or cause within a minute. */

const summary = {
  id: z.string().meta({ description: '`<epoch>-<number of the record it began with>`' }),
  zone: Zone.nullable(),
  from: instant,
  to: instantOrNull.meta({ description: 'null while one of its alarms is shown' }),
  priority,
  alarms: list(
    z.strictObject({
      id: z.string(),
      title: Text,
      priority,
      state: alarmState,
      since: instant,
      rises: count,
    }),
  ),
};
const at = { seq: count, t: instant };
const entry = z.discriminatedUnion('kind', [
  z.strictObject({
    ...at,
    kind: z.literal('alarm'),
    alarm: z.string(),
    from: alarmState,
    to: alarmState,
    priority,
    value: z.strictObject({ text: z.string(), unit: z.string() }).nullable(),
  }),
  z.strictObject({
    ...at,
    kind: z.literal('act'),
    by: z.string(),
    role: z.string(),
    verb: z.string(),
    object: z.string(),
    change: z.string().nullable(),
    reason: z.string(),
    isRefused: z.boolean(),
  }),
  z.strictObject({
    ...at,
    kind: z.literal('notice'),
    alarm: z.string(),
    channel: z.string(),
    called: z.string(),
    result: z.enum(['queued', 'delivered', 'failed']),
  }),
  z.strictObject({ ...at, kind: z.literal('unanswered'), alarm: z.string(), called: z.string() }),
  z.strictObject({
    ...at,
    kind: z.literal('order'),
    device: z.string(),
    verb: z.string(),
    step: z.enum(['ordered', 'sent', 'done', 'failed', 'unknown']),
  }),
  z.strictObject({
    ...at,
    kind: z.literal('picture'),
    sha256: z.string(),
    bytes: count,
    mediaType: z.string(),
    source: z.string(),
    takenAt: instant,
  }),
]);
const IncidentSummary = z.strictObject(summary);
const Incident = z.strictObject({
  ...summary,
  entries: list(entry),
  left: count,
  told: list(
    z.strictObject({
      alarm: z.string(),
      channel: z.string(),
      called: z.string(),
      name: Text.nullable(),
      askedAt: instant,
      toldAt: instantOrNull,
      failed: count,
    }),
  ),
  bundle: z.strictObject({ from: instant, to: instant }).nullable(),
});

export const INCIDENT_SCHEMAS = { IncidentSummary, Incidents: list(IncidentSummary), Incident } as const;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
({ IncidentSummary: true, Incident: true }) satisfies {
  IncidentSummary: Same<z.infer<typeof IncidentSummary>, types.IncidentSummary>;
  Incident: Same<z.infer<typeof Incident>, types.Incident>;
};
