import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SignedStatement } from '../../src/evidence/statement.ts';

type Taken = {
  readonly seq: number;
  readonly document: { readonly from: string | null; readonly to: string };
};

/** A bank's end of the push: checks who sent it, and is out of order at first. */
export class PushReceiver implements AsyncDisposable {
  readonly taken: Taken[] = [];
  refused = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(secret: string): Promise<PushReceiver> {
    const server = createServer();
    const receiver = new PushReceiver(server);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts);
        response.statusCode = receiver.#take(secret, String(request.headers['bailee-signature']), body);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/control`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(secret: string, signature: string, body: Buffer): number {
    const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    if (createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex') !== v1) return 401;
    if (this.refused < 2) {
      this.refused += 1;
      return 503;
    }
    const { seq, statement } = JSON.parse(body.toString()) as { seq: number; statement: SignedStatement };
    this.taken.push({ seq, document: JSON.parse(statement.document) as Taken['document'] });
    return 200;
  }
}
