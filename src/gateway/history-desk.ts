import type { Archive, ReadingsQuery } from '../api/port.ts';
import type { ReadingsPage } from '../api/types.ts';
import { Refused } from '../domain/errors.ts';
import { formatScaled } from '../domain/units.ts';
import type { ReadOnly } from './open-read-only.ts';

/** Answers questions about the past one after the other, each in a worker beside the writer. */
export class HistoryDesk implements Archive {
  readonly #directory: Pick<ReadOnly, 'history'>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(directory: Pick<ReadOnly, 'history'>) {
    this.#directory = directory;
  }

  readings(query: ReadingsQuery): Promise<ReadingsPage> {
    const answer = this.#last.then(() => this.#read(query));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #read({ stream, from, to, limit, cursor }: ReadingsQuery): Promise<ReadingsPage> {
    const seq = cursor === null ? 0 : Number(cursor);
    if (!Number.isSafeInteger(seq) || seq < 0) throw new Refused('INVALID', `"${cursor}" is no cursor`);
    const page = await this.#directory.history({ stream, from, to, limit, seq });
    if (page === null) throw new Refused('NOT_FOUND', `there is no stream ${stream}`);
    const { unit, exp, next } = page;
    const readings = page.readings.map((r) => ({ ...r, text: r.v === null ? null : formatScaled(r.v, exp) }));
    return { stream, unit, readings, next: next === null ? null : String(next) };
  }
}
