import { rawOf } from './channel.ts';
import type { Request, Response } from './codec.ts';
import type { SlavePlan } from './plan.ts';
import type { Verb } from './profile.ts';

/** The registers and bits of a simulated device, as its profile lays them out. */
export class SlaveModel {
  readonly #plan: SlavePlan;
  /** By the function that reads them: 1 coils, 2 discrete inputs, 3 holding, 4 input registers. */
  readonly #tables: Readonly<Record<1 | 2 | 3 | 4, Map<number, number>>> = {
    1: new Map(),
    2: new Map(),
    3: new Map(),
    4: new Map(),
  };
  /** A relay whose contacts are stuck: the coil takes no order although it is echoed. */
  stuck = false;

  constructor(plan: SlavePlan) {
    this.#plan = plan;
    for (const { request, channels } of plan.profile.blocks) {
      const table = this.#tables[request.fn];
      for (let i = 0; i < request.count; i++) table.set(request.address + i, 0);
      for (const channel of channels) {
        this.set(channel.name, Math.min(Math.max(0, channel.min ?? 0), channel.max ?? Infinity));
      }
    }
    for (const verb of plan.profile.verbs.values()) {
      this.#tables[1].set(verb.coil, 0);
      if (verb.feedback !== null && !this.#tables[2].has(verb.feedback.input)) {
        this.#tables[2].set(verb.feedback.input, 0);
      }
    }
  }

  /** What the device does by itself when nobody asked it for too long: its safe state. */
  fallSafe(): void {
    const { watchdog, verbs } = this.#plan.profile;
    const verb = verbs.get(watchdog?.verb ?? '');
    if (verb === undefined || this.stuck) return;
    this.#tables[1].set(verb.coil, verb.pulseMs === null ? Number(verb.on) : 0);
    this.#move(verb, Number(verb.on));
  }

  /** Sets a channel to a scaled integer. Throws RangeError when there is none or it does not fit. */
  set(channelName: string, v: number): void {
    for (const { request, channels } of this.#plan.profile.blocks) {
      const channel = channels.find((c) => c.name === channelName);
      if (channel === undefined) continue;
      for (const [i, raw] of rawOf(channel, v).entries()) {
        this.#tables[request.fn].set(request.address + channel.offset + i, raw);
      }
      return;
    }
    throw new RangeError(`${this.#plan.id} has no channel ${channelName}`);
  }

  answer(request: Request): Response {
    switch (request.fn) {
      case 1:
      case 2: {
        const bits = this.#read(request.fn, request.address, request.count);
        return bits === null ? missing(request) : { fn: request.fn, bits: bits.map((b) => b === 1) };
      }
      case 3:
      case 4: {
        const registers = this.#read(request.fn, request.address, request.count);
        return registers === null ? missing(request) : { fn: request.fn, registers };
      }
      case 5:
        return this.#write(1, request.address, [Number(request.on)]) ? request : missing(request);
      case 6:
        return this.#write(3, request.address, [request.value]) ? request : missing(request);
      case 15: {
        const { fn, address, bits } = request;
        return this.#write(1, address, bits.map(Number))
          ? { fn, address, count: bits.length }
          : missing(request);
      }
      case 16:
      default: {
        const { fn, address, registers } = request;
        return this.#write(3, address, registers)
          ? { fn, address, count: registers.length }
          : missing(request);
      }
    }
  }

  #read(table: 1 | 2 | 3 | 4, address: number, count: number): number[] | null {
    const values = Array.from({ length: count }, (_, i) => this.#tables[table].get(address + i));
    return values.every((v) => v !== undefined) ? values : null;
  }

  #write(table: 1 | 3, address: number, values: readonly number[]): boolean {
    if (this.#read(table, address, values.length) === null) return false;
    if (table === 1 && this.stuck) return true;
    for (const [i, v] of values.entries()) this.#tables[table].set(address + i, v);
    for (const verb of this.#plan.profile.verbs.values()) {
      const moved = values[verb.coil - address];
      if (table === 1 && moved !== undefined) this.#move(verb, moved);
    }
    return true;
  }

  /** What the coil moves closes its feedback contact; what a pulse started stays until another pulse. */
  #move({ on, pulseMs, feedback }: Verb, moved: number): void {
    if (feedback === null) return;
    if (pulseMs === null) this.#tables[2].set(feedback.input, moved);
    else if (moved === Number(on)) {
      const pulsed = [...this.#plan.profile.verbs.values()].filter((v) => v.pulseMs !== null);
      for (const other of pulsed) if (other.feedback !== null) this.#tables[2].set(other.feedback.input, 0);
      this.#tables[2].set(feedback.input, 1);
    }
  }
}

function missing(request: Request): Response {
  return { fn: request.fn, exception: 2 };
}
