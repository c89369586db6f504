/**
 * A record is anything appended to the journal. On disk and in evidence it is a leaf
 * `[salt, seq, t, type, body]` of one slot; the bodies below are those of leaf types 1-16.
 */

/** What the evidence CBOR profile can carry: integers within ±(2^53-1), text, bytes, null, arrays. */
export type Value = number | string | Uint8Array | null | readonly Value[];

export const RecordType = {
  reading: 1,
  observation: 2,
  round: 3,
  finding: 4,
  alarm: 5,
  act: 6,
  ruleSet: 7,
  command: 8,
  goods: 9,
  release: 10,
  key: 11,
  stream: 12,
  system: 13,
  blob: 14,
  notice: 15,
  statement: 16,
} as const;
export type RecordType = (typeof RecordType)[keyof typeof RecordType];

/** `seq` counts the leaves of one slot from 0 in an epoch; `t` is evidence time, ms since 1970. */
export type LogRecord = {
  readonly slot: number;
  readonly seq: number;
  readonly t: number;
  readonly type: RecordType;
  readonly body: readonly Value[];
};

/** Names one record: the cause a finding, alarm or command points at. */
export type RecordRef = { readonly slot: number; readonly seq: number };

export type ReadingBody =
  readonly [v: number | null, q: number] | readonly [v: number | null, q: number, sourceAt: number];
export type ObservationBody = readonly [
  epc: Uint8Array,
  tid: Uint8Array | null,
  antenna: number,
  first: number,
  last: number,
  reads: number,
  rssi: number,
  q: number,
];
export type RoundBody = readonly [distinct: number, reads: number];
export type FindingBody = readonly [
  rule: string,
  subject: string,
  phase: FindingPhase,
  slot: number,
  seq: number,
  v: number | null,
];
export type AlarmBody = readonly [
  alarm: string,
  from: number,
  to: number,
  priority: number,
  slot: number,
  seq: number,
];
export type GoodsBody = readonly [verb: GoodsVerb, lot: string, epc: Uint8Array | null, zone: string];
/** `qty` in the unit of the order's receipt; `orderId` 32 bytes. */
export type ReleaseBody = readonly [orderId: Uint8Array, step: ReleaseStep, qty: number, detail: string];
export type ActBody = readonly [
  actor: number,
  role: string,
  verb: string,
  object: string,
  old: string | null,
  new_: string | null,
  reason: string,
  result: 0 | 1,
];
export type RuleSetBody = readonly [rulesHash: Uint8Array, configHash: Uint8Array, stateHash: Uint8Array];
export type CommandBody = readonly [
  id: string,
  device: string,
  verb: string,
  arg: number | null,
  slot: number,
  seq: number,
  expiry: number,
  step: CommandStep,
];
export type StreamBody = readonly [slot: number, descriptor: readonly Value[] | null];
export type SystemBody = readonly [
  code: SystemCode,
  a: number | null,
  b: number | null,
  h: Uint8Array | null,
];
export type BlobBody = readonly [
  sha256: Uint8Array,
  size: number,
  mediaType: string,
  source: string,
  sourceAt: number,
];
export type NoticeBody = readonly [
  alarm: string,
  channel: string,
  role: string,
  attempt: number,
  result: NoticeResult,
];
export type StatementBody = readonly [
  kind: StatementKind,
  subject: string,
  qty: number | null,
  sha256: Uint8Array | null,
  source: string,
];

export const FindingPhase = { opened: 1, peak: 2, closed: 3, unknown: 4, knownAgain: 5 } as const;
export type FindingPhase = (typeof FindingPhase)[keyof typeof FindingPhase];

export const CommandStep = { ordered: 0, sent: 1, done: 2, failed: 3, unknown: 4 } as const;
export type CommandStep = (typeof CommandStep)[keyof typeof CommandStep];

export const NoticeResult = { queued: 0, delivered: 1, failed: 2 } as const;
export type NoticeResult = (typeof NoticeResult)[keyof typeof NoticeResult];

export const StatementKind = {
  device: 1,
  orderContent: 3,
  receipt: 4,
  count: 5,
  handOver: 6,
  aggregation: 7,
  quantity: 8,
  anchorOutcome: 10,
  tagConflict: 11,
} as const;
export type StatementKind = (typeof StatementKind)[keyof typeof StatementKind];

export const GoodsVerb = { placed: 1, moved: 2, removed: 3, linked: 4, unlinked: 5 } as const;
export type GoodsVerb = (typeof GoodsVerb)[keyof typeof GoodsVerb];

export const ReleaseStep = {
  requested: 1,
  claimed: 2,
  opened: 3,
  done: 4,
  refused: 5,
  override: 6,
  authorised: 7,
  cancelled: 8,
  expired: 9,
} as const;
export type ReleaseStep = (typeof ReleaseStep)[keyof typeof ReleaseStep];

export const SystemCode = {
  start: 1,
  stop: 2,
  clockStepped: 3,
  tailBroken: 4,
  epochContinues: 5,
  shed: 6,
  rollbackFound: 7,
  refused: 8,
  clock: 9,
} as const;
export type SystemCode = (typeof SystemCode)[keyof typeof SystemCode];

/** Slot 0 is the gateway's own events. */
export const EVENTS_SLOT = 0;

/** Whether a body is an act's, as far as deciding goes by it. */
export function isAct(body: readonly Value[]): body is ActBody {
  const [actor, role, verb, object, , , reason, result] = body;
  const texts = [role, verb, object, reason].every((item) => typeof item === 'string');
  return body.length === 8 && typeof actor === 'number' && texts && (result === 0 || result === 1);
}
