import type { HealthNote } from '../../domain/device.ts';

/** What passes by itself, such as an exception, is shown for so long, ms. */
const SHOWN_MS = 60_000;

/** How a reader stands: what keeps it from working, else what it complains of, else `ok`. */
export class Standing {
  readonly #device: string;
  readonly #complaints = new Map<string, { readonly text: string; readonly until: number }>();
  #told: string | null = null;

  constructor(device: string) {
    this.#device = device;
  }

  /** The connection or the setting up failed; complaints of before say nothing any more. */
  down(reason: string): HealthNote[] {
    this.#complaints.clear();
    return this.#tell(reason, false);
  }

  /** Is told by the next `up`. @param lasts until it is taken back, or only for a while */
  complain(key: string, text: string, now: number, lasts: boolean): void {
    this.#complaints.set(key, { text, until: lasts ? Infinity : now + SHOWN_MS });
  }

  takeBack(key: string): void {
    this.#complaints.delete(key);
  }

  /** The reader works. @param now monotonic, ms */
  up(now: number): HealthNote[] {
    for (const [key, { until }] of this.#complaints) if (now >= until) this.#complaints.delete(key);
    const [first] = this.#complaints.values();
    return this.#tell(first?.text ?? 'ok', first === undefined);
  }

  #tell(reason: string, healthy: boolean): HealthNote[] {
    if (reason === this.#told) return [];
    this.#told = reason;
    return [{ device: this.#device, healthy, reason }];
  }
}
