import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Line } from '../line.ts';
import type { Simulator } from '../port.ts';
import { openSerialLine } from '../serial-line.ts';
import type { TalkerLine } from './settings.ts';

/** What stands at the far end: a device that says a frame every so often. */
export type TalkingModel = {
  readonly id: string;
  readonly frameMs: number;
  /** Faults of its own, beside those of any talker. */
  readonly faults: readonly string[];
  /** @throws RangeError for a channel or value it cannot have */
  set(channel: string, v: number): void;
  /** Takes what the gateway sends; gives what the device answers at once. */
  hear?(bytes: Uint8Array): Uint8Array;
  /** The next frame, under one of its own faults or none. */
  frame(fault: string | null): Uint8Array;
};

/** Where the far end is: the other end of a cable, or a place to listen on. */
export type FarPlace = { readonly path: string } | { readonly host: string; readonly port: number };

const LONGEST_WAIT_MS = 1000;
const ON_ANY_WIRE = ['silent', 'noise', 'short-frame', 'stuck', 'wrong-baud'];

/** Plays a device that speaks by itself; `port` is the TCP port it listens on, 0 on a serial line. */
export async function simulateTalker(
  model: TalkingModel,
  line: TalkerLine,
  place: FarPlace,
): Promise<Simulator & { readonly port: number }> {
  const hear = (bytes: Uint8Array): Uint8Array => model.hear?.(bytes) ?? new Uint8Array();
  const wire = 'path' in place ? await serialWire(line, place.path, hear) : await tcpWire(place, hear);
  const faults = [...ON_ANY_WIRE, ...('path' in place ? [] : ['half-open']), ...model.faults];
  const spoiler = new Spoiler(model);
  let fault: string | null = null;
  const timer = setInterval(() => {
    const bytes = spoiler.next(fault);
    if (bytes.length > 0) wire.send(bytes);
  }, model.frameMs);
  const known = (device: string): void => {
    if (device !== model.id) throw new RangeError(`no simulated device "${device}"`);
  };
  return {
    port: wire.port,
    faults,
    set: (device, channel, v) => {
      known(device);
      model.set(channel, v);
    },
    fault: (device, name) => {
      known(device);
      if (name !== null && !faults.includes(name)) {
        throw new RangeError(`no fault "${name}"; there are ${faults.join(', ')}`);
      }
      fault = name;
      if (name === 'half-open') wire.deafen();
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await wire.close();
    },
  };
}

/** Makes of what the device would say what comes out of a bad line. */
class Spoiler {
  readonly #model: TalkingModel;
  #last: Uint8Array = new Uint8Array();
  #noise = 0x2545f491;

  constructor(model: TalkingModel) {
    this.#model = model;
  }

  next(fault: string | null): Uint8Array {
    if (fault === 'silent') return new Uint8Array();
    if (fault === 'stuck' && this.#last.length > 0) return this.#last;
    const own = this.#model.faults.find((name) => name === fault) ?? null;
    const frame = this.#model.frame(own);
    this.#last = frame;
    if (fault === 'noise') return Uint8Array.from([...this.#bytes(13), ...frame]);
    if (fault === 'short-frame') return frame.slice(0, -3);
    // At another rate the receiver samples other bits: as many bytes, none of them right.
    if (fault === 'wrong-baud') return Uint8Array.from(this.#bytes(frame.length), (byte) => byte & 0xfc);
    return frame;
  }

  /** The same noise in every run (xorshift32). */
  #bytes(count: number): number[] {
    return Array.from({ length: count }, () => {
      this.#noise ^= this.#noise << 13;
      this.#noise ^= this.#noise >>> 17;
      this.#noise ^= this.#noise << 5;
      return this.#noise & 0xff;
    });
  }
}

type Hear = (bytes: Uint8Array) => Uint8Array;

type Wire = {
  readonly port: number;
  send(bytes: Uint8Array): void;
  /** Connections of before now stay open and carry nothing more. */
  deafen(): void;
  close(): Promise<void>;
};

async function serialWire(line: TalkerLine, path: string, hear: Hear): Promise<Wire> {
  const usual = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
  const far: Line = openSerialLine({ ...usual, ...(line.kind === 'serial' ? line : {}), path });
  await opened(far);
  // A line that went away meanwhile takes the frame with it, as a cable does.
  const send = (bytes: Uint8Array): void => void (far.state.up && far.send(bytes).catch(() => undefined));
  far.receive((chunk) => send(hear(chunk)));
  return {
    port: 0,
    send,
    deafen: () => undefined,
    close: () => far[Symbol.asyncDispose](),
  };
}

/** Waits for the port, but not for one that is not there yet: the line goes on trying. */
async function opened(far: Line): Promise<void> {
  const up = Promise.withResolvers<void>();
  const unwatch = far.watch((state) => void (state.up && up.resolve()));
  const timer = setTimeout(up.resolve, LONGEST_WAIT_MS);
  await up.promise;
  clearTimeout(timer);
  unwatch();
}

async function tcpWire(at: { readonly host: string; readonly port: number }, hear: Hear): Promise<Wire> {
  const sockets = new Set<Socket>();
  const deaf = new WeakSet<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => socket.write(hear(chunk)));
  });
  const port = await listen(server, at);
  return {
    port,
    send: (bytes) => {
      for (const socket of sockets) if (!deaf.has(socket)) socket.write(bytes);
    },
    deafen: () => {
      for (const socket of sockets) deaf.add(socket);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
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
