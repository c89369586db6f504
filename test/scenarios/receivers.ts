import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a duty system was told by webhook. */
export type Call = {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What it answered. */
  readonly status: number;
};

/** Somebody's duty system: takes signed JSON calls and keeps them. */
export class WebhookReceiver implements AsyncDisposable {
  readonly calls: Call[] = [];
  /** What it answers; 503 is a system that is down. */
  status = 200;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { status } = receiver;
        receiver.calls.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), status });
        response.writeHead(status).end();
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Connections that are open now. */
  async open(): Promise<number> {
    return await new Promise((resolve, reject) => {
      this.#server.getConnections((error, n) => (error === null ? resolve(n) : reject(error)));
    });
  }

  /** Calls that were taken, each by its id and alarm. */
  get taken(): { readonly id: string; readonly alarm: string }[] {
    return this.calls
      .filter((call) => call.status === 200)
      .map(({ headers, body }) => ({
        id: String(headers['idempotency-key']),
        alarm: (JSON.parse(body) as { alarm: string }).alarm,
      }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Checks `Bailee-Signature: t=<s>,v1=<hex>` as the manual tells a receiver to. */
export function isSignedWith(secret: string, { headers, body }: Call): boolean {
  const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['bailee-signature'])) ?? [];
  const wanted = createHmac('sha256', secret).update(`${t}.${body}`).digest();
  const found = Buffer.from(v1, 'hex');
  return found.length === wanted.length && timingSafeEqual(found, wanted);
}

/** The text of a mail, from base64 or quoted-printable (RFC 2045). */
export function mailText(data: string): string {
  const [head = '', ...rest] = data.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  if (/^content-transfer-encoding: base64$/im.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
