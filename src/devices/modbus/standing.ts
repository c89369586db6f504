import type { HealthNote } from '../../domain/device.ts';
import type { DeviceErrorCode } from '../../domain/errors.ts';

/** One lost frame on a bus is no news; so many polls in a row without a good answer are. */
const FAILURES_TO_TELL = 3;

const SHORT: Readonly<Record<DeviceErrorCode, string>> = {
  TIMEOUT: 'timeout',
  CHECKSUM: 'checksum',
  EXCEPTION_REPLY: 'exception',
  MALFORMED: 'malformed',
  PORT_LOST: 'port-lost',
  REFUSED: 'refused',
};

/** How a slave stands: turns the outcomes of polls into the few notes that are news. */
export class Standing {
  readonly #device: string;
  #told: string | null = null;
  #failures = 0;
  #corrections: readonly (number | null)[] | null = null;
  #attested: string | null = null;

  constructor(device: string) {
    this.#device = device;
  }

  /** Correction registers let anybody with a cable shift what a sensor reports: none may be set or change. */
  attest(values: readonly (number | null)[]): void {
    const before = this.#corrections;
    this.#corrections = values;
    if (values.some((v) => v !== 0)) this.#attested = `correction ${values.join(',')}`;
    else if (before !== null && before.some((v) => v !== 0)) {
      this.#attested = `correction ${values.join(',')} was ${before.join(',')}`;
    } else this.#attested = null;
  }

  /** After a poll: the note to send, none when nothing is new. `backingOff` tells of a silent slave. */
  after(failure: { code: DeviceErrorCode; exception?: number } | null, backingOff: boolean): HealthNote[] {
    this.#failures = failure === null ? 0 : this.#failures + 1;
    if (failure === null) return this.#tell(this.#attested ?? 'ok');
    const atOnce = failure.code === 'PORT_LOST' || failure.code === 'EXCEPTION_REPLY';
    if (!atOnce && this.#failures < FAILURES_TO_TELL) return [];
    if (failure.exception !== undefined) return this.#tell(`exception ${failure.exception}`);
    return this.#tell(backingOff ? 'timeout, asked less often' : SHORT[failure.code]);
  }

  #tell(reason: string): HealthNote[] {
    if (reason === this.#told) return [];
    this.#told = reason;
    return [{ device: this.#device, healthy: reason === 'ok', reason }];
  }
}
