import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { Line, LineDown } from './line.ts';
import type { Channel, ChannelEvents } from './line.ts';

export type TcpOptions = { readonly host: string; readonly port: number };

const CONNECT_MS = 3000;
/** A vanished peer is noticed by the kernel about 11 s after the last answer to a probe. */
const KEEP_ALIVE_MS = 1000;

/** A TCP connection that is opened again, with a back-off of 250 ms to 2 s unless told otherwise. */
export function openTcpLine(
  options: TcpOptions,
  retryMs = (failures: number): number => Math.min(2000, 250 * 2 ** (failures - 1)),
): Line {
  return new Line((events, signal) => connect(options, events, signal), retryMs);
}

async function connect(options: TcpOptions, events: ChannelEvents, signal: AbortSignal): Promise<Channel> {
  const socket = createConnection({ host: options.host, port: options.port, noDelay: true });
  const where = `${options.host}:${options.port}`;
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => {
      end();
      socket.destroy();
      reject(new LineDown('port-lost', `${where}: ${why}`, { cause }));
    };
    const timer = setTimeout(() => fail(`no connection within ${CONNECT_MS} ms`), CONNECT_MS);
    const onError = (error: Error): void => fail(error.message, error);
    const onAbort = (): void => fail('closed');
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      // A destroyed socket may still report; there is nobody left to tell.
      socket.on('error', (error) => events.closed(`${where}: ${error.message}`));
    };
    socket.once('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => {
      end();
      resolve();
    });
    if (signal.aborted) onAbort();
  });
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.on('data', (chunk) => events.bytes(chunk));
  socket.once('close', () => events.closed(`${where}: connection closed`));
  return {
    write: (bytes) => write(socket, bytes, where),
    // A socket in flowing mode holds nothing back; a stale answer is known by its transaction.
    discard: () => Promise.resolve(),
    close: () => {
      socket.destroy();
      return Promise.resolve();
    },
  };
}

function write(socket: Socket, bytes: Uint8Array, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) =>
      error === null || error === undefined
        ? resolve()
        : reject(new LineDown('port-lost', `${where}: ${error.message}`, { cause: error })),
    );
  });
}
