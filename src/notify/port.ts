import type { Text } from '../domain/alarm.ts';
import type { NoticeOrder, OutboxEntry } from '../domain/commit.ts';
import type { CommandOrderTo } from '../domain/device.ts';

/** An outbox entry that is due, with the attempts it has had. */
export type DueEntry = OutboxEntry & { readonly attempts: number };

export type Outbox = {
  /** Entries due at evidence time `now`, at most `limit`, those waiting longest first. */
  due(now: number, limit: number): readonly DueEntry[];
  /** When the next entry is due, evidence time in ms; null with nothing waiting. */
  nextDueAt(): number | null;
};

/**
 * What became of one attempt. `unknown` says that the order may have been carried out all the
 * same (no answer in time); `dueAt` is evidence time, ms, and null when nothing more is tried.
 */
export type Outcome =
  | { readonly result: 'delivered' }
  | {
      readonly result: 'failed';
      readonly reason: string;
      readonly unknown: boolean;
      readonly dueAt: number | null;
    };

/**
 * Makes records of an outcome; resolves once the commit that settled the entry is durable. Until
 * then the entry is not tried again. Rejecting ends the dispatcher.
 */
export type Report = (entry: DueEntry, attempt: number, outcome: Outcome) => Promise<void>;

/** Carries out an order to a device: resolves when the device confirmed it. */
export type Command = (device: string, order: CommandOrderTo, signal: AbortSignal) => Promise<void>;

/** What people are told about an alarm, as it stands now. */
export type Announcement = {
  readonly alarm: string;
  readonly title: Text;
  readonly priority: 'urgent' | 'high' | 'medium' | 'low';
  /** False once the alarm is over or acknowledged: a siren goes off, a mail says so. */
  readonly calls: boolean;
  readonly gateway: Text;
  /** Zone it is about; null for an alarm of the gateway itself. */
  readonly place: Text | null;
  /** Last value, as a scaled integer with its UCUM unit; null when there is none. */
  readonly value: Measured | null;
  readonly limit: (Measured & { readonly side: 'above' | 'below' }) | null;
  /** Since when it stands, ms since 1970. */
  readonly since: number;
  /** Where it is acknowledged. */
  readonly link: string;
  /** Code that acknowledges it by SMS; null where it calls nobody by name, or nothing is left to answer. */
  readonly reply: string | null;
};

export type Measured = { readonly v: number; readonly exp: number; readonly unit: string };

/** The alarm a notice is about; null when it is not known any more. */
export type Announce = (order: NoticeOrder) => Announcement | null;

/** One notice, or several to the same recipient, on the way. */
export type Message = {
  /**
   * 64 hexadecimal digits, the same in every attempt to tell just these notices: whoever drops what they
   * have had drops nothing else.
   */
  readonly id: string;
  /** Ids of the notices that it carries out; that of a single one is the message's own. */
  readonly notices: readonly string[];
  readonly attempt: number;
  readonly role: string;
  readonly about: Announcement;
  /** What else waited for the same recipient and goes along, the worst first; empty for one alarm alone. */
  readonly others: readonly Announcement[];
  /** Evidence time of the attempt and time after which it is worth nothing, ms. */
  readonly at: number;
  readonly expiry: number;
};

/** How often one recipient is written to. What may not go now waits, and goes as one message with all that waits then. */
export type PaceSettings = {
  readonly perMinute: number;
  /** Alarms of one place within so long are one incident: one message, and later one more with the rest, ms. */
  readonly incidentMs: number;
};

/** A way to reach people: resolves when the other side took the message, rejects when it did not. */
export type Channel = {
  /** Messages of one lane go one after the other; a device's lane is shared with its commands. */
  readonly lane: string;
  /** How often it is used; left out, each notice goes by itself. */
  readonly pace?: PaceSettings;
  send(message: Message, signal: AbortSignal): Promise<void>;
};
