import { GapReason } from './segment.ts';
import type { Gap } from './segment.ts';

/**
 * Which time of a block a stream's readings cover (evidence section 4.3). The gateway and every
 * verifier run this over the same readings, so a gap can be neither hidden nor invented.
 */
export class Coverage {
  readonly #maxGapMs: number;
  readonly #atStart: { readonly reason: GapReason; readonly until: number };
  readonly #gaps: Gap[] = [];
  /** Time before it is covered or in #gaps. */
  #known: number;
  #coveredUntil: number | null;
  /** First unusable reading after #known, null for none. */
  #firstBad: number | null = null;

  /**
   * @param start.maxGapMs time a reading covers, ms; 0 for none
   * @param start.coveredUntil end of what readings of earlier blocks cover; null where coverage
   *   starts anew: in a block with STEP, after a change of descriptor, in a stream's first segment
   * @param start.reason why nothing is covered at t0, where more than silence is known
   */
  constructor(start: {
    readonly t0: number;
    readonly maxGapMs: number;
    readonly coveredUntil: number | null;
    readonly reason?: GapReason;
  }) {
    this.#maxGapMs = start.maxGapMs;
    this.#coveredUntil = start.coveredUntil;
    this.#known = Math.max(start.t0, start.coveredUntil ?? start.t0);
    this.#atStart = { reason: start.reason ?? GapReason.deviceSilent, until: start.t0 };
  }

  /** End of the time covered so far, null for none. It may lie in later blocks. */
  get coveredUntil(): number | null {
    return this.#coveredUntil;
  }

  /** A usable reading, or a round of a read point, at t. Times never fall from call to call. */
  usable(t: number): void {
    if (this.#maxGapMs === 0) return;
    if (t > this.#known) this.#gaps.push(this.#gapTo(t));
    this.#known = Math.max(this.#known, t + this.#maxGapMs);
    this.#coveredUntil = Math.max(this.#coveredUntil ?? 0, t + this.#maxGapMs);
    this.#firstBad = null;
  }

  /** A reading at t that is not usable: it covers nothing, but the device was not silent. */
  unusable(t: number): void {
    if (this.#firstBad === null && t >= this.#known) this.#firstBad = t;
  }

  /** Every maximal uncovered interval of [t0, t1), in order. Can be asked again. */
  gaps(t1: number): Gap[] {
    return this.#known < t1 ? [...this.#gaps, this.#gapTo(t1)] : [...this.#gaps];
  }

  #gapTo(to: number): Gap {
    return { from: this.#known, to, reason: this.#reason(to) };
  }

  #reason(to: number): GapReason {
    const { reason, until } = this.#atStart;
    if (this.#known === until && reason !== GapReason.deviceSilent) return reason;
    return this.#firstBad !== null && this.#firstBad < to ? GapReason.valuesUnusable : GapReason.deviceSilent;
  }
}
