/**
 * How many messages each client has left: `perSecond`, saved up for `burstS` seconds. A client keeps
 * its account when it comes back, so that cutting it off means something.
 */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #nowMs: () => number;
  readonly #accounts = new Map<string, { left: number; at: number }>();

  constructor(perSecond: number, burstS: number, nowMs: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = perSecond * burstS;
    this.#nowMs = nowMs;
  }

  /** Takes one message from the client's account; false when it is empty. */
  take(client: string): boolean {
    const account = this.#account(client);
    if (account.left < 1) return false;
    account.left--;
    return true;
  }

  /** True while the client has used up more than half, and should not come back yet. */
  isSpent(client: string): boolean {
    return this.#accounts.has(client) && this.#account(client).left < this.#burst / 2;
  }

  #account(client: string): { left: number; at: number } {
    const now = this.#nowMs();
    let account = this.#accounts.get(client);
    if (account === undefined) {
      if (this.#accounts.size >= MOST_CLIENTS) this.#forgetFull(now);
      this.#accounts.set(client, (account = { left: this.#burst, at: now }));
    }
    account.left = Math.min(this.#burst, account.left + ((now - account.at) / 1000) * this.#perSecond);
    account.at = now;
    return account;
  }

  /** A full account says nothing that a new one would not. */
  #forgetFull(now: number): void {
    for (const [client, { left, at }] of this.#accounts) {
      if (left + ((now - at) / 1000) * this.#perSecond >= this.#burst) this.#accounts.delete(client);
    }
  }
}

const MOST_CLIENTS = 10_000;
