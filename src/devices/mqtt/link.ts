import type { Socket } from 'node:net';
import { generate, parser, writeToStream, type IConnackPacket, type Packet } from 'mqtt-packet';
import { DeviceError } from '../../domain/errors.ts';
import { AckQueue } from './ack-queue.ts';
import { Frames } from './frames.ts';
import { Liveness, type Patience } from './liveness.ts';
import { PacketGuard, type Oversize } from './packet-guard.ts';
import { readPublish, type Publish } from './publish-frame.ts';

// Else mqtt-packet keeps all 65,536 two-byte numbers as Buffers: 9 MB for the few packets we write.
writeToStream.cacheNumbers = false;

/** Who we are to the broker. */
export type Session = {
  readonly clientId: string;
  readonly version: 4 | 5;
  readonly user: string | null;
  readonly password: string | null;
  /** Subscribed with QoS 1 on every connection. */
  readonly filters: readonly string[];
  /** Largest packet taken, bytes. */
  readonly maxPacket: number;
  readonly will?: {
    readonly topic: string;
    readonly payload: string | Uint8Array;
    readonly retain?: boolean;
  };
};

/** The payload stands in a buffer that is read into again when `message` returns. `committed` is called once what the message brought is durable; PUBACK follows it, never before. */
export type LinkEvents = {
  message(topic: string, payload: Uint8Array, retained: boolean, committed: () => void): void;
  oversize(packet: Oversize, committed: () => void): void;
  /** The broker has us and all our subscriptions. */
  ready(): void;
  /** A subscription it would not give. */
  denied(filter: string): void;
};

/** While so many messages wait for their commit nothing more is read. */
const MOST_WAITING = 1000;
const SESSION_EXPIRY_S = 7 * 86_400;
const FILTERS_PER_SUBSCRIBE = 50;

/** One connection to a broker, from CONNECT to its end. */
export class Link {
  /** Resolves with the reason when the line is gone. */
  readonly ended: Promise<string>;
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #events: LinkEvents;
  readonly #parser;
  readonly #guard: PacketGuard;
  readonly #liveness: Liveness;
  readonly #acks: AckQueue;
  readonly #published = new Map<number, PromiseWithResolvers<void>>();
  readonly #unanswered = new Map<number, readonly string[]>();
  #end: (reason: string) => void = () => undefined;
  #reason: string | null = null;
  #open = false;
  #lastId = 0;

  /** @param open opens the socket; `hear` gets its bytes, which it may keep no longer than its call */
  constructor(
    open: (hear: (bytes: Buffer) => void) => Socket,
    session: Session,
    patience: Patience,
    events: LinkEvents,
  ) {
    const socket = open((bytes) => this.#feed(bytes));
    this.#socket = socket;
    this.#session = session;
    this.#events = events;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#parser = parser({ protocolVersion: session.version });
    this.#parser.on('packet', (packet) => this.#take(packet));
    this.#parser.on('error', (error: Error) => this.close(`protocol error: ${error.message}`));
    const frames = new Frames((frame) => this.#takeFrame(frame));
    this.#guard = new PacketGuard(
      session.maxPacket,
      (bytes) => frames.feed(bytes),
      (packet) => this.#takeOversize(packet),
    );
    this.#acks = new AckQueue(socket, MOST_WAITING);
    this.#liveness = new Liveness(patience, {
      ping: () => this.#send({ cmd: 'pingreq' }),
      dead: (reason) => this.close(reason),
      reading: () => !this.#acks.full,
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 1000);
    socket.on('error', (error) => this.close(error.message));
    socket.on('close', () => this.close('the broker closed the connection'));
    this.#send(connectPacket(session, patience.keepaliveS));
  }

  /** QoS 1: resolves when the broker has it. Rejects with PORT_LOST when the line went before. */
  publish(topic: string, payload: string | Buffer, retain = false): Promise<void> {
    if (!this.#open) return Promise.reject(new DeviceError('PORT_LOST', 'no connection to the broker'));
    const messageId = this.#nextId();
    const answer = Promise.withResolvers<void>();
    this.#published.set(messageId, answer);
    this.#send({ cmd: 'publish', qos: 1, dup: false, retain, topic, payload, messageId });
    return answer.promise;
  }

  /** Ends the connection, once; a clean end lets the broker forget the will. */
  close(reason: string, cleanly = false): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#open = false;
    this.#liveness.stop();
    if (cleanly) this.#acks.flush();
    this.#acks.close();
    if (cleanly)
      this.#socket.end(generate({ cmd: 'disconnect' }, { protocolVersion: this.#session.version }));
    this.#socket.destroySoon();
    if (!cleanly) this.#socket.destroy();
    for (const answer of this.#published.values()) {
      answer.reject(new DeviceError('PORT_LOST', `connection lost before the broker answered: ${reason}`));
    }
    this.#published.clear();
    this.#end(reason);
  }

  #feed(chunk: Buffer): void {
    const problem = this.#guard.feed(chunk);
    this.#liveness.heard(this.#guard.within);
    if (problem !== null) this.close(`protocol error: ${problem}`);
  }

  #takeFrame(frame: Buffer): void {
    const publish = readPublish(frame, this.#session.version);
    if (publish === null) this.#parser.parse(frame);
    else if (this.#reason === null) this.#takePublish(publish);
  }

  #take(packet: Packet): void {
    if (this.#reason !== null) return;
    switch (packet.cmd) {
      case 'publish': {
        const { topic, retain, qos, messageId = 0 } = packet;
        return this.#takePublish({ topic, payload: Buffer.from(packet.payload), retain, qos, messageId });
      }
      case 'connack':
        return this.#takeConnack(packet);
      case 'suback':
        return this.#takeSuback(packet.messageId ?? 0, packet.granted);
      case 'puback':
        this.#published.get(packet.messageId ?? 0)?.resolve();
        this.#published.delete(packet.messageId ?? 0);
        return;
      case 'pubrel':
        return this.#send({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 });
      case 'pingresp':
        return;
      case 'disconnect':
        return this.close(`the broker disconnected, reason ${packet.reasonCode ?? 0}`);
      case 'auth':
      case 'connect':
      case 'pingreq':
      case 'pubcomp':
      case 'pubrec':
      case 'subscribe':
      case 'unsuback':
      case 'unsubscribe':
        return this.close(`protocol error: ${packet.cmd} was not to be expected`);
    }
  }

  #takePublish({ topic, payload, retain, qos, messageId }: Publish): void {
    this.#events.message(topic, payload, retain, this.#acks.expect(qos, messageId));
  }

  #takeOversize(packet: Oversize): void {
    this.#events.oversize(packet, this.#acks.expect(packet.qos, packet.messageId ?? 0));
  }

  #takeConnack(packet: IConnackPacket): void {
    const code = packet.reasonCode ?? packet.returnCode ?? 0;
    if (code !== 0) return this.close(`the broker refused the connection, code ${code}`);
    this.#open = true;
    const { filters } = this.#session;
    for (let i = 0; i < filters.length; i += FILTERS_PER_SUBSCRIBE) {
      const some = filters.slice(i, i + FILTERS_PER_SUBSCRIBE);
      const messageId = this.#nextId();
      this.#unanswered.set(messageId, some);
      this.#send({ cmd: 'subscribe', messageId, subscriptions: some.map((topic) => ({ topic, qos: 1 })) });
    }
    if (filters.length === 0) this.#becomeReady();
  }

  #takeSuback(messageId: number, granted: readonly unknown[]): void {
    const filters = this.#unanswered.get(messageId) ?? [];
    filters.forEach((filter, i) => {
      if (Number(granted[i]) >= 128) this.#events.denied(filter);
    });
    this.#unanswered.delete(messageId);
    if (this.#unanswered.size === 0) this.#becomeReady();
  }

  #becomeReady(): void {
    this.#liveness.connected();
    this.#events.ready();
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % 0xffff) + 1;
    while (this.#published.has(this.#lastId) || this.#unanswered.has(this.#lastId));
    return this.#lastId;
  }

  #send(packet: Packet): void {
    this.#socket.write(generate(packet, { protocolVersion: this.#session.version }));
  }
}

function connectPacket(session: Session, keepalive: number): Packet {
  const { clientId, version, user, password, will } = session;
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: version,
    clientId,
    // The broker keeps what we have not acknowledged while we are away.
    clean: false,
    keepalive,
    ...(user === null ? {} : { username: user }),
    ...(password === null ? {} : { password: Buffer.from(password) }),
    ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload), qos: 1 as const } }),
    ...(version === 5
      ? { properties: { sessionExpiryInterval: SESSION_EXPIRY_S, receiveMaximum: MOST_WAITING } }
      : {}),
  };
}
