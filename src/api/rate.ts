const KEYS = 4096;

/** Token buckets by key; the least recently used key is forgotten when there are too many. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #most: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { level: number; at: number }>();

  /**
   * @param perSecond calls a second
   * @param most at once after a rest
   */
  constructor(perSecond: number, now: () => number = () => performance.now(), most: number = perSecond) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#now = now;
  }

  /** Takes one; 0 when there was one to take, else the ms until there is. */
  take(key: string): number {
    const now = this.#now();
    const found = this.#buckets.get(key);
    const refilled =
      found === undefined ? Infinity : found.level + ((now - found.at) / 1000) * this.#perSecond;
    const level = Math.min(this.#most, refilled);
    const left = level >= 1 ? level - 1 : level;
    this.#buckets.delete(key);
    this.#buckets.set(key, { level: left, at: now });
    if (this.#buckets.size > KEYS) this.#forgetOldest();
    return level >= 1 ? 0 : Math.ceil(((1 - level) / this.#perSecond) * 1000);
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}
