import type { Connection, DeviceEnv, OpenConnection } from '../../devices/port.ts';
import { runPoller } from '../../devices/poller.ts';
import type { CommandOrderTo, Sink } from '../../domain/device.ts';
import { DeviceError } from '../../domain/errors.ts';
import type { Reading } from '../../domain/reading.ts';

/** All open connections: they bring arrivals until disposed, and carry out orders. */
export class DeviceRunner implements AsyncDisposable {
  readonly #connections: readonly { readonly plan: Connection; readonly open: OpenConnection }[];
  readonly #stop = new AbortController();
  readonly #polling: Promise<void>[] = [];
  readonly #listening: Promise<void>[] = [];

  /** Opens every connection; none waits for its device. */
  constructor(plans: readonly Connection[], env: DeviceEnv) {
    this.#connections = plans.map((plan) => ({ plan, open: plan.open(env) }));
  }

  /** Shows each connection the last readings of its own streams, as its drivers ask for them. */
  seed(lastReadings: (plan: Connection) => readonly Reading[]): void {
    for (const { plan, open } of this.#connections) open.seed?.(lastReadings(plan));
  }

  /** @param onError told when a driver throws, which is a bug and ends the daemon */
  start(sink: Sink, onError: (error: unknown) => void): void {
    const { signal } = this.#stop;
    for (const { open } of this.#connections) {
      if (open.polled.length > 0) {
        this.#polling.push(this.#watched(runPoller(open.polled, sink, signal), onError));
      }
      for (const device of open.pushing) {
        this.#listening.push(this.#watched(device.subscribe(sink, signal), onError));
      }
    }
  }

  /** Resolves when the device confirmed. @throws DeviceError when it did not, or is not known */
  async command(device: string, order: CommandOrderTo, signal: AbortSignal): Promise<void> {
    const owner = this.#connections.find(({ plan }) => plan.actuators.has(device));
    if (owner?.open.command === undefined) {
      throw new DeviceError('REFUSED', `there is no device ${device} that takes orders`);
    }
    await owner.open.command(device, order, signal);
  }

  /** Polls end first, so that the lines are free for the orders that still run; each connection waits for its own. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#polling);
    const closed = this.#connections.map(({ open }) => open[Symbol.asyncDispose]());
    await Promise.allSettled([...closed, ...this.#listening]);
  }

  /** An error that comes while stopping is of the stop. */
  async #watched(work: Promise<void>, onError: (error: unknown) => void): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.#stop.signal.aborted) onError(error);
    }
  }
}
