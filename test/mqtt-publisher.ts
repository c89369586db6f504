import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, parser, type Packet } from 'mqtt-packet';

/** A device's side of MQTT 3.1.1, QoS 1: what was acknowledged is known message by message. */
export class MqttPublisher implements Disposable {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const incoming = parser({ protocolVersion: 4 });
    incoming.on('packet', (packet: Packet) => {
      if (packet.cmd !== 'puback') return;
      this.#waiting.get(packet.messageId ?? 0)?.resolve();
      this.#waiting.delete(packet.messageId ?? 0);
    });
    socket.on('data', (chunk: Buffer) => incoming.parse(chunk));
    const lost = (): void => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the broker is gone'));
      this.#waiting.clear();
    };
    socket.on('error', lost);
    socket.on('close', lost);
  }

  static async open(port: number, clientId: string): Promise<MqttPublisher> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const session = { protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0 } as const;
    socket.write(generate({ cmd: 'connect', clientId, ...session }));
    // CONNACK; what a broker sends after it answers a PUBLISH.
    const gone = once(socket, 'close').then(() => {
      throw new Error('the broker is gone');
    });
    await Promise.race([once(socket, 'data'), gone]);
    gone.catch(() => undefined);
    return new MqttPublisher(socket);
  }

  get isLost(): boolean {
    return this.#socket.destroyed;
  }

  get unacknowledged(): number {
    return this.#waiting.size;
  }

  /** Resolves when the broker acknowledged. */
  publish(topic: string, payload: string): Promise<void> {
    do this.#lastId = (this.#lastId % 0xffff) + 1;
    while (this.#waiting.has(this.#lastId));
    const answer = Promise.withResolvers<void>();
    this.#waiting.set(this.#lastId, answer);
    const head = { cmd: 'publish', qos: 1, dup: false, retain: false, messageId: this.#lastId } as const;
    this.#socket.write(generate({ ...head, topic, payload }));
    return answer.promise;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
