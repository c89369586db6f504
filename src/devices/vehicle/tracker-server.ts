import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Who speaks on one connection; made by the protocol. */
export type Session = {
  bytes(chunk: Uint8Array): void;
  /** True once it has said who it is and was let in. */
  readonly known: boolean;
  /** True while a frame has begun and not ended. */
  readonly within: boolean;
  /** Told the time twice a second (monotonic, ms), for what is waited for. */
  look?(now: number): void;
  closed(why: string): void;
};

/** Is shown what came and what went out. */
type Watch = (way: 'in' | 'out', bytes: Uint8Array) => void;

export type ServerLimits = {
  readonly maxConnections: number;
  /** A connection on which nothing was heard for so long is closed: its far end may be gone. */
  readonly idleMs: number;
};

/** To say who it is, and to end a frame that has begun: a byte now and then is no life. */
const LOGIN_MS = 10_000;
const FRAME_MS = 20_000;
const LOOK_MS = 500;
/** So many messages of one connection may wait for their commit; then it is not read. */
const MOST_WAITING = 8;
/** So much of one connection may be refused before it is ended. */
const MOST_REFUSED = 100;

/** The far end of one session: answers go out here. */
export class Peer {
  readonly address: string;
  readonly #socket: Socket;
  readonly #watch: Watch;
  #waiting = 0;
  #refusals = 0;
  why = 'connection closed';

  constructor(socket: Socket, watch: Watch) {
    this.#socket = socket;
    this.#watch = watch;
    this.address = socket.remoteAddress ?? 'a client';
  }

  send(bytes: Uint8Array): void {
    if (this.#socket.destroyed) return;
    this.#watch('out', bytes);
    this.#socket.write(bytes);
  }

  /** False once it was ended: what else had come is not for us any more. */
  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Something it said was refused; who says nothing else is sent away. */
  refused(): void {
    if (++this.#refusals > MOST_REFUSED) this.end(`more than ${MOST_REFUSED} messages were refused`);
  }

  end(why: string): void {
    if (this.#socket.destroyed) return;
    this.why = why;
    this.#socket.destroy();
  }

  /** A message went to the journal: call what is returned once it is there. */
  waits(): () => void {
    if (++this.#waiting >= MOST_WAITING) this.#socket.pause();
    return () => {
      if (--this.#waiting < MOST_WAITING && !this.#socket.destroyed) this.#socket.resume();
    };
  }

  get isRead(): boolean {
    return this.#waiting < MOST_WAITING;
  }
}

type Open = {
  readonly peer: Peer;
  readonly session: Session;
  readonly since: number;
  heardAt: number;
  withinSince: number | null;
};

/** A TCP server for trackers, bounded in connections and in time; bytes are bounded by the sessions. */
export class TrackerServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #limits: ServerLimits;
  readonly #watch: Watch;
  readonly #open = new Map<Socket, Open>();
  readonly #looking: NodeJS.Timeout;

  constructor(
    limits: ServerLimits,
    begin: (peer: Peer) => Session,
    refused: (why: string) => void,
    watch: Watch,
  ) {
    this.#limits = limits;
    this.#watch = watch;
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#take(socket, begin));
    this.#server.maxConnections = limits.maxConnections;
    this.#server.on('drop', () => refused(`more than ${limits.maxConnections} connections`));
    this.#looking = setInterval(() => this.#look(), Math.min(LOOK_MS, limits.idleMs / 4));
  }

  /** Rejects with the system's error when the address is taken. */
  async listen(host: string, port: number, failedLater: (error: Error) => void): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.#server.on('error', (error) => {
        reject(error);
        failedLater(error);
      });
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return address;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
    for (const { peer } of this.#open.values()) peer.end('stopped');
    await new Promise<void>((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
    });
  }

  #take(socket: Socket, begin: (peer: Peer) => Session): void {
    const peer = new Peer(socket, this.#watch);
    const session = begin(peer);
    const now = performance.now();
    const open: Open = { peer, session, since: now, heardAt: now, withinSince: null };
    this.#open.set(socket, open);
    socket.on('data', (chunk) => {
      this.#watch('in', chunk);
      open.heardAt = performance.now();
      session.bytes(chunk);
      open.withinSince = session.within ? (open.withinSince ?? open.heardAt) : null;
    });
    // What ends the socket is told once, when it closes.
    socket.on('error', (error) => (peer.why = error.message));
    socket.on('close', () => {
      this.#open.delete(socket);
      session.closed(peer.why);
    });
  }

  #look(): void {
    const now = performance.now();
    const { idleMs } = this.#limits;
    for (const { peer, session, since, heardAt, withinSince } of this.#open.values()) {
      // While we do not read, silence is ours.
      if (!peer.isRead) continue;
      session.look?.(now);
      if (!session.known && now - since > LOGIN_MS) peer.end(`did not say who it is within ${LOGIN_MS} ms`);
      else if (withinSince !== null && now - withinSince > FRAME_MS) {
        peer.end(`a message did not end within ${FRAME_MS} ms`);
      } else if (now - heardAt > idleMs) peer.end(`nothing heard for ${idleMs} ms`);
    }
  }
}
