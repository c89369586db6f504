import type { Socket } from 'node:net';

const PUBACK = 0x40;
const PUBREC = 0x50;

/**
 * The messages of one connection that wait for their commit. Acknowledgements of one commit leave
 * in one write. When too many wait the socket is not read, until half of them are done: the broker
 * then keeps the rest, and our memory is bounded.
 */
export class AckQueue {
  readonly #socket: Socket;
  readonly #most: number;
  #waiting = 0;
  #due: number[] = [];
  #closed = false;
  #paused = false;

  constructor(socket: Socket, most: number) {
    this.#socket = socket;
    this.#most = most;
  }

  get full(): boolean {
    return this.#paused;
  }

  /** A message has come: gives what its commit must call. QoS 0 waits too, unanswered. */
  expect(qos: number, messageId: number): () => void {
    if (++this.#waiting >= this.#most && !this.#paused) {
      this.#paused = true;
      this.#socket.pause();
    }
    return () => this.#commit(qos, messageId);
  }

  /** The connection is gone: later commits answer nobody, the broker will send again. */
  close(): void {
    this.#closed = true;
    this.#due = [];
  }

  /** Sends what is due now rather than after the current turn. */
  flush(): void {
    if (this.#closed || this.#due.length === 0) return;
    const due = this.#due;
    this.#due = [];
    const bytes = Buffer.allocUnsafe(due.length * 2);
    for (let i = 0; i < due.length; i += 2) {
      bytes[i * 2] = due[i] ?? 0;
      bytes[i * 2 + 1] = 2;
      bytes.writeUInt16BE(due[i + 1] ?? 0, i * 2 + 2);
    }
    this.#socket.write(bytes);
  }

  #commit(qos: number, messageId: number): void {
    if (this.#closed) return;
    this.#waiting--;
    if (qos > 0) {
      if (this.#due.length === 0) queueMicrotask(() => this.flush());
      this.#due.push(qos === 1 ? PUBACK : PUBREC, messageId);
    }
    if (this.#paused && this.#waiting <= this.#most / 2) {
      this.#paused = false;
      this.#socket.resume();
    }
  }
}
