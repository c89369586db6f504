import { connect, type Socket } from 'node:net';

/** A connection made by hand. */
export class Caller implements Disposable {
  readonly #socket: Socket;
  /** What it was answered, hexadecimal. */
  heard = '';
  closed = false;
  constructor(at: { readonly host: string; readonly port: number }) {
    this.#socket = connect(at);
    this.#socket.on('data', (chunk) => (this.heard += chunk.toString('hex')));
    this.#socket.on('close', () => (this.closed = true));
    this.#socket.on('error', () => this.#socket.destroy());
  }

  say(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
