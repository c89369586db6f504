/**
 * Remembers what was taken lately, so that a message delivered again (QoS 1 may) is not journaled
 * twice. One bounded memory for all devices: what a broker redelivers are the last messages that
 * were not acknowledged, of whatever device.
 */
export class Repeats {
  readonly #seen = new Set<string>();
  readonly #seeded = new Set<string>();
  readonly #most: number;

  /** @param most entries kept; more than ever wait for an acknowledgement */
  constructor(most = 8192) {
    this.#most = most;
  }

  /**
   * True when this device's message was taken before.
   * @param seeded what the journal shows of such a message after a restart, null for nothing
   */
  isRepeat(device: string, identity: string, seeded: string | null): boolean {
    const key = `${device}\n${identity}`;
    if (this.#seen.has(key)) return true;
    if (seeded !== null && this.#seeded.has(`${device}\n${seeded}`)) return true;
    this.#seen.add(key);
    if (this.#seen.size > this.#most) this.#forgetOldest();
    return false;
  }

  /** Notes what the journal already holds of the time before a restart. */
  seed(device: string, identity: string): void {
    this.#seeded.add(`${device}\n${identity}`);
  }

  #forgetOldest(): void {
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      return;
    }
  }
}
