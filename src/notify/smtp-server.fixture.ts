import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** What the server is told to do wrong. */
export type SmtpFault = 'silent' | 'drip' | 'busy' | 'cut-after-data' | null;

export type Mail = { readonly from: string; readonly to: readonly string[]; readonly data: string };

/** A small SMTP server (RFC 5321), for the tests of this room. */
export class SmtpServer {
  readonly mails: Mail[] = [];
  readonly refused = new Set<string>();
  fault: SmtpFault = null;
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @param tls key and certificate of a server that speaks TLS from the first byte */
  constructor(tls?: { readonly key: string; readonly cert: string }) {
    const talk = (socket: Socket): void => this.#talk(socket);
    this.#server = tls === undefined ? createServer(talk) : createTlsServer(tls, talk);
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    return address.port;
  }

  get open(): number {
    return this.#sockets.size;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #talk(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (this.fault === 'silent') return;
    if (this.fault === 'drip') {
      const timer = setInterval(() => socket.write('2'), 20);
      socket.on('close', () => clearInterval(timer));
      return;
    }
    let mail: { from: string; to: string[] } = { from: '', to: [] };
    let data: string[] | null = null;
    let rest = '';
    const answer = (line: string): void => {
      if (data !== null) {
        if (line !== '.') {
          data.push(line.startsWith('..') ? line.slice(1) : line);
          return;
        }
        this.mails.push({ ...mail, data: data.join('\r\n') });
        data = null;
        if (this.fault === 'cut-after-data') socket.destroy();
        else socket.write('250 taken\r\n');
        return;
      }
      const verb = line.slice(0, 4).toUpperCase();
      const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
      if (verb === 'MAIL') mail = { from: address, to: [] };
      if (verb === 'STAR') {
        socket.write('502 no TLS here\r\n');
        return;
      }
      if (verb === 'RCPT' && this.refused.has(address)) {
        socket.write('550 no such box\r\n');
        return;
      }
      if (verb === 'RCPT') mail.to.push(address);
      if (verb === 'DATA') data = [];
      socket.write(verb === 'DATA' ? '354 go on\r\n' : verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
    };
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('utf8')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) answer(line);
    });
    socket.write(this.fault === 'busy' ? '421 too busy\r\n' : '220 test ESMTP\r\n');
  }
}
