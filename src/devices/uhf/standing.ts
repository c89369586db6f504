import type { HealthNote } from '../../domain/device.ts';
import type { DeviceErrorCode } from '../../domain/errors.ts';

/** One lost frame is no news; so many rounds in a row that failed are. */
const FAILURES_TO_TELL = 3;

const SHORT: Readonly<Record<DeviceErrorCode, string>> = {
  TIMEOUT: 'timeout',
  CHECKSUM: 'checksum',
  EXCEPTION_REPLY: 'exception',
  MALFORMED: 'malformed',
  PORT_LOST: 'port-lost',
  REFUSED: 'refused',
};

/** How a reader stands: turns the outcomes of rounds into the few notes that are news. */
export class Standing {
  readonly #device: string;
  #told: string | null = null;
  #failures = 0;

  constructor(device: string) {
    this.#device = device;
  }

  /** After a round: the note to send, none when nothing is new. */
  after(failure: { readonly code: DeviceErrorCode; readonly detail: string } | null): HealthNote[] {
    this.#failures = failure === null ? 0 : this.#failures + 1;
    if (failure === null) return this.#tell('ok');
    if (failure.code === 'EXCEPTION_REPLY') return this.#tell(failure.detail);
    if (failure.code !== 'PORT_LOST' && this.#failures < FAILURES_TO_TELL) return [];
    return this.#tell(SHORT[failure.code]);
  }

  #tell(reason: string): HealthNote[] {
    if (reason === this.#told) return [];
    this.#told = reason;
    return [{ device: this.#device, healthy: reason === 'ok', reason }];
  }
}
