/**
 * Remembers what was taken lately, so that a message delivered again (QoS 1 may) is not journaled
 * twice. Each device has a memory of its own: what comes again are its last messages that were not
 * acknowledged, however much others said in between.
 */
export class Repeats {
  readonly #devices = new Map<string, Memory>();
  readonly #most: number;
  readonly #mostInAll: number;
  /** Messages in the young half of all memories. */
  #young = 0;

  /**
   * @param most messages of a device remembered at least; more than one that waits for
   *   acknowledgements has under way
   * @param mostInAll bound over all devices: where it is reached, every memory gives up its older half
   */
  constructor(most = 2048, mostInAll = 65_536) {
    this.#most = most;
    this.#mostInAll = mostInAll;
  }

  /**
   * True when this device's message was taken before.
   * @param seeded what the journal shows of such a message after a restart, null for nothing
   */
  isRepeat(device: string, identity: string, seeded: string | null): boolean {
    const memory = this.#memoryOf(device);
    if (memory.young.has(identity) || memory.old.has(identity)) return true;
    if (seeded !== null && memory.seeded.has(seeded)) return true;
    memory.young.add(identity);
    this.#young++;
    if (memory.young.size >= this.#most) this.#age(memory);
    if (2 * this.#young >= this.#mostInAll) for (const each of this.#devices.values()) this.#age(each);
    return false;
  }

  /** Notes what the journal already holds of the time before a restart. */
  seed(device: string, identity: string): void {
    this.#memoryOf(device).seeded.add(identity);
  }

  /** Two generations: a set that drops its oldest entry one by one slows down with every one. */
  #age(memory: Memory): void {
    this.#young -= memory.young.size;
    memory.old = memory.young;
    memory.young = new Set();
  }

  #memoryOf(device: string): Memory {
    let memory = this.#devices.get(device);
    if (memory === undefined) {
      memory = { young: new Set(), old: new Set(), seeded: new Set() };
      this.#devices.set(device, memory);
    }
    return memory;
  }
}

type Memory = { young: Set<string>; old: Set<string>; readonly seeded: Set<string> };
