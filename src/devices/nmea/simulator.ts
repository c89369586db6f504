import { createServer, type Socket } from 'node:net';
import { ConfigError } from '../../domain/errors.ts';
import type { ProfileSource, Simulator } from '../port.ts';
import { openSerialLine } from '../serial-line.ts';
import { encodeSentence } from './codec.ts';
import { planNmea } from './plan.ts';

const FAULTS = [
  'silent',
  'no-fix',
  'bad-crc',
  'noise',
  'cut-off',
  'estimated',
  'no-date',
  'ancient',
] as const;
type Fault = (typeof FAULTS)[number];

/** GPS weeks are counted with ten bits: an old receiver falls back by so much. */
const ROLLOVER_MS = 1024 * 7 * 86_400_000;
/** Hundredths of a knot of a tenth of a km/h. */
const KNOTS = 1 / 0.1852;

export type NmeaSimulator = Simulator & { readonly port: number };

/**
 * The receiver of an `nmea` entry: on a serial port, or a TCP server (port 0 takes a free one).
 * It speaks once a second, or as often as its entry expects if that is more often.
 * @throws ConfigError when the entry is wrong
 */
export async function simulateNmea(
  raw: unknown,
  files: ProfileSource,
  place: string | { readonly host: string; readonly port: number },
): Promise<NmeaSimulator> {
  const planned = planNmea(raw, files);
  if (!planned.ok) throw new ConfigError(planned.problems);
  const { vehicle, line } = planned.value;
  const receiver = new SimulatedReceiver(
    vehicle.id,
    vehicle.streams.map((s) => s.ch),
  );
  const baud = line.kind === 'serial' ? line.baud : 9600;
  const wire = typeof place === 'string' ? openWire(place, baud) : await openServer(place);
  const timer = setInterval(() => wire.send(receiver.speak(Date.now())), Math.min(1000, vehicle.everyMs));
  return {
    port: wire.port,
    faults: FAULTS,
    set: (device, channel, v) => receiver.set(device, channel, v),
    fault: (device, name) => receiver.setFault(device, name),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await wire[Symbol.asyncDispose]();
    },
  };
}

class SimulatedReceiver {
  readonly #id: string;
  readonly #channels: readonly string[];
  readonly #values = new Map([
    ['fix', 1],
    ['satellites', 9],
  ]);
  #fault: Fault | null = null;

  constructor(id: string, channels: readonly string[]) {
    this.#id = id;
    this.#channels = channels;
  }

  set(device: string, channel: string, v: number): void {
    this.#mustBeMine(device);
    if (!this.#channels.includes(channel) || /^(inside|on-route)-/.test(channel)) {
      throw new RangeError(`a receiver does not measure ${channel}; move it by latitude and longitude`);
    }
    this.#values.set(channel, v);
  }

  setFault(device: string, name: string | null): void {
    this.#mustBeMine(device);
    const fault = FAULTS.find((f) => f === name) ?? null;
    if (fault !== name) throw new RangeError(`no fault "${name}"; there are ${FAULTS.join(', ')}`);
    this.#fault = fault;
  }

  /** What the receiver says of this instant, ms since 1970. */
  speak(now: number): Buffer {
    const fault = this.#fault;
    if (fault === 'silent') return Buffer.alloc(0);
    const value = (channel: string): number => this.#values.get(channel) ?? 0;
    const at = fault === 'ancient' ? now - ROLLOVER_MS : now;
    const cut = Math.floor(at / 10) * 10;
    const time = cut % 86_400_000;
    const fixed = fault !== 'no-fix' && value('fix') !== 0;
    const place = fixed ? { latitude: value('latitude'), longitude: value('longitude') } : null;
    const estimated = fault === 'estimated' || value('fix') === 2;
    const gga = encodeSentence({
      type: 'GGA',
      talker: 'GN',
      time,
      quality: !fixed ? 0 : estimated ? 6 : 1,
      place,
      satellites: fixed ? value('satellites') : 0,
    });
    const rmc = encodeSentence({
      type: 'RMC',
      talker: 'GN',
      at: fault === 'no-date' ? null : cut,
      time,
      valid: fixed,
      mode: !fixed ? 'N' : estimated ? 'E' : 'A',
      place,
      speed: fixed ? Math.round(value('speed') * KNOTS) : null,
    });
    return spoil(gga + rmc, fault);
  }

  #mustBeMine(device: string): void {
    if (device !== this.#id) throw new RangeError(`no simulated device "${device}"`);
  }
}

function spoil(text: string, fault: Fault | null): Buffer {
  if (fault === 'bad-crc') return Buffer.from(text.replaceAll(/\*[0-9A-F]/g, '*Z'), 'latin1');
  if (fault === 'cut-off') return Buffer.from(text.slice(0, -20), 'latin1');
  // Half a UBX message and a burst of line noise before what is said.
  if (fault === 'noise')
    return Buffer.concat([Buffer.from('B56201071C002424FF00', 'hex'), Buffer.from(text)]);
  return Buffer.from(text, 'latin1');
}

type Wire = AsyncDisposable & { readonly port: number; send(bytes: Buffer): void };

function openWire(path: string, baud: number): Wire {
  const line = openSerialLine({ path, baud, dataBits: 8, parity: 'none', stopBits: 1 });
  return {
    port: 0,
    send: (bytes) => {
      // A line that went away takes the words with it, as a cable does.
      if (line.state.up && bytes.length > 0) line.send(bytes).catch(() => undefined);
    },
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

async function openServer(at: { readonly host: string; readonly port: number }): Promise<Wire> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    send: (bytes) => {
      for (const socket of sockets) if (bytes.length > 0) socket.write(bytes);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
