/** How many of a device's last marks are remembered; more than a broker redelivers to one device. */
const WINDOW = 1024;

/**
 * Recognises what was delivered before. MQTT QoS 1 may send again what was committed but not yet
 * acknowledged; where the payload carries a number or a time of its own (its mark), such a repeat
 * is known by it. The window is exact, so a device whose counter starts anew is not mistaken.
 */
export class Repeats {
  readonly #seen = new Map<string, Set<number>>();

  /** True when this device's mark was taken before; remembers it otherwise. */
  isRepeat(device: string, mark: number): boolean {
    let marks = this.#seen.get(device);
    if (marks === undefined) {
      marks = new Set();
      this.#seen.set(device, marks);
    }
    if (marks.has(mark)) return true;
    marks.add(mark);
    if (marks.size > WINDOW) {
      const oldest = marks.values().next();
      if (oldest.done !== true) marks.delete(oldest.value);
    }
    return false;
  }

  /** Marks by device, oldest first, to be kept with a sealed block and seeded at the next start. */
  windows(): { device: string; marks: readonly number[] }[] {
    return [...this.#seen].map(([device, marks]) => ({ device, marks: [...marks] }));
  }
}
