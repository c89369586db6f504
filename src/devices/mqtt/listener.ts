import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Inbox } from './inbox.ts';
import { PacketGuard, type Oversize } from './packet-guard.ts';

export type ListenerOptions = {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** PEM texts; with `ca` every client must show a certificate of it. */
  readonly tls: { readonly cert: string; readonly key: string; readonly ca?: string } | null;
  readonly maxPacket: number;
  readonly maxConnections: number;
};

const HANDSHAKE_MS = 10_000;
/** A packet that has begun must end within this time: a byte now and then is no life. */
const PACKET_MS = 20_000;

/** The listening side of the embedded broker: how many may come, how large and how slow a packet may be. */
export class Listener implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(options: ListenerOptions, inbox: Inbox, accept: (socket: Socket) => void) {
    const { tls, maxConnections, maxPacket } = options;
    const take = (socket: Socket): void => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 1000);
      guardReads(socket, maxPacket, inbox);
      accept(socket);
    };
    const ask = tls?.ca !== undefined;
    this.#server =
      tls === null
        ? createServer(take)
        : createTlsServer(
            { ...tls, requestCert: ask, rejectUnauthorized: ask, handshakeTimeout: HANDSHAKE_MS },
            take,
          );
    this.#server.maxConnections = maxConnections;
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('drop', () => inbox.refuse(`more than ${maxConnections} connections`));
    this.#server.on('tlsClientError', (error: Error) =>
      inbox.refuse(`no TLS with a client: ${error.message}`),
    );
  }

  /** Rejects with the system's error when the address is taken. */
  async listen(host: string, port: number, failedLater: (error: Error) => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.on('error', (error) => {
      reject(error);
      failedLater(error);
    });
    this.#server.listen(port, host, resolve);
    await promise;
  }

  get address(): AddressInfo {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the broker does not listen');
    return address;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#server.listening) this.#server.close(() => resolve());
    else resolve();
    for (const socket of this.#sockets) socket.destroy();
    await promise;
  }
}

/**
 * Looks at all bytes before the broker buffers them: a packet over the limit ends the connection
 * while it is still arriving. aedes takes its bytes by `read`, so that is where we stand.
 */
function guardReads(socket: Socket, maxPacket: number, inbox: Inbox): void {
  let over: Oversize | null = null;
  let slow: NodeJS.Timeout | undefined;
  const end = (problem: string): void => {
    inbox.refuse(`${problem} from ${socket.remoteAddress ?? 'a client'}`);
    socket.destroy();
  };
  const guard = new PacketGuard(
    maxPacket,
    () => undefined,
    (packet) => (over = packet),
  );
  const read = socket.read.bind(socket);
  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (!(chunk instanceof Buffer)) return chunk;
    const problem = guard.feed(chunk);
    if (!guard.within) {
      clearTimeout(slow);
      slow = undefined;
    } else slow ??= setTimeout(() => end(`a packet that did not end within ${PACKET_MS} ms`), PACKET_MS);
    const oversize = over ?? guard.passingOver;
    if (problem === null && oversize === null) return chunk;
    if (problem !== null) end(problem);
    if (oversize !== null) inbox.refuseOversize(oversize.topic, oversize.bytes);
    socket.destroy();
    return null;
  };
  socket.on('close', () => clearTimeout(slow));
}
