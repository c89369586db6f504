import type { HealthNote } from '../domain/device.ts';
import type { DeviceErrorCode } from '../domain/errors.ts';
import type { LineState } from './line.ts';

/** One lost frame is no news; so many failures in a row are. */
const FAILURES_TO_TELL = 3;
/** What passes by itself, such as an exception, is shown for so long, ms. */
const SHOWN_MS = 60_000;

const SHORT: Readonly<Record<DeviceErrorCode, string>> = {
  TIMEOUT: 'timeout',
  CHECKSUM: 'checksum',
  EXCEPTION_REPLY: 'exception',
  MALFORMED: 'malformed',
  PORT_LOST: 'port-lost',
  REFUSED: 'refused',
};

/** How a device stands: turns what happens to it into the few notes that are news. */
export class Standing {
  readonly #device: string;
  readonly #complaints = new Map<string, { readonly text: string; readonly until: number }>();
  #told: string | null = null;
  #failures = 0;

  constructor(device: string) {
    this.#device = device;
  }

  /** It answers. @param complaint what is wrong with it all the same */
  good(complaint = 'ok'): HealthNote[] {
    this.#failures = 0;
    return this.#tell(complaint);
  }

  /** A question or a frame came to nothing. That the port is gone or the device says no is told at once. */
  failed(code: DeviceErrorCode, reason = SHORT[code]): HealthNote[] {
    this.#failures++;
    const isAtOnce = code === 'PORT_LOST' || code === 'EXCEPTION_REPLY';
    return isAtOnce || this.#isBad ? this.#tell(reason) : [];
  }

  /** Nothing good was heard for a time: that it is nonsense, or the line is gone, says more. */
  silent(): HealthNote[] {
    return this.#isBad || this.#isLineGone ? [] : this.#tell('timeout');
  }

  /** A line that is open says nothing of the device behind it. */
  line(state: LineState): HealthNote[] {
    this.#failures = 0;
    if (state.reason === 'port-lost' || state.reason === 'port-denied') return this.#tell(state.reason);
    if (state.up && this.#isLineGone) this.#told = null;
    return [];
  }

  /** The connection or the setting up failed; complaints of before say nothing any more. */
  down(reason: string): HealthNote[] {
    this.#complaints.clear();
    return this.#tell(reason);
  }

  /** Is told by the next `up`. @param lasts until it is taken back, or only for a while */
  complain(key: string, text: string, now: number, lasts: boolean): void {
    this.#complaints.set(key, { text, until: lasts ? Infinity : now + SHOWN_MS });
  }

  takeBack(key: string): void {
    this.#complaints.delete(key);
  }

  /** It works: what it complains of, else that. @param now monotonic, ms */
  up(now: number): HealthNote[] {
    for (const [key, { until }] of this.#complaints) if (now >= until) this.#complaints.delete(key);
    const [first] = this.#complaints.values();
    return this.good(first?.text);
  }

  get #isBad(): boolean {
    return this.#failures >= FAILURES_TO_TELL;
  }

  get #isLineGone(): boolean {
    return this.#told?.startsWith('port-') === true;
  }

  #tell(reason: string): HealthNote[] {
    if (reason === this.#told) return [];
    this.#told = reason;
    return [{ device: this.#device, healthy: reason === 'ok', reason }];
  }
}
