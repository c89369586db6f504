import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { portOf } from './raw.fixture.ts';

/** Somebody's broker on a free port, with sessions, wills and retained messages. */
export async function foreignBroker() {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    /** Says something as anybody could. */
    say: async (topic: string, payload: string | Uint8Array, retain = false): Promise<void> => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const packet = {
        cmd: 'publish',
        qos: 1,
        dup: false,
        retain,
        topic,
        payload: Buffer.from(payload),
      } as const;
      aedes.publish(packet, (error) => (error instanceof Error ? reject(error) : resolve()));
      await promise;
    },
    /** Hears what is said on these topics. */
    hear: async (filter: string, ear: (topic: string, payload: Buffer) => void): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      aedes.subscribe(
        filter,
        (packet, done) => {
          ear(packet.topic, Buffer.from(packet.payload));
          done();
        },
        resolve,
      );
      await promise;
    },
    /** All connections are cut, as by a power failure of the switch. */
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const { promise, resolve } = Promise.withResolvers<void>();
      aedes.close(resolve);
      await promise;
      server.close();
      await once(server, 'close');
    },
  };
}
