import type { Report } from '../vehicle/vehicle.ts';
import type { Gga, Rmc, Sentence } from './codec.ts';

/** Tenths of a km/h of a hundredth of a knot. */
const PER_KNOT = 0.1852;
/** GGA qualities and RMC modes of positions that no satellite gave. */
const NOT_MEASURED: ReadonlySet<number | string> = new Set([6, 7, 8, 'E', 'M', 'S']);

/**
 * Puts the RMC and the GGA of one instant together, whichever comes first: time and speed stand in
 * the one, satellites in the other. An instant is told when both are there or the next one begins.
 */
export class Epochs {
  #rmc: Rmc | null = null;
  #gga: Gga | null = null;

  /** The report that this sentence completes, if any. */
  take(sentence: Sentence): Report[] {
    const reports: Report[] = [];
    const held = this.#rmc ?? this.#gga;
    const again = sentence.type === 'RMC' ? this.#rmc !== null : this.#gga !== null;
    if (held !== null && (again || held.time !== sentence.time)) reports.push(...this.#tell());
    if (sentence.type === 'RMC') this.#rmc = sentence;
    else this.#gga = sentence;
    if (this.#rmc !== null && this.#gga !== null) reports.push(...this.#tell());
    return reports;
  }

  #tell(): Report[] {
    const [rmc, gga] = [this.#rmc, this.#gga];
    this.#rmc = null;
    this.#gga = null;
    const place = rmc?.place ?? gga?.place ?? null;
    // Both must say so: a receiver that lost its fix may be late in one of them.
    const fixed = place !== null && (rmc?.valid ?? true) && rmc?.mode !== 'N' && (gga?.quality ?? 1) > 0;
    const measured = !NOT_MEASURED.has(gga?.quality ?? 0) && !NOT_MEASURED.has(rmc?.mode ?? '');
    return [
      {
        at: rmc?.at ?? undefined,
        fix: !fixed ? 0 : measured ? 1 : 2,
        latitude: place?.latitude ?? 0,
        longitude: place?.longitude ?? 0,
        speed: rmc?.speed === null || rmc === null ? null : Math.round(rmc.speed * PER_KNOT),
        satellites: gga?.satellites ?? null,
        values: new Map(),
      },
    ];
  }
}
