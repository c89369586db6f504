import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** What a reader that speaks TLS shows, PEM texts. */
export type SimulatedTls = {
  readonly own: { readonly cert: string; readonly key: string };
  /** Shown with the fault `wrong-certificate`. */
  readonly wrong: { readonly cert: string; readonly key: string };
  /** Who must have signed its client's certificate; left out, it asks for none. */
  readonly ca?: string;
};

/** A server, and how to have it show the wrong certificate. */
export function serverOf(
  tls: SimulatedTls | null,
  accept: (socket: Socket) => void,
): { readonly server: Server; readonly show: (isWrong: boolean) => void } {
  if (tls === null) {
    return { server: createServer(accept), show: showNone };
  }
  const client = tls.ca === undefined ? {} : { ca: tls.ca };
  const asks = { requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined };
  const server = createTlsServer({ ...tls.own, ...client, ...asks }, accept);
  const show = (isWrong: boolean): void =>
    server.setSecureContext({ ...(isWrong ? tls.wrong : tls.own), ...client });
  return { server, show };
}

function showNone(isWrong: boolean): void {
  if (isWrong) throw new RangeError('a reader that speaks in clear shows no certificate');
}
