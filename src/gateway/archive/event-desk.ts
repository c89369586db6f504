import type { ThingFound } from '../../api/epcis.ts';
import { HttpProblem } from '../../api/problem.ts';
import { readEpcisStore, type EpcisStore } from '../../buffer/epcis-store.ts';
import type { EventPage, EventQuery } from '../../domain/epcis-events.ts';
import { namedByHex } from '../../epcis/journal/epc-uri.ts';
import { parted } from '../../epcis/journal/memory.ts';
import type { Naming } from '../../epcis/journal/naming.ts';
import { thingNamed } from '../../epcis/journal/things.ts';
import { openReadOnly, type ReadOnly } from './open-read-only.ts';

/** Questions that may wait for the one being answered: each holds its caller's connection. */
const MOST_WAITING = 32;

type Told = {
  /** After events were made, even if there are none. */
  readonly onMade: () => void;
  readonly onError: (error: unknown) => void;
};

/** Makes the events of what was sealed, and finds them, in workers beside the writer: making and finding never wait for each other. */
export class EventDesk implements AsyncDisposable {
  readonly #directory: string;
  readonly #naming: Naming;
  readonly #reader: Pick<ReadOnly, 'makeEvents' | 'findEvents'>;
  readonly #told: Told;
  readonly #stop = new AbortController();
  #making: Promise<void> | null = null;
  #again = false;
  #last: Promise<unknown> = Promise.resolve();
  #open = 0;

  constructor(directory: string, naming: Naming, told: Told) {
    this.#directory = directory;
    this.#naming = naming;
    this.#told = told;
    this.#reader = openReadOnly(directory);
  }

  /** Something was sealed. What cannot be made now is made with the next block. */
  advance(): void {
    if (this.#stop.signal.aborted) return;
    if (this.#making !== null) {
      this.#again = true;
      return;
    }
    this.#making = this.#make().finally(() => {
      this.#making = null;
      if (!this.#again) return;
      this.#again = false;
      this.advance();
    });
  }

  async #make(): Promise<void> {
    const { signal } = this.#stop;
    try {
      await this.#reader.makeEvents({ naming: this.#naming }, { signal });
      this.#told.onMade();
    } catch (error) {
      if (!signal.aborted) this.#told.onError(error);
    }
  }

  async find(query: EventQuery): Promise<EventPage> {
    if (this.#open > MOST_WAITING)
      throw new HttpProblem(503, 'TOO_MANY', `${MOST_WAITING} questions wait already`, {
        'retry-after': '1',
      });
    this.#open++;
    const { signal } = this.#stop;
    const answer = this.#last
      .then(() => this.#reader.findEvents({ query }, { signal }))
      .finally(() => this.#open--);
    this.#last = answer.catch(() => undefined);
    return await answer;
  }

  /** One short read of what was made; `none` before anything was. @throws StorageError */
  look<T>(read: (store: EpcisStore) => T, none: T): T {
    const store = readEpcisStore(this.#directory);
    if (store === null) return none;
    using _ = store;
    return read(store);
  }

  /** @param uri canonical */
  thing(uri: string): Omit<ThingFound, 'receipts'> | null {
    return this.look((store) => {
      const found = thingNamed(uri, store);
      if (found === null) return null;
      const { epc, lot, zone, since, seenBy, seenAt, ...evidence } = found;
      const within = store.get(`in/${epc}`);
      const contents = store.get(`holds/${epc}`);
      return {
        uri,
        epc,
        lot,
        place: zone === '' ? null : { zone, since },
        seen: seenBy === '' ? null : { point: seenBy, at: seenAt },
        contains: (contents === null ? [] : parted(contents)).flatMap((one) => namedByHex(one)?.uri ?? []),
        within: within === null ? null : (namedByHex(within)?.uri ?? null),
        evidence,
      };
    }, null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the gateway is closing'));
    await this.#making;
    await this.#last;
  }
}
