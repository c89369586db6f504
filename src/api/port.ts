import type { Readable } from 'node:stream';
import type { TilePath } from '../evidence/tlog-tiles.ts';
import type { AlarmFigures, FigureWindow } from '../alarms/figures.ts';
import type { Text } from '../domain/alarm.ts';
import type { BundleWish } from '../domain/bundle-wish.ts';
import type { Actor } from './actor.ts';
import type { Count, CountOrder } from './count-types.ts';
import type { Epcis } from './epcis.ts';
import type { GoodsKeeping } from './goods-port.ts';
import type { Grant, Grantee, GrantMade, GrantOrder } from './grant-types.ts';
import type { Orders } from './order-port.ts';
import type { ReceiptShowing } from './receipt-port.ts';
import type { Seen } from './seen-port.ts';
import type { Standings } from './standing-port.ts';
import type { Incidents } from './incident-port.ts';
import type { Pushing } from './push-types.ts';
import type {
  Alarm,
  AlarmHistory,
  Device,
  Erasure,
  ErasureOrder,
  Event,
  Maintenance,
  Meaning,
  ReadingsPage,
  Role,
  RuleSetStatus,
  Status,
  Stream,
} from './types.ts';

export type { Actor } from './actor.ts';

/** What the API needs from the gateway; the root passes the real things in. */

/** What is true now. Called on the daemon's own thread for every request: cheap, from memory. */
export type View = {
  status(): Status;
  streams(): readonly Stream[];
  devices(): readonly Device[];
  /** All that stand or are set aside. */
  alarms(): readonly Alarm[];
  /** One, also at rest; null for one that there is none of. */
  alarm(id: string): Alarm | null;
  maintenance(): readonly Maintenance[];
};

export type ReadingsQuery = {
  readonly stream: string;
  /** Evidence time, ms: from ≤ t < to. */
  readonly from: number;
  readonly to: number;
  /** 1 to 10,000. */
  readonly limit: number;
  /** `next` of the page before; null for the first page. */
  readonly cursor: string | null;
};

/** What was recorded, read off the writer's thread. */
export type Archive = {
  /** @throws Refused NOT_FOUND for a stream there never was, INVALID for a cursor that is none */
  readings(query: ReadingsQuery): Promise<ReadingsPage>;
  alarmHistory(query: AlarmHistoryQuery): Promise<AlarmHistory>;
  alarmFigures(window: FigureWindow): Promise<AlarmFigures>;
};

export type AlarmHistoryQuery = {
  readonly alarm: string;
  /** Evidence time, ms: from ≤ t < to. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  /** `next` of the page before; 0 for the first. */
  readonly after: number;
};

/** The log for monitors (C2SP tlog-tiles), as far as its newest signed head covers it. From memory or one short read. */
export type Tlog = {
  /** The newest signed note; null before the first. */
  checkpoint(): string | null;
  /** null for what the head does not cover. */
  tile(tile: TilePath): Uint8Array | null;
};

/** What the link of a notice asks for. `isOpen` until somebody acknowledged that call. */
export type Asked = { readonly title: Text; readonly place: Text | null; readonly isOpen: boolean };

/** Acknowledging by the link in a person's notice, without signing in. */
export type Answering = {
  /** null for a link that was never given, or is too old. */
  look(token: string): Asked | null;
  /** @throws Refused NOT_FOUND for such a link, CONFLICT for a call that was answered */
  acknowledge(token: string): Promise<void>;
};

export type ErasureRequest = Actor & ErasureOrder;

/** Takes sealed readings out of the journal for good. */
export type Erasing = {
  /**
   * Returns once the act is on record; the rest follows. Leaves no record when it throws.
   * @throws Refused NOT_FOUND for a stream that never was, NOT_ALLOWED for what is never erased,
   * CONFLICT for what is not sealed, or not fixed by others and not forced, INVALID for no reason
   */
  order(request: ErasureRequest): void;
  /** Those under way. */
  state(): readonly Erasure[];
};

/** Proofs, made off the writer's thread. */
export type Bundles = {
  /**
   * Of a window that takes several bundles, the first: it reaches up to `until`.
   * @param gone ends the work when nobody waits for it any more
   * @throws Refused INVALID with what cannot be had, HttpProblem 503 while too many are waited for
   */
  make(
    wish: BundleWish,
    gone: AbortSignal,
  ): Promise<{ readonly until: number; readonly bytes: number; readonly content: Readable }>;
};

/** `status` and `reset` are the API's own. */
export type FeedEvent = Exclude<Event, { kind: 'status' | 'reset' }>;

/** What changes, told after the commit that made it durable, in order. */
export type Feed = {
  /** Subscribed to only while somebody looks. The listener never throws and never waits. */
  subscribe(listener: (event: FeedEvent) => void): () => void;
};

/** An act that changes no alarm but must be on record: a sign-in, a sign-out, or any act refused. */
export type Act = Actor & {
  readonly verb: string;
  readonly object: string;
  readonly reason: string;
  readonly result: 'done' | 'refused';
};

/** `forMs`: how long, for what has an end. */
type Timed = { readonly reason: string; readonly forMs: number | null };
export type AlarmAct = Actor &
  Timed & { readonly verb: 'reset' | 'shelve' | 'unshelve' | 'take-out' | 'put-back' | 'comment' };
export type ZoneAct = Actor & Timed & { readonly verb: 'maintain' | 'end-maintenance' };

/** What a person tells the rules of a stream: `restart`, `calibrate` and the like, as the rules ask. */
export type StreamAct = Actor & { readonly verb: string; readonly reason: string };

/** What people do. Each method resolves once its record is durable. */
export type Operator = {
  /**
   * Leaves exactly one record when it resolves, and none when it throws: the API then records the
   * refusal. @throws Refused NOT_FOUND when the alarm does not stand, CONFLICT when there is nothing to acknowledge
   */
  acknowledge(
    alarm: string,
    by: Actor & { readonly meaning: Meaning; readonly reason: string },
  ): Promise<void>;
  /** Likewise. @throws Refused, and NOT_ALLOWED for a shelving that the rule forbids */
  alarm(alarm: string, act: AlarmAct): Promise<void>;
  zone(zone: string, act: ZoneAct): Promise<void>;
  /** @throws Refused NOT_FOUND when no rule waits for an act on it, CONFLICT when for another one */
  stream(stream: string, act: StreamAct): Promise<void>;
  /**
   * Opens what closes a way, past every rule. @throws Refused NOT_FOUND for what is no such device,
   * NOT_ALLOWED for a token that is nobody's own
   */
  breakGlass(device: string, by: Actor & { readonly reason: string }): Promise<void>;
  record(act: Act): Promise<void>;
};

export type Probe = {
  /** Whether records that are due get committed. */
  ready(): boolean;
  /** Prometheus text. */
  metrics(): Promise<string>;
};

/**
 * One token that opens the API. Tokens are random (at least 128 bits) and made by the gateway, so
 * their plain SHA-256 is kept: there is nothing to guess that a slow hash would protect.
 */
export type Credential = {
  readonly actor: number;
  /** What it may, the first of them on record where any would do. */
  readonly roles: readonly Role[];
  /** For people, e.g. `operator`. */
  readonly name: string;
  readonly sha256: Uint8Array;
  /** Of a party that is no staff: then it has no role, and sees what its grant names. */
  readonly grant?: GrantScope;
};

/** What a grant opens. */
export type GrantScope = {
  readonly id: string;
  readonly as: Grantee;
  readonly party: string;
  readonly receipts: ReadonlySet<string>;
  /** EPCs in small hexadecimal digits. */
  readonly items: ReadonlySet<string>;
  /** Evidence time, ms. */
  readonly until: number;
};

/** Who else may see receipts; what is granted or revoked is on record when these return. */
export type Granting = {
  /** The credential of a token whose grant is in force; null for any other token. */
  credentialOf(token: string): Credential | null;
  /** Whether the grant of this id is in force now. */
  isInForce(id: string): boolean;
  list(): readonly Grant[];
  /** @throws Refused INVALID for an order that cannot be, CONFLICT when there are too many */
  grant(order: GrantOrder & Actor): GrantMade;
  /** @throws Refused NOT_FOUND for a grant that there is none of, CONFLICT for one that is over */
  revoke(id: string, by: Actor & { readonly reason: string }): void;
};

/** Challenges to count goods now. */
export type Counting = {
  /**
   * Returns once the order is on record; the same order again returns what became of it.
   * @throws Refused NOT_FOUND for no such receipt, CONFLICT for an id of another order, INVALID for what cannot be
   * counted, HttpProblem 429 beyond the refusals that are on record
   */
  start(receipt: string, order: CountOrder & Actor): Count;
  find(receipt: string, challengeId: string): Count | null;
  /** Of a receipt, in the order in which they came. */
  list(receipt: string): readonly Count[];
  /** Everything that is being counted. */
  running(): readonly Count[];
};

/** Which rules are in force; what people say of changed ones is on record when these return. */
export type RuleSetting = {
  state(): RuleSetStatus;
  /**
   * @throws Refused CONFLICT with nothing to confirm, or for a second word of one person; NOT_ALLOWED for a token
   * that is nobody's own where two persons are asked for
   */
  confirm(by: Actor & { readonly reason: string }): void;
  /** The gateway opens again right after. @throws Refused CONFLICT when nothing can go back */
  revert(by: Actor & { readonly reason: string }): Promise<void>;
  /** Likewise. @throws Refused CONFLICT when nothing went back */
  tryAgain(by: Actor & { readonly reason: string }): void;
};

export type ApiParts = {
  /** null where the configuration has no `epcis:`. */
  readonly epcis: Epcis | null;
  readonly view: View;
  readonly archive: Archive;
  readonly incidents: Incidents;
  readonly pushing: Pushing;
  readonly bundles: Bundles;
  readonly erasing: Erasing;
  readonly answering: Answering;
  readonly tlog: Tlog;
  readonly feed: Feed;
  readonly operator: Operator;
  readonly probe: Probe;
  readonly credentials: readonly Credential[];
  readonly granting: Granting;
  readonly rules: RuleSetting;
  readonly seen: Seen;
  readonly counting: Counting;
  readonly standings: Standings;
  /** null where no goods are kept. */
  readonly receipts: ReceiptShowing | null;
  /** null where no goods are kept. */
  readonly keeping: GoodsKeeping | null;
  readonly orders: Orders;
  /** Told of every error that is not an answer: the asker gets 500 without detail. */
  readonly onError: (error: unknown) => void;
};

export type ApiSettings = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM; null only on loopback. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** Names the gateway is asked for by, without port; anything else is answered 421. */
  readonly hosts: readonly string[];
  /** Whether the log's tiles are for anybody, not only for who may read. */
  readonly publicTlog: boolean;
  /** Folder of the built page; null when it was not built. */
  readonly pageFolder: string | null;
  /** Time between two `status` events, ms. */
  readonly heartbeatMs: number;
};
