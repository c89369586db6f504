/**
 * Remembers what was taken lately, so that a message delivered again (QoS 1 may) is not journaled
 * twice. One bounded memory for all devices: what a broker redelivers are the last messages that
 * were not acknowledged, of whatever device.
 */
export class Repeats {
  /** Two generations: a set that drops its oldest entry one by one slows down with every one. */
  #young = new Set<string>();
  #old = new Set<string>();
  readonly #seeded = new Set<string>();
  readonly #most: number;

  /** @param most messages remembered at least; more than ever wait for an acknowledgement */
  constructor(most = 4096) {
    this.#most = most;
  }

  /**
   * True when this device's message was taken before.
   * @param seeded what the journal shows of such a message after a restart, null for nothing
   */
  isRepeat(device: string, identity: string, seeded: string | null): boolean {
    const key = `${device}\n${identity}`;
    if (this.#young.has(key) || this.#old.has(key)) return true;
    if (seeded !== null && this.#seeded.has(`${device}\n${seeded}`)) return true;
    this.#young.add(key);
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return false;
  }

  /** Notes what the journal already holds of the time before a restart. */
  seed(device: string, identity: string): void {
    this.#seeded.add(`${device}\n${identity}`);
  }
}
