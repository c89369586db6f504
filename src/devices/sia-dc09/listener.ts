import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** One caller: a connection, or with UDP the sender of a datagram. */
export type Caller = {
  readonly address: string;
  send(bytes: Uint8Array): void;
  /** Stops and goes on reading from this caller; a datagram has nothing more to read. */
  pause(isPaused: boolean): void;
};

export type ListenerOptions = {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly maxConnections: number;
  /** A connection without a byte for so long is given up, ms. */
  readonly idleMs: number;
};

export type Listener = AsyncDisposable & { readonly port: number };

/** Gives what hears the bytes of a new caller. */
type Accept = (caller: Caller) => (chunk: Uint8Array) => void;

/**
 * Listens for panels that connect. Rejects with the system's error when the address is taken.
 * @param failed told of what the system refuses later
 */
export async function listenTcp(
  options: ListenerOptions,
  accept: Accept,
  failed: (why: string) => void,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const address = socket.remoteAddress ?? 'a caller that is gone';
    const hear = accept({
      address,
      send: (bytes) => socket.write(bytes),
      pause: (isPaused) => (isPaused ? socket.pause() : socket.resume()),
    });
    socket.setNoDelay(true);
    socket.setTimeout(options.idleMs, () => socket.destroy());
    socket.on('data', hear);
    // A panel that is cut off in the middle sends the message again on its next connection.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  server.maxConnections = options.maxConnections;
  server.on('drop', () => failed(`more than ${options.maxConnections} connections`));
  server.listen(options.port, options.host);
  await once(server, 'listening');
  server.on('error', (error) => failed(error.message));
  return {
    port: portOf(server.address()),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Listens for datagrams; each holds whole frames. Rejects with the system's error when the address is taken. */
export async function listenUdp(
  { host, port }: Pick<ListenerOptions, 'host' | 'port'>,
  accept: Accept,
  failed: (why: string) => void,
): Promise<Listener> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let isOpen = true;
  socket.on('message', (bytes, from) => {
    const send = (reply: Uint8Array): void => {
      if (isOpen) socket.send(reply, from.port, from.address);
    };
    accept({ address: from.address, send, pause: () => undefined })(bytes);
  });
  socket.bind(port, host);
  await once(socket, 'listening');
  socket.on('error', (error) => failed(error.message));
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: async () => {
      isOpen = false;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('the receiver does not listen');
  return address.port;
}
