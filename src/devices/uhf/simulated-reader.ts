import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Simulator } from '../port.ts';
import { openSerialLine } from '../serial-line.ts';
import { FrameScanner } from '../talker/frame-scanner.ts';
import type { FrameFormat } from '../talker/frame-scanner.ts';
import type { ReaderSettings } from './settings.ts';
import { TagField } from './tag-field.ts';

const ON_ANY_WIRE = ['bad-checksum', 'short-frame', 'noise', 'silent', 'error-status'] as const;
const ON_TCP = [...ON_ANY_WIRE, 'half-open'] as const;

/** What a family's reader makes of a command: its frames, in order. */
export type Answering<F> = {
  readonly format: FrameFormat<F>;
  /** Faults that only this family has. */
  readonly faults?: readonly string[];
  readonly answer: (
    command: F,
    tagsOf: (antenna: number) => readonly Uint8Array[],
    fault: string | null,
  ) => Uint8Array[];
};

/** A simulated reader at `path`, the far end of a pseudo-terminal or of a null-modem cable. */
export function simulateOnSerial<F>(
  settings: ReaderSettings,
  baud: number,
  answering: Answering<F>,
  path: string,
): Simulator {
  const reader = new SimulatedReader(settings, answering, ON_ANY_WIRE);
  const line = openSerialLine({ path, baud, dataBits: 8, parity: 'none', stopBits: 1 });
  const scanner = new FrameScanner(answering.format);
  line.receive((chunk) => {
    for (const bytes of reader.answers(scanner, chunk)) {
      // A line that went away meanwhile takes the reply with it, as a cable does.
      if (line.state.up) line.send(bytes).catch(() => undefined);
    }
  });
  return { ...reader.controls(() => undefined), [Symbol.asyncDispose]: () => line[Symbol.asyncDispose]() };
}

/** A simulated reader, or the serial server in front of it, listening; port 0 takes a free one. */
export async function simulateOnTcp<F>(
  settings: ReaderSettings,
  answering: Answering<F>,
  at: { readonly host: string; readonly port: number },
): Promise<Simulator & { readonly port: number }> {
  const reader = new SimulatedReader(settings, answering, ON_TCP);
  const sockets = new Set<Socket>();
  const deaf = new WeakSet<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const scanner = new FrameScanner(answering.format);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      if (deaf.has(socket)) return;
      for (const bytes of reader.answers(scanner, chunk)) if (!socket.destroyed) socket.write(bytes);
    });
  });
  const port = await listen(server, at);
  return {
    port,
    ...reader.controls((fault) => {
      // A device that restarted knows nothing of its old connections; new ones work.
      if (fault === 'half-open') for (const socket of sockets) deaf.add(socket);
    }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

class SimulatedReader<F> {
  readonly #id: string;
  readonly #field: TagField;
  readonly #answering: Answering<F>;
  readonly #names: readonly string[];
  #fault: string | null = null;
  #noise = 0x2545f491;

  constructor(settings: ReaderSettings, answering: Answering<F>, names: readonly string[]) {
    this.#id = settings.id;
    this.#field = new TagField(settings);
    this.#answering = answering;
    this.#names = [...names, ...(answering.faults ?? [])];
  }

  controls(onFault: (fault: string | null) => void): Omit<Simulator, typeof Symbol.asyncDispose> {
    return {
      faults: this.#names,
      set: (device, channel, v) => this.#field.set(device, channel, v),
      fault: (device, name) => {
        const fault = this.#names.find((n) => n === name) ?? null;
        if (device !== this.#id) throw new RangeError(`no simulated device "${device}"`);
        if (name !== fault) throw new RangeError(`no fault "${name}"; there are ${this.#names.join(', ')}`);
        this.#fault = fault;
        onFault(fault);
      },
    };
  }

  answers(scanner: FrameScanner<F>, chunk: Uint8Array): Uint8Array[] {
    const commands = scanner.push(chunk).flatMap((heard) => (heard.ok ? [heard.value] : []));
    if (this.#fault === 'silent') return [];
    return commands
      .flatMap((command) => this.#answering.answer(command, (a) => this.#field.tagsOf(a), this.#fault))
      .map((bytes) => this.#spoil(bytes));
  }

  #spoil(bytes: Uint8Array): Uint8Array {
    if (this.#fault === 'short-frame') return bytes.slice(0, -3);
    if (this.#fault === 'noise') return Uint8Array.from([...this.#noiseBytes(13), ...bytes]);
    if (this.#fault !== 'bad-checksum') return bytes;
    return bytes.map((byte, i) => (i === bytes.length - 3 ? byte ^ 0x01 : byte));
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
