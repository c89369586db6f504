import { once } from 'node:events';
import { createServer } from 'node:net';
import { portOf } from '../src/devices/mqtt/raw.fixture.ts';

/** A port that nobody listens on at this moment, for what must come back on the same one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}
