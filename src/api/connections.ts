import type { Server, Socket } from 'node:net';

/** One source may hold this many connections; all of them together that many. */
const MOST_PER_SOURCE = 64;
const MOST = 512;

/** Cuts connections beyond what one source may hold. */
export function limitConnections(server: Server): void {
  const open = new Map<string, number>();
  server.maxConnections = MOST;
  server.on('connection', (socket: Socket) => {
    const source = socket.remoteAddress ?? '';
    const count = (open.get(source) ?? 0) + 1;
    if (count > MOST_PER_SOURCE) {
      socket.destroy();
      return;
    }
    open.set(source, count);
    socket.once('close', () => {
      const left = (open.get(source) ?? 1) - 1;
      if (left > 0) open.set(source, left);
      else open.delete(source);
    });
  });
}
