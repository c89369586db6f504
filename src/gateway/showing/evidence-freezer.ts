import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { BundleWish } from '../../domain/bundle-wish.ts';
import type { HandOverFact } from '../../domain/goods/hand-over.ts';

/** So much before and after an objection is kept, ms. */
const MARGIN_MS = 600_000;
const LOOK_MS = 15_000;

/** Writes the bundle of a window into a file. */
type Past = {
  export(
    wish: BundleWish & { readonly policyFile: null; readonly out: string; readonly firstOnly: true },
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: string }>;
};

export type FreezerParts = {
  readonly past: Past;
  /** Folder of the data directory in which the files are kept. */
  readonly folder: string;
  readonly handOvers: () => readonly HandOverFact[];
  /** End of what is sealed, evidence time, ms: only that can be proved. */
  readonly sealedUntil: () => number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
};

/**
 * Keeps, for every objection to a hand-over, what was recorded in its zone 10 minutes before and after: nobody has to
 * think of it. What is missing is made as soon as it is sealed, also after a restart; a file is never made twice.
 */
export class EvidenceFreezer implements AsyncDisposable {
  readonly #parts: FreezerParts;
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: FreezerParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Path of the file of an objection; null while it is not made. */
  fileOf(id: string, seq: number): string | null {
    const file = this.#pathOf(id, seq);
    return existsSync(file) ? file : null;
  }

  /** Makes what is due, one file after the other. */
  look(): Promise<void> {
    this.#work = this.#work.then(() => this.#makeDue());
    return this.#work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#over.abort();
    await this.#work;
  }

  async #makeDue(): Promise<void> {
    const { handOvers, sealedUntil } = this.#parts;
    for (const { id, terms, exceptions } of handOvers())
      for (const { at, ref } of exceptions) {
        if (this.#over.signal.aborted) return;
        if (at + MARGIN_MS <= sealedUntil() && this.fileOf(id, ref.seq) === null)
          await this.#make(id, ref.seq, wishOf(terms.zone, at));
      }
  }

  async #make(id: string, seq: number, wish: BundleWish): Promise<void> {
    const { past, folder, log } = this.#parts;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const out = this.#pathOf(id, seq);
    try {
      const made = await past.export(
        { ...wish, policyFile: null, out, firstOnly: true },
        { signal: this.#over.signal },
      );
      if (made.ok) log.info({ handOver: id, file: out }, 'evidence of an objection is kept');
      else log.warn({ handOver: id, why: made.why }, 'evidence of an objection cannot be kept');
    } catch (error) {
      if (!this.#over.signal.aborted)
        log.warn({ handOver: id, err: error }, 'evidence of an objection is not kept yet');
    }
  }

  #pathOf(id: string, seq: number): string {
    return join(this.#parts.folder, `${Buffer.from(id).toString('base64url')}-${seq}.zip`);
  }
}

function wishOf(zone: string, at: number): BundleWish {
  return {
    select: { kind: 'zone', zone },
    ask: { kind: 'range', unit: null, min: null, max: null, maxGapMs: null, allowOutMs: 0, allowGapMs: 0 },
    from: Math.max(0, at - MARGIN_MS),
    to: at + MARGIN_MS,
    mode: 'full',
    times: [],
    events: true,
  };
}
