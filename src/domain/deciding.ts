import type { Priority, Text } from './alarm.ts';
import type { RecordRef } from './record.ts';

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

/** A timer's promise: wake deciding no later than this evidence time, ms; Infinity for never. */
export type Deadline = number;
