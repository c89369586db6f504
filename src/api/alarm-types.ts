import type { AlarmFigures } from '../alarms/figures.ts';
import type { AlarmState, PriorityName, Text } from '../domain/alarm.ts';
import type { RecordRef } from '../domain/record.ts';

export type Zone = { readonly id: string; readonly title: Text };

/** The states of ISA-18.2, as words. */
export type AlarmStateWord = keyof typeof AlarmState;

export type Alarm = {
  /** `<subject>/<rule>`. */
  readonly id: string;
  readonly title: Text;
  readonly rule: string;
  /** A stream id, a device or a zone. */
  readonly subject: string;
  readonly zone: Zone | null;
  readonly priority: PriorityName;
  readonly state: AlarmStateWord;
  /** When it left normal. */
  readonly since: number;
  /** Value of its last finding, with the unit in UCUM. */
  readonly lastValue: { readonly text: string; readonly unit: string } | null;
  /** The limit as the rule states it, e.g. `> 8 Cel`. */
  readonly limit: string | null;
  /** Why the rule exists. */
  readonly basis: string;
  /** The record behind its last raise. */
  readonly cause: RecordRef;
  readonly acknowledged: (Act & { readonly meaning: string }) | null;
  /** Whether its condition holds; evaluated also while it is set aside. */
  readonly isActive: boolean;
  /** It stands for more than 24 hours; it rose three times within a minute and was not quiet since. */
  readonly isStale: boolean;
  readonly isChattering: boolean;
  /** Longest time it may be shelved for now, ms; 0: not at all. */
  readonly longestShelvingMs: number;
  readonly shelved: (Act & { readonly until: number }) | null;
  /** Id of the zone whose maintenance suppresses it. */
  readonly suppressedBy: string | null;
  readonly outOfService: Act | null;
};

/** Who did something, when and why. */
export type Act = {
  readonly by: string;
  readonly role: string;
  readonly at: number;
  readonly reason: string;
};

/** A zone in maintenance: its alarms are suppressed until then. */
export type Maintenance = Act & {
  readonly zone: Zone;
  readonly until: number;
  /** Alarms about it, and those of them whose condition holds. */
  readonly alarms: number;
  readonly active: number;
};

/** One record about an alarm. `seq` is its place among the gateway's events of this epoch. */
export type AlarmEntry =
  | {
      readonly kind: 'transition';
      readonly seq: number;
      readonly t: number;
      readonly from: AlarmStateWord;
      readonly to: AlarmStateWord;
      readonly priority: PriorityName;
    }
  | {
      readonly kind: 'act';
      readonly seq: number;
      readonly t: number;
      readonly by: string;
      readonly role: string;
      readonly verb: string;
      /** Meaning of an acknowledgement, length of a shelving or maintenance. */
      readonly change: string | null;
      readonly reason: string;
      readonly isRefused: boolean;
    };

/** Records about an alarm in order of time; `next` is where the following page begins, null after the last. */
export type AlarmHistory = {
  readonly alarm: string;
  readonly entries: readonly AlarmEntry[];
  readonly next: number | null;
};

/** What the person who acknowledges means by it. */
export type Meaning = 'seen' | 'being-handled' | 'false' | 'tested';

export type Acknowledgement = { readonly meaning: Meaning; readonly reason: string };

export type Reason = { readonly reason: string };
export type StreamOrder = Reason & { readonly verb: string };

/** For how long, ms, and why. */
export type TimedReason = Reason & { readonly forMs: number };

/** Figures of the alarm system, with the titles of the alarms they name. */
export type AlarmFiguresAnswer = AlarmFigures & { readonly titles: Readonly<Record<string, Text>> };
