import { closeSync, createReadStream, fstatSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Bundles } from '../../api/port.ts';
import { HttpProblem } from '../../api/problem.ts';
import type { BundleWish } from '../../domain/bundle-wish.ts';
import { Refused } from '../../domain/errors.ts';
import type { ReadOnly } from './open-read-only.ts';

/** Bundles that may wait for the one being made: each is minutes of a small gateway's time. */
const MOST_WAITING = 4;

/** Makes bundles one after the other, each in a worker beside the writer, and hands them out as streams. */
export class BundleDesk implements Bundles {
  readonly #directory: Pick<ReadOnly, 'export'>;
  readonly #folder: string;
  #last: Promise<unknown> = Promise.resolve();
  #open = 0;

  /** @param folder on the data's own medium; what a killed process left there is removed */
  constructor(directory: Pick<ReadOnly, 'export'>, folder: string) {
    this.#directory = directory;
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
  }

  async make(query: BundleWish, gone: AbortSignal): Promise<Made> {
    if (this.#open > MOST_WAITING)
      throw new HttpProblem(503, 'TOO_MANY', `${MOST_WAITING} bundles wait already`, { 'retry-after': '10' });
    this.#open++;
    const made = this.#last.then(() => this.#make(query, gone)).finally(() => this.#open--);
    this.#last = made.catch(() => undefined);
    return await made;
  }

  async #make(wish: BundleWish, gone: AbortSignal): Promise<Made> {
    gone.throwIfAborted();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const own = mkdtempSync(join(this.#folder, 'bundle-'));
    try {
      const out = join(own, 'bundle.zip');
      const made = await this.#directory.export(
        { ...wish, policyFile: null, out, firstOnly: true },
        { signal: gone },
      );
      if (!made.ok) throw new Refused('INVALID', made.why);
      const until = made.value.bundles[0]?.question.to ?? wish.to;
      return { until, ...readOnce(out, gone) };
    } finally {
      // An open file outlives its name: whatever becomes of us, none is left behind.
      rmSync(own, { recursive: true, force: true });
    }
  }
}

type Made = { readonly until: number; readonly bytes: number; readonly content: Readable };

function readOnce(file: string, gone: AbortSignal): Pick<Made, 'bytes' | 'content'> {
  const fd = openSync(file, 'r');
  if (gone.aborted) {
    closeSync(fd);
    throw gone.reason;
  }
  return { bytes: fstatSync(fd).size, content: createReadStream(file, { fd, autoClose: true }) };
}
