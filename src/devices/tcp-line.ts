import { createConnection, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Line, LineDown } from './line.ts';
import type { Channel, ChannelEvents } from './line.ts';
import type { TlsFiles } from './tls-files.ts';

export type TcpOptions = {
  readonly host: string;
  readonly port: number;
  /** Left out for plain TCP. */
  readonly tls?: Tls;
};

export type Tls = {
  /** Whom we trust there, and who we are. */
  readonly files: Promise<TlsFiles>;
  /** The name that must stand in the other's certificate; null for its host. */
  readonly name: string | null;
};

const CONNECT_MS = 3000;
/** A small device takes its time for a handshake. */
const HANDSHAKE_MS = 10_000;
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
  const { tls } = options;
  const socket = tls === undefined ? plain(options) : await secure(options, tls);
  const withinMs = tls === undefined ? CONNECT_MS : HANDSHAKE_MS;
  const where = `${options.host}:${options.port}`;
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => {
      end();
      socket.destroy();
      reject(new LineDown(reasonOf(cause), `${where}: ${why}`, { cause }));
    };
    const timer = setTimeout(() => fail(`no connection within ${withinMs} ms`), withinMs);
    const onError = (error: Error): void => fail(error.message, error);
    const onAbort = (): void => fail('closed');
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      // A destroyed socket may still report; there is nobody left to tell.
      socket.on('error', (error) => events.closed(`${where}: ${error.message}`, reasonOf(error)));
    };
    socket.once('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
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

function plain({ host, port }: TcpOptions): Socket {
  return createConnection({ host, port, noDelay: true });
}

async function secure({ host, port }: TcpOptions, { files, name }: Tls): Promise<Socket> {
  const wanted = name ?? host;
  // An address is no server name (RFC 6066 section 3); the certificate is checked against it all the same.
  const server = isIP(wanted) === 0 ? { servername: wanted } : {};
  try {
    const socket = connectTls({ host, port, ...server, ...(await files) });
    socket.setNoDelay(true);
    return socket;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LineDown('untrusted', `${host}:${port}: no TLS with these files: ${why}`, { cause: error });
  }
}

/** What Node and OpenSSL say of a certificate, ours or theirs, that is not trusted has these codes. */
function reasonOf(cause: unknown): 'untrusted' | 'port-lost' {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /CERT|SIGNATURE|ISSUER|UNKNOWN_CA/.test(code) ? 'untrusted' : 'port-lost';
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
