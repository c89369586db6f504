import type { Uniqueness } from '../../api/standing-types.ts';
import type { Goods } from '../../goods/goods.ts';
import { compareReceipts, type LocalUniqueness } from '../../goods/uniqueness.ts';

export type UniquenessDeskParts = {
  /** null where no goods are kept. */
  readonly goods: Pick<Goods, 'items' | 'receipts' | 'lots'> | null;
  readonly zones: readonly string[];
  /** Evidence time, ms. */
  readonly now: () => number;
};

/** Receipts are compared again when what was found is older than this, ms. */
const CYCLE_MS = 60_000;

/** What speaks against one lot, one receipt: here, and as far as the index across sites tells. */
export class UniquenessDesk {
  readonly #parts: UniquenessDeskParts;
  #found: ReadonlyMap<string, LocalUniqueness> = new Map();
  #comparedAt = -Infinity;

  constructor(parts: UniquenessDeskParts) {
    this.#parts = parts;
  }

  of(receipt: string): Uniqueness {
    const all = this.compared();
    const own = all.get(receipt);
    return {
      signals: own?.signals ?? [],
      here: { receipts: all.size, tidShare: own?.tidShare ?? null },
      index: null,
    };
  }

  /** Of every receipt that is alive, as of a minute ago at most. */
  compared(): ReadonlyMap<string, LocalUniqueness> {
    const { goods, zones, now } = this.#parts;
    // Also after a clock that was set back.
    if (goods !== null && Math.abs(now() - this.#comparedAt) >= CYCLE_MS) {
      this.#found = compareReceipts(goods, zones);
      this.#comparedAt = now();
    }
    return this.#found;
  }
}
