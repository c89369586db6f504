import type { RequestListener, Server } from 'node:http';
import { createServer as createPlainServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { limitConnections } from './connections.ts';
import type { ApiSettings } from './port.ts';

/** Bounds of every connection: 8 kB of headers within 5 s, the whole call within 10 s. */
const BOUNDS = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 1000,
  keepAlive: true,
  keepAliveInitialDelay: 10_000,
} as const;

export function createListener(tls: ApiSettings['tls'], handler: RequestListener): Server {
  const server =
    tls === null
      ? createPlainServer(BOUNDS, handler)
      : createTlsServer({ ...BOUNDS, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.3' }, handler);
  limitConnections(server);
  return server;
}
