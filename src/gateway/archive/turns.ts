import { HttpProblem } from '../../api/problem.ts';

/** Questions that may wait for the one being answered: each holds its caller's connection. */
const MOST_WAITING = 32;

/** Questions about the past, answered one after the other: each is a worker's time on a small gateway. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  /** Questions taken and not answered yet. */
  #open = 0;

  /** @throws HttpProblem 503 while too many wait */
  async take<T>(read: () => Promise<T>): Promise<T> {
    if (this.#open > MOST_WAITING) {
      const why = `${MOST_WAITING} questions about the past wait already`;
      throw new HttpProblem(503, 'TOO_MANY', why, { 'retry-after': '1' });
    }
    this.#open++;
    const answer = this.#last.then(read).finally(() => this.#open--);
    this.#last = answer.catch(() => undefined);
    return await answer;
  }
}
