import { timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { DeviceError } from '../../domain/errors.ts';
import type { Inbox } from './inbox.ts';
import { Listener, type ListenerOptions } from './listener.ts';
import { RateLimit } from './rate-limit.ts';
import { covers } from './topic-tree.ts';

export type Account = {
  readonly password: string;
  /** Filters of what it may publish, and of what it may subscribe to. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
};

export type BrokerOptions = ListenerOptions & {
  /** By user; empty lets anybody in, which configuration allows on loopback only. With `tls.ca` the
   * common name of a client's certificate must be its user. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** Messages per second of one client, over BURST_S seconds. */
  readonly maxRate: number;
};

const CONNECT_MS = 10_000;
const BURST_S = 2;
/** SUBACK's return code of a subscription that was not given (MQTT 3.1.1 section 3.9.3). */
const DENIED = 128;

/**
 * Our own MQTT 3.1.1 broker. It keeps nothing: no retained messages, no sessions. A device gets its
 * PUBACK when the journal has the message, and what it sends reaches the inbox without a detour.
 */
export class EmbeddedBroker implements AsyncDisposable {
  readonly #options: BrokerOptions;
  readonly #inbox: Inbox;
  readonly #aedes: Aedes;
  readonly #listener: Listener;
  readonly #subscriptions = new Map<Client, Set<string>>();
  readonly #users = new WeakMap<Client, string>();
  readonly #rate: RateLimit;

  private constructor(options: BrokerOptions, inbox: Inbox) {
    this.#options = options;
    this.#inbox = inbox;
    this.#rate = new RateLimit(options.maxRate, BURST_S);
    this.#aedes = new Aedes({
      connectTimeout: CONNECT_MS,
      maxTopicLevels: 32,
      preConnect: (_client, packet, done) => {
        // No session outlives its connection: the memory for absent clients would have no bound.
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, user, password, done) => {
        const entered = this.#mayEnter(client, user, password);
        const name = this.#nameOf(client);
        if (!entered) this.#inbox.refuse(`${name} may not sign in as ${(user ?? 'nobody').slice(0, 40)}`);
        // Cut off for sending too much: not so soon again.
        done(null, entered && !this.#rate.isSpent(name));
      },
      authorizePublish: (client, packet, done) => this.#take(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => {
        done(null, this.#mayDo(client, 'subscribe', subscription.topic) ? subscription : null);
      },
    });
    this.#aedes.on('subscribe', (subscriptions, client) => {
      const topics = this.#subscriptions.get(client) ?? new Set();
      for (const s of subscriptions) {
        const granted: number = s.qos;
        if (granted !== DENIED) topics.add(s.topic);
      }
      this.#subscriptions.set(client, topics);
    });
    this.#aedes.on('unsubscribe', (topics, client) => {
      for (const topic of topics) this.#subscriptions.get(client)?.delete(topic);
    });
    this.#aedes.on('clientDisconnect', (client) => this.#subscriptions.delete(client));
    this.#listener = new Listener(options, inbox, (socket) => this.#aedes.handle(socket));
  }

  /** Listens; rejects with the system's error when the address is taken. */
  static async listen(options: BrokerOptions, inbox: Inbox): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker(options, inbox);
    await broker.#aedes.listen();
    try {
      await broker.#listener.listen(options.host, options.port, (error) => {
        inbox.refuse(`the broker's own socket failed: ${error.message}`);
      });
    } catch (error) {
      await broker[Symbol.asyncDispose]();
      throw error;
    }
    return broker;
  }

  get address(): AddressInfo {
    return this.#listener.address;
  }

  /** Hands an order to the clients that are subscribed now; PORT_LOST when there is none. */
  async publish(topic: string, payload: string): Promise<void> {
    const heard = [...this.#subscriptions.values()].some((filters) =>
      [...filters].some((f) => covers(f, topic)),
    );
    if (!heard) throw new DeviceError('PORT_LOST', `no client is subscribed to ${topic}`);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const packet: PublishPacket = { cmd: 'publish', qos: 1, dup: false, retain: false, topic, payload };
    this.#aedes.publish(packet, (error) =>
      error === undefined || error === null ? resolve() : reject(error),
    );
    await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((done) => this.#aedes.close(done));
    await this.#listener[Symbol.asyncDispose]();
  }

  #mayEnter(client: Client, user: string | undefined, password: Buffer | undefined): boolean {
    if (this.#options.accounts.size === 0) return true;
    const account = this.#options.accounts.get(user ?? '');
    if (account === undefined || user === undefined || !same(password, account.password)) return false;
    const { conn } = client;
    if (this.#options.tls?.ca !== undefined) {
      if (!(conn instanceof TLSSocket) || conn.getPeerCertificate().subject.CN !== user) return false;
    }
    this.#users.set(client, user);
    return true;
  }

  #mayDo(client: Client | null, what: 'publish' | 'subscribe', topic: string): boolean {
    if (this.#options.accounts.size === 0) return true;
    const user = client === null ? undefined : this.#users.get(client);
    const account = user === undefined ? undefined : this.#options.accounts.get(user);
    return account?.[what].some((filter) => covers(filter, topic)) ?? false;
  }

  /** The user where there are accounts, else what the client calls itself. */
  #nameOf(client: Client | null): string {
    if (client === null) return 'nobody';
    return this.#users.get(client) ?? client.id.slice(0, 40);
  }

  /** aedes sends PUBACK (or PUBREC) when `done` is called: after our commit. */
  #take(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    packet.retain = false;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const who = this.#nameOf(client);
    if (client !== null && !this.#rate.take(who)) {
      this.#inbox.refuse(`${who} sends more than ${this.#options.maxRate} messages per second`);
      return done(new Error('too many messages'));
    }
    if (packet.topic.startsWith('$')) return done(new Error(`${packet.topic} is reserved`));
    if (this.#mayDo(client, 'publish', packet.topic)) {
      this.#inbox.accept(packet.topic, payload, false, () => done(null));
      return;
    }
    this.#inbox.refuse(`${who} may not publish on ${packet.topic.slice(0, 100)}`, () => {
      done(new Error('not authorized'));
    });
  }
}

function same(given: Buffer | undefined, wanted: string): boolean {
  const expected = Buffer.from(wanted);
  if (given === undefined || given.length !== expected.length) return false;
  return timingSafeEqual(given, expected);
}
