import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { generate, parser, type IPublishPacket, type Packet } from 'mqtt-packet';

/** One end of an MQTT connection that does nothing by itself: what a test sends and sees is on the wire. */
export class Raw {
  readonly packets: Packet[] = [];
  closed = false;

  readonly socket: Socket;
  constructor(socket: Socket) {
    this.socket = socket;
    const incoming = parser({ protocolVersion: 4 });
    incoming.on('packet', (packet) => this.packets.push(packet));
    socket.on('data', (chunk) => incoming.parse(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
  }

  static async to(port: number): Promise<Raw> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return new Raw(socket);
  }

  send(...packets: Packet[]): void {
    this.socket.write(Buffer.concat(packets.map((p) => generate(p))));
  }

  all<C extends Packet['cmd']>(cmd: C): Extract<Packet, { cmd: C }>[] {
    return this.packets.filter((p): p is Extract<Packet, { cmd: C }> => p.cmd === cmd);
  }

  /** The nth packet of this kind, waited for. */
  async one<C extends Packet['cmd']>(cmd: C, nth = 1): Promise<Extract<Packet, { cmd: C }>> {
    await until(() => this.all(cmd).length >= nth, `${nth} ${cmd}`);
    const packet = this.all(cmd)[nth - 1];
    if (packet === undefined) throw new Error(`no ${cmd}`);
    return packet;
  }
}

export function message(topic: string, payload: string, messageId: number, dup = false): IPublishPacket {
  return { cmd: 'publish', topic, payload, qos: 1, dup, retain: false, messageId };
}

/** A listening socket that hands every connection to the test as a raw broker end. */
export async function rawBroker() {
  const ends: Raw[] = [];
  const server = createServer((socket) => ends.push(new Raw(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    ends,
    /** Takes the nth client in: CONNECT, CONNACK, SUBSCRIBE, SUBACK. */
    welcome: async (nth = 1): Promise<Raw> => {
      await until(() => ends.length >= nth, `connection ${nth}`);
      const end = ends[nth - 1];
      if (end === undefined) throw new Error('no connection');
      await end.one('connect');
      end.send({ cmd: 'connack', returnCode: 0, sessionPresent: nth > 1 });
      const { messageId = 0, subscriptions } = await end.one('subscribe');
      end.send({ cmd: 'suback', messageId, granted: subscriptions.map(() => 1) });
      return end;
    },
    async [Symbol.asyncDispose]() {
      for (const end of ends) end.socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The port a server was given. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}

/** Waits until something is so; says what was missing when it is not within 5 s. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const deadline = performance.now() + 5000; !isSo(); await delay(2)) {
    if (performance.now() > deadline) throw new Error(`not within 5 s: ${what}`);
  }
}
