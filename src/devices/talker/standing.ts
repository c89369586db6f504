import type { HealthNote } from '../../domain/device.ts';
import type { DeviceErrorCode } from '../../domain/errors.ts';
import type { LineState } from '../line.ts';

/** One bad frame is no news; so many in a row are. */
const BAD_TO_TELL = 3;

/** How a device that speaks by itself stands: the few notes that are news. */
export class Standing {
  readonly #device: string;
  #told: string | null = null;
  #bad = 0;

  constructor(device: string) {
    this.#device = device;
  }

  good(complaint: string | undefined): HealthNote[] {
    this.#bad = 0;
    return this.#tell(complaint ?? 'ok');
  }

  bad(code: DeviceErrorCode): HealthNote[] {
    this.#bad++;
    return this.#bad < BAD_TO_TELL ? [] : this.#tell(code === 'CHECKSUM' ? 'checksum' : 'malformed');
  }

  /** Nothing good was heard for a time: that it is nonsense, or the line is gone, says more. */
  silent(): HealthNote[] {
    return this.#bad >= BAD_TO_TELL || this.#told?.startsWith('port-') === true ? [] : this.#tell('timeout');
  }

  /** A line that is open says nothing of the device behind it. */
  line(state: LineState): HealthNote[] {
    this.#bad = 0;
    if (state.reason === 'port-lost' || state.reason === 'port-denied') return this.#tell(state.reason);
    if (state.up && this.#told?.startsWith('port-') === true) this.#told = null;
    return [];
  }

  #tell(reason: string): HealthNote[] {
    if (reason === this.#told) return [];
    this.#told = reason;
    return [{ device: this.#device, healthy: reason === 'ok', reason }];
  }
}
