import type { AlarmRule } from '../domain/deciding.ts';
import type { Priority } from '../domain/alarm.ts';
import type { CallRoute } from '../domain/calling.ts';
import type { OpenStream } from '../domain/stream.ts';
import type { Decimal } from '../domain/units.ts';
import type { Guard } from './guard.ts';
import type { Selector } from './selector.ts';
import type { Signal } from './signal.ts';
import type { Watch, World } from './watch.ts';

/** A delay in evidence time, or in consecutive usable readings; `{ ms: 0 }` acts at once. */
export type Delay = { readonly ms: number } | { readonly samples: number };

/** A stated limit, for people: a value above (or below) it raises. */
export type Limit = { readonly side: 'above' | 'below'; readonly value: Decimal };

/** A level's condition on one stream. */
export type Condition = {
  /** What the rule states as limits; none for a state, a silence or a forbidden band. */
  readonly limits: readonly Limit[];
  readonly test: (v: number) => Signal;
  /** A usable reading speaks for this long, ms; a longer silence does not count as clear. */
  readonly coverMs: number;
  /** For conditions that are absence: true this long after the last usable reading; else null. */
  readonly silenceMs: number | null;
  /** For conditions that remember: they are told more than the value, and `test` is not asked. */
  readonly watch: Watch | null;
};

export type Level = {
  readonly priority: Priority;
  readonly raise: Delay;
  readonly clear: Delay;
  readonly bind: (stream: OpenStream, world: World) => Condition;
};

/** `tell` records findings `unknown` and `known again`; `ignore` only never clears. */
export type OnUnknown = 'tell' | 'ignore';

/** A device switched on while the alarm wants it. `from` is the least priority that does. */
export type DriveAction = {
  readonly kind: 'drive';
  readonly device: string;
  /** The device's verbs that switch it. */
  readonly on: string;
  readonly off: string;
  readonly until: 'acknowledged' | 'cleared' | 'either';
  readonly from: Priority;
  readonly expiryMs: number;
};
/** Calls along a route until somebody acknowledges. */
export type NotifyAction = {
  readonly kind: 'notify';
  readonly route: CallRoute;
  readonly from: Priority;
  readonly expiryMs: number;
};
/** A picture that a camera takes each time the alarm calls. */
type SnapshotAction = {
  readonly kind: 'snapshot';
  readonly device: string;
  readonly from: Priority;
  readonly expiryMs: number;
};
/** A barrier or lock closed when the alarm calls; who opens it again is never a rule. */
export type LockAction = {
  readonly kind: 'lock';
  readonly device: string;
  /** The device's verb that closes it. */
  readonly verb: string;
  readonly from: Priority;
  readonly expiryMs: number;
};
export type Action = DriveAction | NotifyAction | SnapshotAction | LockAction;

export type About = 'stream' | 'point' | 'zone' | 'gateway';

/** A checked rule. `alarm.priority` is that of its most severe level. */
export type Rule = {
  readonly id: string;
  readonly kind: string;
  readonly alarm: AlarmRule;
  /** What its subjects are: streams that measure, tag read points, zones, or the gateway itself. */
  readonly about: About;
  readonly on: Selector;
  readonly levels: readonly Level[];
  readonly when: Guard | null;
  readonly onUnknown: OnUnknown;
  /** False for a rule whose findings are on record and call nobody. */
  readonly calls: boolean;
  readonly actions: readonly Action[];
};
