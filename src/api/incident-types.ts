import type { PriorityName, Text } from '../domain/alarm.ts';
import type { AlarmStateWord, Zone } from './alarm-types.ts';

/** Alarms of one place, or with one cause, within a minute: one story. Times are evidence time, ms. */
export type IncidentSummary = {
  /** `<epoch>-<number of the record it began with>`; never changes. */
  readonly id: string;
  /** null: it is about no zone. */
  readonly zone: Zone | null;
  readonly from: number;
  /** When its last alarm returned or was set aside; null while one is shown. */
  readonly to: number | null;
  /** The worst that one of its alarms had. */
  readonly priority: PriorityName;
  /** In the order in which they rose. */
  readonly alarms: readonly IncidentAlarm[];
};

export type IncidentAlarm = {
  readonly id: string;
  readonly title: Text;
  readonly priority: PriorityName;
  readonly state: AlarmStateWord;
  readonly since: number;
  /** How often it called. */
  readonly rises: number;
};

/** What happened, and what was done. `seq` is its place among the gateway's events of its epoch. */
export type IncidentEntry = { readonly seq: number; readonly t: number } & (
  | {
      readonly kind: 'alarm';
      readonly alarm: string;
      readonly from: AlarmStateWord;
      readonly to: AlarmStateWord;
      readonly priority: PriorityName;
      readonly value: { readonly text: string; readonly unit: string } | null;
    }
  | {
      readonly kind: 'act';
      readonly by: string;
      readonly role: string;
      readonly verb: string;
      readonly object: string;
      readonly change: string | null;
      readonly reason: string;
      readonly isRefused: boolean;
    }
  | {
      readonly kind: 'notice';
      readonly alarm: string;
      readonly channel: string;
      readonly called: string;
      readonly result: 'queued' | 'delivered' | 'failed';
    }
  /** Nobody of the role acknowledged in time. */
  | { readonly kind: 'unanswered'; readonly alarm: string; readonly called: string }
  | {
      readonly kind: 'order';
      readonly device: string;
      readonly verb: string;
      readonly step: 'ordered' | 'sent' | 'done' | 'failed' | 'unknown';
    }
  | {
      readonly kind: 'picture';
      readonly sha256: string;
      readonly bytes: number;
      readonly mediaType: string;
      readonly source: string;
      readonly takenAt: number;
    }
);

/** Who was told by which channel, and when. */
export type ToldEntry = {
  readonly alarm: string;
  readonly channel: string;
  /** A role, or `<role>/<person>`. */
  readonly called: string;
  /** Of the person; null for a role as a whole. */
  readonly name: Text | null;
  readonly askedAt: number;
  readonly toldAt: number | null;
  /** Attempts that failed. */
  readonly failed: number;
};

export type Incident = IncidentSummary & {
  readonly entries: readonly IncidentEntry[];
  /** So many more are on record. */
  readonly left: number;
  readonly told: readonly ToldEntry[];
  /** The window of its evidence bundle; null where no stream is about it. */
  readonly bundle: { readonly from: number; readonly to: number } | null;
};
