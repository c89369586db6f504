import type { AlarmState, Priority, Text } from './alarm.ts';
import type { OutboxEntry } from './commit.ts';
import type { RecordRef, RecordType, Value } from './record.ts';

/** What a rule concluded: the outcome that alarms, actions and the journal are told. */
export type Finding = {
  readonly rule: string;
  /** Whom it is about: a stream id, a device or a zone. */
  readonly subject: string;
  /** FindingPhase of leaf type 4. */
  readonly phase: 1 | 2 | 3 | 4 | 5;
  readonly t: number;
  readonly cause: RecordRef;
  /** Scaled value that caused it, null where there is none. */
  readonly v: number | null;
};

/** What an alarm is made from: the rule's standing description, independent of its state. */
export type AlarmDefinition = {
  readonly rule: string;
  readonly title: Text;
  readonly basis: string;
  readonly priority: Priority;
  readonly latch: boolean;
};

/** A finding with the priority of the level it speaks for, as the alarm machine is told it. */
export type LevelFinding = Finding & { readonly priority: Priority };

/** A standing alarm nobody acknowledged for `afterMs` rises to priority `to`. */
export type Escalation = { readonly afterMs: number; readonly to: Priority };

export type AlarmRule = AlarmDefinition & {
  readonly escalate: Escalation | null;
  /** Longest time it may be shelved for, ms; 0 for never. Without it what holds for all alarms. */
  readonly shelvingMs?: number;
};

/** One step of the alarm machine; becomes leaf type 5. `from` equals `to` when only the priority rose. */
export type AlarmTransition = {
  /** `<subject>/<rule>`. */
  readonly alarm: string;
  readonly rule: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly priority: Priority;
  readonly t: number;
  readonly cause: RecordRef;
};

/** What an alarm transition asks of the world: the record that queues it and its outbox entry. */
export type OutboxDraft = {
  readonly t: number;
  readonly type: typeof RecordType.command | typeof RecordType.notice;
  readonly body: readonly Value[];
  readonly outbox: OutboxEntry;
};
