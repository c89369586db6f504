import type { Text } from '../domain/alarm.ts';
import type { Alarm, Maintenance, Zone } from './alarm-types.ts';
import type { Grantee } from './grant-types.ts';

export type { PriorityName, Text } from '../domain/alarm.ts';
export type { Picture, TagBinding, Tags } from './seen-types.ts';
export type { Incident, IncidentEntry, IncidentSummary } from './incident-types.ts';
export type { PushState } from './push-types.ts';
export type {
  Acknowledgement,
  Alarm,
  AlarmEntry,
  AlarmFiguresAnswer,
  AlarmHistory,
  AlarmStateWord,
  Maintenance,
  Meaning,
  Reason,
  StreamOrder,
  TimedReason,
  Zone,
} from './alarm-types.ts';

export type { Order } from './order-types.ts';
export type { PortfolioRow, ProofAge, Standing, Uniqueness, UniquenessSignal } from './standing-types.ts';
export type { Count, CountKind, CountOrder } from './count-types.ts';
export type { Grantee, GrantMade, GrantOrder } from './grant-types.ts';
export type { DockTerms } from './hand-over-types.ts';
export type { RuleSetStatus } from './rule-types.ts';

/**
 * What the API says, version 1: the only types the page and other programs need. Times are evidence
 * time in ms since 1970 unless the name says otherwise; `null` means "not known" or "there is none",
 * never "fine". The schemas in schema.ts are checked against these types by the compiler.
 */

/** Roles of the design's table; a lender's own tokens are not people of the site. */
export type Role = 'viewer' | 'operator' | 'supervisor' | 'installer' | 'admin' | 'auditor';

export type CheckState = 'ok' | 'degraded' | 'unknown' | 'failed';

/** One health check of the gateway, with one line for the person on shift. */
export type Check = { readonly name: string; readonly state: CheckState; readonly detail: Text };

/** The newest sealed block: `no` counts from 0, `root` is that of the log including it, hex. */
export type SealedBlock = { readonly no: number; readonly root: string; readonly t1: number };

export type JournalStatus = {
  /** Sealed blocks. */
  readonly size: number;
  /** Records in the open block, not yet sealed. */
  readonly tailLeaves: number;
  readonly lastSealed: SealedBlock | null;
  /** When the last transaction was stored. */
  readonly lastCommitAt: number | null;
};

/**
 * none: no ledger is configured. idle: the newest checkpoint is final. pending: one is on its way.
 * failing: the last attempt failed and is tried again. unknown: nothing was heard yet.
 */
export type AnchorState = 'none' | 'idle' | 'pending' | 'failing' | 'unknown';

/** unknown: not heard since the start. ahead: it names a larger size of our log than was signed here. */
export type WitnessState = 'unknown' | 'ok' | 'failing' | 'refused' | 'ahead';

export type WitnessStatus = {
  readonly name: string;
  readonly owner: string;
  readonly state: WitnessState;
  /** Size of our log that it knows. */
  readonly size: number | null;
  readonly lastError: string | null;
};

/**
 * waiting: heads are signed when `needed` witnesses have answered since the start. held: one names a
 * larger log than was signed here. rollback: owners enough for a quorum do, and nothing is signed.
 */
export type WitnessesStatus = {
  readonly guard: 'waiting' | 'open' | 'held' | 'rollback';
  readonly answered: number;
  readonly needed: number;
  /** Distinct owners whose cosignatures a head needs before it is anchored. */
  readonly quorum: number;
  /** Log size of the newest head that bears them. */
  readonly cosignedSize: number | null;
  readonly list: readonly WitnessStatus[];
};

export type AnchorStatus = {
  readonly ledger: { readonly kind: string; readonly network: string } | null;
  /** Log size of the newest checkpoint that is final on the ledger, and when it became so. */
  readonly lastFinalSize: number | null;
  readonly at: number | null;
  readonly state: AnchorState;
  readonly lastError: string | null;
  /** null: no witness is configured. */
  readonly witnesses: WitnessesStatus | null;
};

/** Things the gateway knows of, by number. `streamsUnknown` counts streams never heard or stale. */
export type Counts = {
  readonly streams: number;
  readonly streamsUnknown: number;
  readonly devices: number;
  /** Shown: neither at rest nor set aside. */
  readonly alarms: number;
  readonly alarmsUnacknowledged: number;
  readonly alarmsShelved: number;
  readonly alarmsSuppressed: number;
  readonly alarmsOutOfService: number;
  /** Readings committed since the start. */
  readonly readings: number;
};

export type Status = {
  readonly gateway: { readonly id: string; readonly name: Text };
  readonly version: string;
  /** Origin of the log, as it stands in checkpoints and proofs. */
  readonly origin: string;
  readonly epoch: number;
  readonly startedAt: number;
  /** Evidence time now, and how far the wall clock stands from it, ms. */
  readonly now: number;
  readonly clockDriftMs: number;
  readonly counts: Counts;
  readonly journal: JournalStatus;
  readonly anchor: AnchorStatus;
  readonly health: readonly Check[];
  /** Notices and commands not yet carried out. */
  readonly outboxDepth: number;
};

/** How far the source is authenticated: A signed by the device, B by its channel, C observed. */
export type Level = 'A' | 'B' | 'C';

/** A value as it was recorded: value = v · 10^exp of its stream; `text` is that as people read it. */
export type Value = {
  readonly v: number | null;
  readonly text: string | null;
  /** Quality bits, 0 is good: 1 stale, 2 outside range, 4 substituted, 8 device alarm, 16 device time uncertain, 32 backfilled. */
  readonly q: number;
  readonly t: number;
  /** The device's own time. */
  readonly sourceAt: number | null;
};

/** fresh: a usable value not older than the stream's longest gap. stale: older, bad, or none. never: not heard since the start. */
export type StreamState = 'fresh' | 'stale' | 'never';

export type Stream = {
  /** `<device>/<channel>`. */
  readonly id: string;
  readonly dev: string;
  readonly ch: string;
  /** `temperature`, `humidity`, `door` … */
  readonly quantity: string;
  /** UCUM, `1` for on/off. */
  readonly unit: string;
  readonly exp: number;
  readonly zone: Zone | null;
  /** Place in the log, for this epoch. */
  readonly slot: number;
  readonly level: Level;
  /** Expected time between readings, and the age after which the last value says nothing about now, ms. */
  readonly cadenceMs: number;
  readonly staleAfterMs: number;
  readonly state: StreamState;
  readonly latest: Value | null;
};

export type Reading = Value & {
  /** Place among the stream's records of this epoch. */
  readonly seq: number;
};

/** Time [from, to) whose readings were erased, and by which act. */
export type ErasedSpan = {
  readonly from: number;
  readonly to: number;
  /** null when the journal does not hold it: then the audit says so. */
  readonly act: ErasingAct | null;
};

export type ErasingAct = {
  readonly t: number;
  readonly seq: number;
  readonly actor: number;
  readonly role: string;
  readonly reason: string;
};

/** An erasure that is on record and not done yet; `act` is its record of slot 0. */
export type Erasure = {
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  readonly act: { readonly block: number; readonly seq: number };
  /** 0 while only the write-ahead log still holds what is to go. */
  readonly blocksLeft: number;
};

/** What is to be erased: the readings of these streams with from ≤ t < to. */
export type ErasureOrder = {
  readonly streams: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** Also what no ledger or quorum of witnesses has fixed yet. */
  readonly force: boolean;
};

/** Readings in order of time; `next` is the cursor of the following page, null after the last. */
export type ReadingsPage = {
  readonly stream: string;
  readonly unit: string;
  readonly readings: readonly Reading[];
  readonly erased: readonly ErasedSpan[];
  readonly next: string | null;
};

export type Device = {
  readonly id: string;
  readonly health: 'unknown' | 'healthy' | 'unhealthy';
  readonly reason: string;
  /** When health last changed; null when it was never heard of. */
  readonly since: number | null;
  /** Frames not taken since the start, by error code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly lastRefusal: { readonly t: number; readonly code: string; readonly detail: string } | null;
};

export type FindingPhaseWord = 'opened' | 'peak' | 'closed' | 'unknown' | 'knownAgain';

export type Finding = {
  readonly rule: string;
  readonly subject: string;
  readonly phase: FindingPhaseWord;
  readonly t: number;
  readonly value: string | null;
};

/**
 * What the event stream says. `reading` is the newest one of its stream, at most four a second and
 * stream: the archive has every one. An alarm that is over comes once more, as `normal`. `status` is also the sign
 * of life.
 */
export type Event =
  | {
      readonly kind: 'reading';
      readonly stream: string;
      readonly state: StreamState;
      readonly latest: Value;
    }
  | { readonly kind: 'alarm'; readonly alarm: Alarm }
  /** All zones in maintenance, whenever one of them or an alarm of theirs changed. */
  | { readonly kind: 'maintenance'; readonly maintenance: readonly Maintenance[] }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'sealed'; readonly journal: JournalStatus }
  | { readonly kind: 'anchored'; readonly anchor: AnchorStatus }
  | { readonly kind: 'health'; readonly device: Device }
  | { readonly kind: 'status'; readonly status: Status }
  /** What was missed since Last-Event-ID is no longer here: ask for everything anew. */
  | { readonly kind: 'reset' };

/** Who is signed in and which operations of the document they may call; `csrf` goes into the header `x-csrf-token` of every call that changes something. */
export type Session = {
  readonly name: string;
  readonly role: Role | Grantee;
  readonly may: readonly string[];
  readonly csrf: string;
};

/** RFC 9457. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
};
