/**
 * Correction registers let anybody with a cable shift what a sensor reports: none may be set, and none may
 * change without a word.
 */
export class Corrections {
  #values: readonly (number | null)[] | null = null;
  #complaint: string | undefined;

  /** What is wrong with the registers as they were read last. */
  get complaint(): string | undefined {
    return this.#complaint;
  }

  read(values: readonly (number | null)[]): void {
    const before = this.#values;
    this.#values = values;
    if (values.some((v) => v !== 0)) this.#complaint = `correction ${values.join(',')}`;
    else if (before !== null && before.some((v) => v !== 0)) {
      this.#complaint = `correction ${values.join(',')} was ${before.join(',')}`;
    } else this.#complaint = undefined;
  }
}
