import { Refused } from '../domain/errors.ts';
import { REFUSALS } from '../domain/goods/refusals.ts';
import { ReleaseStep } from '../domain/record.ts';
import { resume } from './finishing.ts';
import { release, type Claim } from './life.ts';
import type { GateParts } from './ports.ts';

/** One gate: it serves one order at a time, from its own account. */
export class Gate {
  readonly portal: string;
  readonly #parts: GateParts;
  readonly #settled = new Set<string>();
  #wake = Promise.withResolvers<void>();
  #claim: Claim | null = null;
  /** What it is at; null when it is free. */
  #busy: string | null = 'start';

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.portal = parts.portal;
  }

  /** The order it is at work on; null when it is free. */
  get busy(): string | null {
    return this.#busy;
  }

  /**
   * A person asks for an order's goods. Resolves when that is on record; what comes of it is told by the steps.
   * @param by who asks, for the record
   * @throws Refused CONFLICT while another order is served
   */
  async claim(order: string, by: string): Promise<void> {
    if (this.#busy !== null) throw new Refused('CONFLICT', `${REFUSALS.busy.en} (${this.#busy})`);
    this.#busy = order;
    const askedAt = this.#parts.monotonic();
    const qty = this.#parts.local.order(order)?.content?.amount.value ?? 0;
    try {
      // Row 1.
      await this.#parts.records.step(order, ReleaseStep.requested, qty, by);
    } catch (error) {
      this.#busy = null;
      throw error;
    }
    this.#claim = { order, askedAt };
    this.poke();
  }

  /** A person has settled an order, which is on record: what was moved is told. */
  settle(order: string): void {
    this.#settled.add(order);
    this.poke();
  }

  /** Something was committed. */
  poke(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** Takes up what a start finds, then serves until the signal aborts. @throws StorageError */
  async run(signal: AbortSignal): Promise<void> {
    const watching = {
      changed: (ms: number, until: AbortSignal): Promise<void> => this.#changed(ms, until),
      isSettled: (order: string): boolean => this.#settled.has(order),
    };
    await resume(this.#parts, watching, signal);
    this.#busy = null;
    while (!signal.aborted) {
      const claim = this.#claim;
      if (claim === null) {
        await this.#changed(60_000, signal);
        continue;
      }
      this.#claim = null;
      this.#settled.delete(claim.order);
      await release(this.#parts, claim, watching, signal);
      this.#settled.delete(claim.order);
      this.#busy = null;
    }
  }

  async #changed(ms: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    await Promise.race([this.#wake.promise, this.#parts.sleep(ms, either)]);
    done.abort();
  }
}
