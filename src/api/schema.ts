import * as z from 'zod';
import {
  Acknowledgement,
  Alarm,
  AlarmFigures,
  AlarmHistory,
  Maintenance,
  MaintenanceOrder,
  Reason,
  Shelving,
  StreamAct,
} from './alarm-schema.ts';
import { INCIDENT_SCHEMAS } from './incident-schema.ts';
import { PUSH_SCHEMAS } from './push-schema.ts';
import { GOODS_SCHEMAS } from './goods-schema.ts';
import { HAND_OVER_SCHEMAS } from './hand-over-schema.ts';
import { ORDER_SCHEMAS } from './order-schema.ts';
import { EpcisOutbox, EventWithdrawal } from './epcis-schema.ts';
import { GRANTEES } from './grant-schema.ts';
import { LENDING_SCHEMAS } from './lending-schema.ts';
import { RECEIPT_SCHEMAS } from './receipt-schema.ts';
import { ROLES } from './roles.ts';
import { RuleSetStatus } from './rule-schema.ts';
import { count, instant, instantOrNull, list, Text, Zone } from './schema-parts.ts';
import { Picture, Pictures, TagBinding, Tags } from './seen-schema.ts';
import type * as types from './types.ts';

/**
 * The schemas of everything that is sent or taken, by the name they have in the OpenAPI document.
 * They check requests at run time and every response in the tests. `types.ts` is what programs
 * import; the end of this file makes the compiler refuse any difference between the two.
 */

const Check = z.strictObject({
  name: z.string(),
  state: z.enum(['ok', 'degraded', 'unknown', 'failed']),
  detail: Text,
});
const JournalStatus = z.strictObject({
  size: count,
  tailLeaves: count,
  lastSealed: z.strictObject({ no: count, root: z.string().regex(/^[0-9a-f]{64}$/), t1: instant }).nullable(),
  lastCommitAt: instantOrNull,
});
const WitnessesStatus = z.strictObject({
  guard: z.enum(['waiting', 'open', 'held', 'rollback']),
  answered: count,
  needed: count,
  quorum: count,
  cosignedSize: count.nullable(),
  list: list(
    z.strictObject({
      name: z.string(),
      owner: z.string(),
      state: z.enum(['unknown', 'ok', 'failing', 'refused', 'ahead']),
      size: count.nullable(),
      lastError: z.string().nullable(),
    }),
  ),
});
const AnchorStatus = z.strictObject({
  ledger: z.strictObject({ kind: z.string(), network: z.string() }).nullable(),
  lastFinalSize: count.nullable(),
  at: instantOrNull,
  state: z.enum(['none', 'idle', 'pending', 'failing', 'unknown']),
  lastError: z.string().nullable(),
  witnesses: WitnessesStatus.nullable(),
});
const Status = z.strictObject({
  gateway: z.strictObject({ id: z.string(), name: Text }),
  version: z.string(),
  origin: z.string(),
  epoch: count,
  startedAt: instant,
  now: instant,
  clockDriftMs: z.int(),
  counts: z.strictObject({
    streams: count,
    streamsUnknown: count,
    devices: count,
    alarms: count,
    alarmsUnacknowledged: count,
    alarmsShelved: count,
    alarmsSuppressed: count,
    alarmsOutOfService: count,
    readings: count,
  }),
  journal: JournalStatus,
  anchor: AnchorStatus,
  health: list(Check),
  outboxDepth: count,
});

const value = {
  v: z.int().nullable(),
  text: z.string().nullable(),
  q: z.int().min(0).max(63).meta({
    description:
      'Quality bits, 0 is good: 1 stale, 2 outside range, 4 substituted, 8 device alarm, 16 device time uncertain, 32 backfilled',
  }),
  t: instant,
  sourceAt: instantOrNull,
};
const Value = z.strictObject(value);
const StreamState = z.enum(['fresh', 'stale', 'never']);
const Stream = z.strictObject({
  id: z.string(),
  dev: z.string(),
  ch: z.string(),
  quantity: z.string(),
  unit: z.string().meta({ description: 'UCUM; 1 for on/off' }),
  exp: z.int(),
  zone: Zone.nullable(),
  slot: count,
  level: z.enum(['A', 'B', 'C']),
  cadenceMs: count,
  staleAfterMs: count,
  state: StreamState,
  latest: Value.nullable(),
});
const Reading = z.strictObject({ ...value, seq: count });
const ErasedSpan = z.strictObject({
  from: instant,
  to: instant,
  act: z
    .strictObject({ t: instant, seq: count, actor: count, role: z.string(), reason: z.string() })
    .nullable(),
});
const Erasure = z.strictObject({
  stream: z.string(),
  from: instant,
  to: instant,
  act: z.strictObject({ block: count, seq: count }),
  blocksLeft: count,
});
const ErasureOrder = z.strictObject({
  streams: z.array(z.string().min(1).max(256)).min(1).max(100).readonly(),
  from: instant,
  to: instant,
  reason: z.string().min(1).max(256).meta({ description: 'At most 256 bytes of UTF-8' }),
  force: z.boolean().default(false).meta({
    description: 'Also what no ledger or quorum of witnesses has fixed yet',
  }),
});
const ReadingsPage = z.strictObject({
  stream: z.string(),
  unit: z.string(),
  readings: list(Reading),
  erased: list(ErasedSpan),
  next: z.string().nullable(),
});

const Device = z.strictObject({
  id: z.string(),
  health: z.enum(['unknown', 'healthy', 'unhealthy']),
  reason: z.string(),
  since: instantOrNull,
  refused: z.record(z.string(), count),
  lastRefusal: z.strictObject({ t: instant, code: z.string(), detail: z.string() }).nullable(),
});
const Finding = z.strictObject({
  rule: z.string(),
  subject: z.string(),
  phase: z.enum(['opened', 'peak', 'closed', 'unknown', 'knownAgain']),
  t: instant,
  value: z.string().nullable(),
});
const Event = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('reading'), stream: z.string(), state: StreamState, latest: Value }),
  z.strictObject({ kind: z.literal('alarm'), alarm: Alarm }),
  z.strictObject({ kind: z.literal('maintenance'), maintenance: list(Maintenance) }),
  z.strictObject({ kind: z.literal('finding'), finding: Finding }),
  z.strictObject({ kind: z.literal('sealed'), journal: JournalStatus }),
  z.strictObject({ kind: z.literal('anchored'), anchor: AnchorStatus }),
  z.strictObject({ kind: z.literal('health'), device: Device }),
  z.strictObject({ kind: z.literal('status'), status: Status }),
  z.strictObject({ kind: z.literal('reset') }),
]);

const Session = z.strictObject({
  name: z.string(),
  role: z.enum([...ROLES, ...GRANTEES]),
  may: list(z.string()).meta({ description: 'Operations of this document' }),
  csrf: z.string(),
});
const SignIn = z.strictObject({ token: z.string().min(1).max(512) });
const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
});

export const SCHEMAS = {
  Text,
  Zone,
  Check,
  JournalStatus,
  AnchorStatus,
  Status,
  Value,
  Stream,
  Streams: list(Stream),
  Reading,
  ReadingsPage,
  ErasedSpan,
  Erasure,
  Erasures: list(Erasure),
  ErasureOrder,
  Alarm,
  Alarms: list(Alarm),
  AlarmHistory,
  AlarmFigures,
  ...INCIDENT_SCHEMAS,
  ...PUSH_SCHEMAS,
  Maintenance,
  Maintenances: list(Maintenance),
  Reason,
  Shelving,
  StreamAct,
  MaintenanceOrder,
  Device,
  Devices: list(Device),
  Finding,
  Event,
  Acknowledgement,
  ...GOODS_SCHEMAS,
  ...LENDING_SCHEMAS,
  ...HAND_OVER_SCHEMAS,
  RuleSetStatus,
  ...ORDER_SCHEMAS,
  ...RECEIPT_SCHEMAS,
  Picture,
  Pictures,
  TagBinding,
  Tags,
  Session,
  SessionOrNone: Session.nullable(),
  SignIn,
  EpcisOutbox,
  EventWithdrawal,
  Problem,
} as const satisfies Record<string, z.ZodType>;
export type SchemaName = keyof typeof SCHEMAS;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Sent<N extends SchemaName> = z.infer<(typeof SCHEMAS)[N]>;
({
  Status: true,
  Stream: true,
  ReadingsPage: true,
  Erasure: true,
  ErasureOrder: true,
  Alarm: true,
  AlarmHistory: true,
  AlarmFigures: true,
  Maintenance: true,
  Reason: true,
  Shelving: true,
  StreamAct: true,
  MaintenanceOrder: true,
  Device: true,
  Event: true,
  Acknowledgement: true,
  RuleSetStatus: true,
  Picture: true,
  TagBinding: true,
  Tags: true,
  Session: true,
  Problem: true,
}) satisfies {
  Status: Same<Sent<'Status'>, types.Status>;
  Stream: Same<Sent<'Stream'>, types.Stream>;
  ReadingsPage: Same<Sent<'ReadingsPage'>, types.ReadingsPage>;
  Erasure: Same<Sent<'Erasure'>, types.Erasure>;
  ErasureOrder: Same<Sent<'ErasureOrder'>, types.ErasureOrder>;
  Alarm: Same<Sent<'Alarm'>, types.Alarm>;
  AlarmHistory: Same<Sent<'AlarmHistory'>, types.AlarmHistory>;
  AlarmFigures: Same<Sent<'AlarmFigures'>, types.AlarmFiguresAnswer>;
  Maintenance: Same<Sent<'Maintenance'>, types.Maintenance>;
  Reason: Same<Sent<'Reason'>, types.Reason>;
  Shelving: Same<Sent<'Shelving'>, types.TimedReason>;
  StreamAct: Same<Sent<'StreamAct'>, types.StreamOrder>;
  MaintenanceOrder: Same<Sent<'MaintenanceOrder'>, types.TimedReason>;
  Device: Same<Sent<'Device'>, types.Device>;
  Event: Same<Sent<'Event'>, types.Event>;
  RuleSetStatus: Same<Sent<'RuleSetStatus'>, types.RuleSetStatus>;
  Picture: Same<Sent<'Picture'>, types.Picture>;
  TagBinding: Same<Sent<'TagBinding'>, types.TagBinding>;
  Tags: Same<Sent<'Tags'>, types.Tags>;
  Acknowledgement: Same<Sent<'Acknowledgement'>, types.Acknowledgement>;
  Session: Same<Sent<'Session'>, types.Session>;
  Problem: Same<Sent<'Problem'>, types.Problem>;
};
