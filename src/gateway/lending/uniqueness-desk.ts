import type { Uniqueness } from '../../api/standing-types.ts';
import type { Goods } from '../../goods/goods.ts';
import { compareReceipts, type LocalUniqueness } from '../../goods/uniqueness.ts';
import type { ForeignTags } from '../../intake/foreign-tags.ts';
import { keyedHash, UnreachableIndex, type UniquenessAsk } from './uniqueness-client.ts';

/** The index across sites, as configured. */
export type SharedIndex = {
  /** For people: its host. */
  readonly name: string;
  readonly ask: UniquenessAsk;
  /** Of the consortium: hashes are keyed with it. */
  readonly key: { reveal(): string };
  readonly everyMs: number;
};

export type UniquenessDeskParts = {
  /** null where no goods are kept. */
  readonly goods: Pick<Goods, 'items' | 'receipts' | 'lots'> | null;
  readonly zones: readonly string[];
  /** Evidence time, ms. */
  readonly now: () => number;
  /** null: nothing is compared across sites. */
  readonly index: SharedIndex | null;
  /** Told which tags another site tells of, too. */
  readonly foreign: ForeignTags;
  readonly onError: (error: unknown) => void;
  readonly log: (message: string, why: string) => void;
};

/** Receipts are compared again when what was found is older than this, ms. */
const CYCLE_MS = 60_000;
/** Hashes that one call tells. */
const MOST_HASHES = 50_000;

/** What speaks against one lot, one receipt: here, and as far as the index across sites tells. */
export class UniquenessDesk implements Disposable {
  readonly #parts: UniquenessDeskParts;
  readonly #over = new AbortController();
  #found: ReadonlyMap<string, LocalUniqueness> = new Map();
  #comparedAt = -Infinity;
  /** Who else tells of a tag, by EPC. */
  #elsewhere: ReadonlyMap<string, string> = new Map();
  #checkedAt: number | null = null;
  #unreachedSince: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: UniquenessDeskParts) {
    this.#parts = parts;
    if (parts.index !== null && parts.goods !== null) this.#arm(0);
  }

  of(receipt: string): Uniqueness {
    const all = this.#compared();
    const own = all.get(receipt);
    const { index } = this.#parts;
    const checked = { checkedAt: this.#checkedAt, unreachedSince: this.#unreachedSince };
    return {
      signals: [...(own?.signals ?? []), ...this.#foreignOf(own?.epcs ?? [])],
      here: { receipts: all.size, tidShare: own?.tidShare ?? null },
      index: index === null ? null : { name: index.name, ...checked },
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#over.abort();
  }

  /** Of every receipt that is alive, as of a minute ago at most. */
  #compared(): ReadonlyMap<string, LocalUniqueness> {
    const { goods, zones, now } = this.#parts;
    // Also after a clock that was set back.
    if (goods !== null && Math.abs(now() - this.#comparedAt) >= CYCLE_MS) {
      this.#found = compareReceipts(goods, zones);
      this.#comparedAt = now();
    }
    return this.#found;
  }

  #foreignOf(epcs: readonly string[]): Uniqueness['signals'] {
    const others = new Map<string, number>();
    for (const epc of epcs) {
      const other = this.#elsewhere.get(epc);
      if (other !== undefined) others.set(other, (others.get(other) ?? 0) + 1);
    }
    return [...others].map(([other, count]) => ({ kind: 'other-site', other, count }));
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#cycle().then(
        () => this.#over.signal.aborted || this.#arm(this.#parts.index?.everyMs ?? CYCLE_MS),
        this.#parts.onError,
      );
    }, ms);
    this.#timer.unref();
  }

  /** Tells the index which tags receipts name here, and learns who else does. */
  async #cycle(): Promise<void> {
    const { goods, index, zones, now, foreign, log } = this.#parts;
    if (goods === null || index === null) return;
    const startedAt = now();
    this.#comparedAt = startedAt;
    this.#found = compareReceipts(goods, zones);
    const key = index.key.reveal();
    const epcs = [...new Set([...this.#found.values()].flatMap((u) => u.epcs))].slice(0, MOST_HASHES);
    const byHash = new Map(epcs.map((epc) => [keyedHash(key, epc), epc]));
    try {
      const told = await index.ask([...byHash.keys()], this.#over.signal);
      const found = told.flatMap(({ hash, by }) => {
        const epc = byHash.get(hash);
        return epc === undefined ? [] : [[epc, by] as const];
      });
      this.#elsewhere = new Map(found);
      foreign.replace(this.#elsewhere);
      this.#checkedAt = startedAt;
      this.#unreachedSince = null;
    } catch (error) {
      if (this.#over.signal.aborted) return;
      if (!(error instanceof UnreachableIndex)) throw error;
      if (this.#unreachedSince === null) log('the index of uniqueness is not reached', error.message);
      this.#unreachedSince ??= startedAt;
    }
  }
}
