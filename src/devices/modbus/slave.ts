import type { Refusal, Sink } from '../../domain/device.ts';
import type { DeviceErrorCode } from '../../domain/errors.ts';
import { Quality } from '../../domain/reading.ts';
import type { Reading } from '../../domain/reading.ts';
import type { StreamId } from '../../domain/stream.ts';
import type { PolledDevice } from '../port.ts';
import { Standing } from '../standing.ts';
import { Breaker } from './breaker.ts';
import type { Bus } from './bus.ts';
import { isOutside, valueOf } from './channel.ts';
import type { Channel } from './channel.ts';
import { EXCEPTIONS } from './codec.ts';
import type { Response } from './codec.ts';
import { Corrections } from './corrections.ts';
import type { SlavePlan } from './plan.ts';
import type { Block } from './profile.ts';

/** Bytes a driver chip may add in front of a reply when it turns its direction; more is a fault. */
const GLITCH_BYTES = 1;

type BlockFailure = { readonly code: DeviceErrorCode; readonly detail: string; readonly exception?: number };

/** One slave, read block by block; all of one poll is one arrival. */
export class Slave implements PolledDevice {
  readonly id: string;
  readonly everyMs: number;
  readonly #plan: SlavePlan;
  readonly #bus: Bus;
  readonly #breaker = new Breaker();
  readonly #standing: Standing;
  readonly #corrections = new Corrections();
  /** Monotonic time at which a block with its own cadence is due again. */
  readonly #due = new Map<string, number>();
  readonly #told = new Map<string, { readonly v: number | null; readonly at: number }>();
  #openings = 0;

  constructor(plan: SlavePlan, bus: Bus) {
    this.id = plan.id;
    this.everyMs = plan.everyMs;
    this.#plan = plan;
    this.#bus = bus;
    this.#standing = new Standing(plan.id);
  }

  async poll(sink: Sink, signal: AbortSignal): Promise<void> {
    if (this.#openings !== this.#bus.openings) {
      this.#openings = this.#bus.openings;
      this.#breaker.tryNow();
    }
    if (!this.#breaker.allows(performance.now()) || this.#bus.mayBeLate(this.#plan.unit)) return;
    const readings: Reading[] = [];
    const refusals: Refusal[] = [];
    let failure: BlockFailure | null = null;
    for (const block of this.#plan.profile.blocks) {
      if (performance.now() < (this.#due.get(block.name) ?? 0)) continue;
      if (failure !== null && (mute(failure) || this.#bus.mayBeLate(this.#plan.unit))) {
        // Not asked: it would only cost the others another time-out.
        if (block.everyMs === null) readings.push(...this.#absent(block));
        continue;
      }
      const bad = await this.#read(block, readings, refusals, signal);
      if (signal.aborted) return;
      if (bad?.code === 'REFUSED') {
        // An order just found it silent. What was read is told, how it stands says its next poll.
        if (readings.length + refusals.length > 0) sink({ readings, refusals });
        return;
      }
      if (bad !== null) {
        failure ??= bad;
        readings.push(...this.#absent(block));
        if (!mute(bad)) refusals.push(this.#refuse(block, bad));
      }
    }
    if (failure?.code === 'TIMEOUT') this.#breaker.timedOut(performance.now());
    else if (failure?.code !== 'PORT_LOST') this.#breaker.reset();
    const health =
      failure === null
        ? this.#standing.good(this.#corrections.complaint)
        : this.#standing.failed(failure.code, this.#reasonOf(failure));
    if (readings.length + refusals.length + health.length > 0) sink({ readings, refusals, health });
  }

  /** Undefined for what the code alone says. */
  #reasonOf({ exception }: BlockFailure): string | undefined {
    if (exception !== undefined) return `exception ${exception}`;
    return this.#breaker.open ? 'timeout, asked less often' : undefined;
  }

  /** Reads one block into `readings`; what was wrong, null when nothing was. */
  async #read(
    block: Block,
    readings: Reading[],
    refusals: Refusal[],
    signal: AbortSignal,
  ): Promise<BlockFailure | null> {
    const { unit, timeoutMs } = this.#plan;
    const outcome = await this.#bus.ask(unit, block.request, timeoutMs, signal);
    if (!outcome.ok) return outcome;
    if (block.everyMs !== null) this.#due.set(block.name, performance.now() + block.everyMs);
    if (outcome.noise > GLITCH_BYTES) {
      const detail = `${outcome.noise} bytes before the reply that do not belong to it`;
      refusals.push(this.#refuse(block, { code: 'MALFORMED', detail }));
    }
    const { response } = outcome;
    if ('exception' in response) {
      const { exception } = response;
      const { fn, address, count } = block.request;
      const name = EXCEPTIONS[exception] ?? 'unknown';
      const detail = `exception ${exception} (${name}) to function ${fn}, address ${address}, count ${count}`;
      return { code: 'EXCEPTION_REPLY', detail, exception };
    }
    const values = block.channels.map((channel) => this.#reading(channel, response));
    readings.push(...values.filter((r) => this.#isNews(block, r)));
    const corrections = values.filter((_, i) => block.channels[i]?.quantity === 'correction');
    if (corrections.length > 0) this.#corrections.read(corrections.map((r) => r.v));
    return null;
  }

  #reading(channel: Channel, response: Response): Reading {
    const v = valueOf(channel, response);
    const q = v !== null && isOutside(channel, v) ? Quality.outsideRange : Quality.good;
    return { stream: this.#stream(channel), v, q };
  }

  /** An unchanged bit is reported again only after `repeat`: inputs are polled far faster than kept. */
  #isNews(block: Block, reading: Reading): boolean {
    const now = performance.now();
    const last = this.#told.get(reading.stream);
    const bits = block.request.fn <= 2;
    // Half a poll early is on time: the schedule's grid and this clock differ by the answer's delay.
    const due = last === undefined || now - last.at >= this.#plan.repeatMs - this.#plan.everyMs / 2;
    if (bits && !due && last.v === reading.v) return false;
    this.#told.set(reading.stream, { v: reading.v, at: now });
    return true;
  }

  #absent(block: Block): Reading[] {
    return block.channels
      .map((channel) => ({ stream: this.#stream(channel), v: null, q: Quality.good }))
      .filter((reading) => this.#isNews(block, reading));
  }

  #refuse(block: Block, bad: { readonly code: DeviceErrorCode; readonly detail: string }): Refusal {
    const first = block.channels[0];
    const stream = first === undefined ? null : this.#stream(first);
    return { device: this.id, stream, code: bad.code, detail: bad.detail };
  }

  #stream(channel: Channel): StreamId {
    return `${this.id}/${channel.name}`;
  }
}

/** Nothing was heard that could be told of. */
function mute(failure: BlockFailure): boolean {
  return failure.code === 'TIMEOUT' || failure.code === 'PORT_LOST';
}
