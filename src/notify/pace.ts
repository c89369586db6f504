import type { Announcement, PaceSettings } from './port.ts';

/** Group robots take 20 a minute and are silenced beyond. */
export const ROBOT_PACE: PaceSettings = { perMinute: 18, incidentMs: 60_000 };
/** A person reads one after the other. */
export const PERSON_PACE: PaceSettings = { perMinute: 10, incidentMs: 60_000 };
/** Mail is sorted by programs. */
export const MAIL_PACE: PaceSettings = { perMinute: 30, incidentMs: 0 };

const MINUTE_MS = 60_000;
const RANKS: Readonly<Record<Announcement['priority'], number>> = { urgent: 1, high: 2, medium: 3, low: 4 };

/** The more urgent, the smaller. */
export function rankOf(about: Announcement | null): number {
  if (about === null) return RANKS.low + 1;
  return about.calls ? RANKS[about.priority] : RANKS.low;
}

type Sent = { readonly t: number; readonly rank: number };

/** When who may be written to. Times are of one clock that never steps, ms. */
export class Pace {
  readonly #settings: PaceSettings;
  readonly #times = new Map<string, number[]>();
  readonly #incidents = new Map<string, Sent>();

  constructor(settings: PaceSettings) {
    this.#settings = settings;
  }

  /**
   * The earliest time for this message to this recipient. What is worse than all that was said of its
   * place waits for nothing but the number of messages a minute.
   *
   * @param isFlood every place counts as one
   */
  allowedAt(recipient: string, about: Announcement | null, isFlood: boolean): number {
    const times = this.#times.get(recipient) ?? [];
    const [oldest] = times.slice(-this.#settings.perMinute);
    const byNumber =
      times.length < this.#settings.perMinute || oldest === undefined ? -Infinity : oldest + MINUTE_MS;
    const said = this.#incidents.get(incidentOf(recipient, about, isFlood));
    const isWorse = said === undefined || rankOf(about) < said.rank;
    return Math.max(byNumber, isWorse ? -Infinity : said.t + this.#settings.incidentMs);
  }

  sent(recipient: string, about: readonly (Announcement | null)[], now: number): void {
    const times = [...(this.#times.get(recipient) ?? []), now].filter((t) => now - t < MINUTE_MS);
    this.#times.set(recipient, times);
    for (const one of about) {
      for (const isFlood of [false, true]) this.#note(incidentOf(recipient, one, isFlood), rankOf(one), now);
    }
  }

  /** Within an incident the worst that was said counts. */
  #note(key: string, rank: number, now: number): void {
    const before = this.#incidents.get(key);
    const isNew = before === undefined || now - before.t >= this.#settings.incidentMs;
    this.#incidents.set(key, { t: now, rank: isNew ? rank : Math.min(rank, before.rank) });
  }
}

function incidentOf(recipient: string, about: Announcement | null, isFlood: boolean): string {
  return isFlood ? recipient : `${recipient}\n${about?.place?.en ?? ''}`;
}
