import type { Archive, ReadingsQuery } from '../api/port.ts';
import { HttpProblem } from '../api/problem.ts';
import type { ReadingsPage } from '../api/types.ts';
import { Refused } from '../domain/errors.ts';
import { formatScaled } from '../domain/units.ts';
import type { ReadOnly } from './open-read-only.ts';

/** Questions that may wait for the one being answered: each holds its caller's connection. */
const MOST_WAITING = 32;

/** Answers questions about the past one after the other, each in a worker beside the writer. */
export class HistoryDesk implements Archive {
  readonly #directory: Pick<ReadOnly, 'history'>;
  #last: Promise<unknown> = Promise.resolve();
  /** Questions taken and not answered yet. */
  #open = 0;

  constructor(directory: Pick<ReadOnly, 'history'>) {
    this.#directory = directory;
  }

  async readings(query: ReadingsQuery): Promise<ReadingsPage> {
    if (this.#open > MOST_WAITING) {
      const why = `${MOST_WAITING} questions about the past wait already`;
      throw new HttpProblem(503, 'TOO_MANY', why, { 'retry-after': '1' });
    }
    this.#open++;
    const answer = this.#last.then(() => this.#read(query)).finally(() => this.#open--);
    this.#last = answer.catch(() => undefined);
    return await answer;
  }

  async #read({ stream, from, to, limit, cursor }: ReadingsQuery): Promise<ReadingsPage> {
    const seq = cursor === null ? 0 : Number(cursor);
    if (!Number.isSafeInteger(seq) || seq < 0) throw new Refused('INVALID', `"${cursor}" is no cursor`);
    const page = await this.#directory.history({ stream, from, to, limit, seq });
    if (page === null) throw new Refused('NOT_FOUND', `there is no stream ${stream}`);
    const { unit, exp, next, erased } = page;
    const readings = page.readings.map((r) => ({ ...r, text: r.v === null ? null : formatScaled(r.v, exp) }));
    return { stream, unit, readings, erased, next: next === null ? null : String(next) };
  }
}
