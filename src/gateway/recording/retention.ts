import type { Logger } from 'pino';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { Refused } from '../../domain/errors.ts';
import { EVENTS_SLOT } from '../../domain/record.ts';
import { continuedBy } from '../keys/epoch-end.ts';
import type { Eraser } from './eraser.ts';

export type RetentionParts = {
  readonly journal: Pick<SqliteJournal, 'meta' | 'putMeta' | 'block' | 'size' | 'streams'>;
  readonly eraser: Pick<Eraser, 'order'>;
  /** How long readings are kept, ms; null keeps them for good. */
  readonly keepMs: number | null;
  /** Evidence time, ms. */
  readonly now: () => number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
};

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Up to where readings were erased by this rule, ISO 8601. */
const META = 'retained-from';

/** Erases the readings of every stream that are older than they are to be kept, a whole day at a time. */
export class Retention {
  readonly #parts: RetentionParts;
  #lookAgain = 0;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Once a second; acts once an hour at most. */
  look(): void {
    const { keepMs, now, journal } = this.#parts;
    if (keepMs === null || now() < this.#lookAgain) return;
    if (this.#lookAgain === 0) this.#tellOfThoseBefore();
    this.#lookAgain = now() + HOUR_MS;
    const sealed = journal.block(journal.size() - 1)?.t1 ?? 0;
    const to = Math.floor(Math.min(now() - keepMs, sealed) / DAY_MS) * DAY_MS;
    const from = this.#from();
    if (from === null || from >= to) return;
    try {
      this.#erase(from, to, keepMs);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#parts.log.warn({ from, to, why: error.message }, 'readings are due to be erased and stay');
    }
  }

  /** Nobody should believe that they are gone. */
  #tellOfThoseBefore(): void {
    const before = continuedBy(this.#parts.journal);
    if (before === null) return;
    const { origin, notBefore } = before;
    const until = new Date(notBefore).toISOString();
    this.#parts.log.warn({ origin, until }, 'readings of epochs that are over are kept, whatever their age');
  }

  #erase(from: number, to: number, keepMs: number): void {
    const { journal, eraser, log } = this.#parts;
    const rows = journal.streams().filter(({ slot }) => slot !== EVENTS_SLOT);
    const streams = [...new Set(rows.map((r) => `${r.dev}/${r.ch}`))];
    if (streams.length === 0) return;
    const reason = `readings are kept ${Math.round(keepMs / DAY_MS)} d`;
    eraser.order({ actor: 0, role: 'gateway', streams, from, to, reason, force: false });
    // If we die here, the next look orders it again, and nothing is left to erase.
    journal.putMeta(META, new Date(to).toISOString());
    log.info({ from, to, streams: streams.length }, 'readings are erased that were kept long enough');
  }

  #from(): number | null {
    const { journal } = this.#parts;
    const done = journal.meta(META);
    if (done !== null) return Date.parse(done);
    return journal.block(0)?.t0 ?? null;
  }
}
