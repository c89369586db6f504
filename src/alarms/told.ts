import { NoticeResult, type Value } from '../domain/record.ts';

/** One notice and what became of it. Times are evidence time, ms. */
export type Told = {
  readonly alarm: string;
  readonly channel: string;
  /** A role, or `<role>/<person>`. */
  readonly called: string;
  readonly askedAt: number;
  /** When the other side took it; null: it has not so far. */
  readonly toldAt: number | null;
  /** Attempts that failed. */
  readonly failed: number;
};

/** A step of a route to which nobody answered. */
export type Unanswered = { readonly alarm: string; readonly role: string; readonly t: number };

/** Channel of the record that a step went unanswered: no channel has this name. */
const NOBODY = '-';

/** Who was told by which channel and when, from the records of notices in their order. */
export class ToldList {
  readonly #told: Told[] = [];
  readonly unanswered: Unanswered[] = [];

  /** In the order in which they were asked for. */
  get told(): readonly Told[] {
    return this.#told;
  }

  take(t: number, body: readonly Value[]): void {
    const [alarm, channel, called] = body.map(String);
    if (alarm === undefined || channel === undefined || called === undefined) return;
    if (channel === NOBODY) {
      this.unanswered.push({ alarm, role: called, t });
      return;
    }
    const result = body[4];
    if (result === NoticeResult.queued) {
      this.#told.push({ alarm, channel, called, askedAt: t, toldAt: null, failed: 0 });
      return;
    }
    const at = this.#told.findIndex(
      (row) => row.alarm === alarm && row.channel === channel && row.called === called && row.toldAt === null,
    );
    const row = this.#told[at];
    if (row === undefined) return;
    this.#told[at] =
      result === NoticeResult.delivered ? { ...row, toldAt: t } : { ...row, failed: row.failed + 1 };
  }
}
