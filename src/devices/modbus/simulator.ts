import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { ConfigError } from '../../domain/errors.ts';
import type { Checked } from '../../domain/errors.ts';
import type { ProfileSource, Simulator } from '../port.ts';
import { openSerialLine } from '../serial-line.ts';
import { encodeResponse } from './codec.ts';
import { MbapRequestReader, sealMbap } from './mbap.ts';
import { planRtu, planTcp } from './plan.ts';
import type { SlavePlan } from './plan.ts';
import { RtuRequestReader, sealRtu } from './rtu.ts';
import type { Heard } from './rtu.ts';
import { SlaveModel } from './slave-model.ts';

const ON_ANY_WIRE = ['short-reply', 'wrong-unit', 'exception', 'silent', 'late', 'noise', 'stuck'] as const;
const ON_SERIAL = [...ON_ANY_WIRE, 'bad-crc'] as const;
const ON_TCP = [...ON_ANY_WIRE, 'half-open'] as const;
type Fault = (typeof ON_SERIAL)[number] | (typeof ON_TCP)[number];

/** How long after the master's time-out a late reply comes, as a multiple of it. */
const LATE = 1.5;
const DEVICE_FAILURE = 4;

/**
 * The slaves of a `modbus-rtu` entry on the other end of its line: `path` is the far end of a
 * pseudo-terminal or of a null-modem cable. Throws ConfigError when the entry is wrong.
 */
export function simulateRtu(raw: unknown, profiles: ProfileSource, path: string): Simulator {
  const plan = valueOrThrow(planRtu(raw, profiles));
  const slaves = new Slaves(plan.slaves, ON_SERIAL);
  const line = openSerialLine({ ...plan.line, path });
  const reader = new RtuRequestReader();
  line.receive((chunk) => {
    for (const heard of reader.push(chunk)) {
      slaves.reply(heard, sealRtu, (bytes) => {
        // A line that went away meanwhile takes the reply with it, as a cable does.
        if (line.state.up) line.send(bytes).catch(() => undefined);
      });
    }
  });
  return {
    ...slaves.controls(() => undefined),
    async [Symbol.asyncDispose]() {
      slaves.stop();
      await line[Symbol.asyncDispose]();
    },
  };
}

/** The slaves of a `modbus-tcp` entry, listening; port 0 takes a free one. Throws ConfigError. */
export async function simulateTcp(
  raw: unknown,
  profiles: ProfileSource,
  at: { readonly host: string; readonly port: number },
): Promise<Simulator & { readonly port: number }> {
  const slaves = new Slaves(valueOrThrow(planTcp(raw, profiles)).slaves, ON_TCP);
  const sockets = new Set<Socket>();
  const deaf = new WeakSet<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const reader = new MbapRequestReader();
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      if (deaf.has(socket)) return;
      for (const heard of reader.push(chunk)) {
        const seal = (unit: number, pdu: Uint8Array): Uint8Array => sealMbap(heard.transaction, unit, pdu);
        slaves.reply(heard, seal, (bytes) => {
          if (!socket.destroyed) socket.write(bytes);
        });
      }
    });
  });
  const port = await listen(server, at);
  return {
    port,
    ...slaves.controls((fault) => {
      // A device that restarted knows nothing of its old connections; new ones work.
      if (fault === 'half-open') for (const socket of sockets) deaf.add(socket);
    }),
    async [Symbol.asyncDispose]() {
      slaves.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

class Slaves {
  readonly #plans: readonly SlavePlan[];
  readonly #names: readonly Fault[];
  readonly #models: ReadonlyMap<string, SlaveModel>;
  readonly #faults = new Map<string, Fault>();
  readonly #timers = new Set<NodeJS.Timeout | undefined>();
  readonly #watchdogs = new Map<string, NodeJS.Timeout>();
  #noise = 0x2545f491;

  constructor(plans: readonly SlavePlan[], names: readonly Fault[]) {
    this.#plans = plans;
    this.#names = names;
    this.#models = new Map(plans.map((plan) => [plan.id, new SlaveModel(plan)]));
  }

  controls(onFault: (fault: Fault | null) => void): Omit<Simulator, typeof Symbol.asyncDispose> {
    return {
      faults: this.#names,
      set: (device, channel, v) => this.#model(device).set(channel, v),
      fault: (device, name) => {
        const fault = this.#names.find((n) => n === name) ?? null;
        if (name !== fault) throw new RangeError(`no fault "${name}"; there are ${this.#names.join(', ')}`);
        this.#model(device).stuck = fault === 'stuck';
        if (fault === null) this.#faults.delete(device);
        else this.#faults.set(device, fault);
        onFault(fault);
      },
    };
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  reply(
    heard: Heard,
    seal: (unit: number, pdu: Uint8Array) => Uint8Array,
    send: (bytes: Uint8Array) => void,
  ): void {
    const plan = this.#plans.find((p) => p.unit === heard.unit);
    if (plan === undefined) return;
    this.#watch(plan);
    const fault = this.#faults.get(plan.id);
    if (fault === 'silent') return;
    const refused = fault === 'exception' ? DEVICE_FAILURE : heard.request.ok ? null : 3;
    const pdu =
      refused === null && heard.request.ok
        ? encodeResponse(this.#model(plan.id).answer(heard.request.value))
        : Uint8Array.of(heard.fn | 0x80, refused ?? 3);
    const bytes = this.#spoil(seal(fault === 'wrong-unit' ? (plan.unit % 247) + 1 : plan.unit, pdu), fault);
    if (fault !== 'late') return send(bytes);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send(bytes);
    }, plan.timeoutMs * LATE);
    this.#timers.add(timer);
  }

  /** Every request sets the device's own watchdog back. */
  #watch({ id, profile }: SlavePlan): void {
    const before = this.#watchdogs.get(id);
    clearTimeout(before);
    this.#timers.delete(before);
    if (profile.watchdog === null) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#models.get(id)?.fallSafe();
    }, profile.watchdog.afterMs);
    this.#watchdogs.set(id, timer);
    this.#timers.add(timer);
  }

  #spoil(bytes: Uint8Array, fault: Fault | undefined): Uint8Array {
    if (fault === 'short-reply') return bytes.slice(0, -3);
    if (fault === 'noise') return Uint8Array.from([...this.#noiseBytes(13), ...bytes]);
    if (fault === 'bad-crc') {
      const last = bytes.length - 1;
      return bytes.map((byte, i) => (i === last ? byte ^ 0x01 : byte));
    }
    return bytes;
  }

  /** The same noise in every run (xorshift32). */
  #noiseBytes(count: number): number[] {
    return Array.from({ length: count }, () => {
      this.#noise ^= this.#noise << 13;
      this.#noise ^= this.#noise >>> 17;
      this.#noise ^= this.#noise << 5;
      return this.#noise & 0xff;
    });
  }

  #model(device: string): SlaveModel {
    const model = this.#models.get(device);
    if (model === undefined) throw new RangeError(`no simulated device "${device}"`);
    return model;
  }
}

function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : at.port);
    });
  });
}

function valueOrThrow<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new ConfigError(checked.problems);
  return checked.value;
}
