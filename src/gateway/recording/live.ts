import { isAct, RecordType, type LogRecord } from '../../domain/record.ts';

/** The newest reading of a stream, as it was recorded; the next one takes its place. */
export type Latest = {
  readonly v: number | null;
  readonly q: number;
  readonly t: number;
  readonly sourceAt: number | null;
};

type Written = { -readonly [K in keyof Latest]: Latest[K] };

/** Who acknowledged an alarm last, and when. */
export type Acknowledged = {
  readonly actor: number;
  readonly role: string;
  readonly at: number;
  readonly meaning: string;
  readonly reason: string;
};

/**
 * What is true now, derived from the records as they are committed. Nothing here is stored: a
 * stream that has not spoken since the start has no latest reading, and is not known.
 */
export class Live {
  readonly #latest: (Written | undefined)[] = [];
  readonly #values = new Map<string, number | null>();
  readonly #acknowledged = new Map<string, Acknowledged>();
  readings = 0;
  /** The newest sealed block: size and root of the log with it, and its end. */
  sealed: { readonly size: number; readonly root: Uint8Array; readonly t1: number } | null = null;
  lastCommitAt: number | null = null;

  /** Takes the records of one commit. */
  take(records: readonly LogRecord[]): void {
    for (const record of records) this.#take(record);
    this.lastCommitAt = records.at(-1)?.t ?? this.lastCommitAt;
  }

  latest(slot: number): Latest | undefined {
    return this.#latest[slot];
  }

  /** Scaled value of the last finding of an alarm; null when there is none. */
  valueOf(alarm: string): number | null {
    return this.#values.get(alarm) ?? null;
  }

  acknowledged(alarm: string): Acknowledged | null {
    return this.#acknowledged.get(alarm) ?? null;
  }

  #take({ slot, t, type, body }: LogRecord): void {
    if (type === RecordType.reading) {
      // By index: taking an array apart makes an object per item, and this is done for every reading.
      const v = body[0];
      const sourceAt = body[2];
      const number = typeof v === 'number' ? v : null;
      const at = typeof sourceAt === 'number' ? sourceAt : null;
      const latest = (this.#latest[slot] ??= { v: null, q: 0, t: 0, sourceAt: null });
      latest.v = number;
      latest.q = Number(body[1]);
      latest.t = t;
      latest.sourceAt = at;
      this.readings++;
    } else if (type === RecordType.finding) {
      const [rule, subject, , , , v] = body;
      this.#values.set(`${String(subject)}/${String(rule)}`, typeof v === 'number' ? v : null);
    } else if (type === RecordType.act) {
      if (!isAct(body)) return;
      const [actor, role, verb, object, , meaning, reason, result] = body;
      if (verb !== 'acknowledge' || result !== 0) return;
      this.#acknowledged.set(object, { actor, role, at: t, meaning: meaning ?? '', reason });
    } else if (type === RecordType.alarm && body[2] === 0) {
      this.#acknowledged.delete(String(body[0]));
      this.#values.delete(String(body[0]));
    }
  }
}
