import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Answer } from './cosigner.ts';
import { ADD_CHECKPOINT, HEADS, MAX_REQUEST_BYTES, SIZE_TYPE } from './exchange.ts';

export type WitnessServerParts = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PEM texts; null for plain HTTP. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** Decides and remembers before it returns. */
  readonly answer: (body: Uint8Array) => Answer;
  /** The newest cosigned head of this origin, as its log signed it; null for none. */
  readonly head: (origin: string) => string | null;
  readonly onAnswer: (answer: Answer) => void;
  /** Told when a request could not be answered; nothing more is cosigned then. */
  readonly onError: (error: unknown) => void;
};

/** A call that has not arrived whole by then is cut off, ms. */
const ARRIVAL_MS = 10_000;
const IDLE_MS = 30_000;
const MOST_CONNECTIONS = 512;
const HEAD_PATH = new RegExp(`^/${HEADS}/([a-z0-9./-]{1,96})$`);

/**
 * Listens for logs that want a cosignature, and shows the heads it has cosigned.
 * @throws a system error such as EADDRINUSE
 */
export async function listenAsWitness(
  parts: WitnessServerParts,
): Promise<AsyncDisposable & { readonly url: string }> {
  const { tls, host, port } = parts;
  const limits = { requestTimeout: ARRIVAL_MS, headersTimeout: ARRIVAL_MS, keepAliveTimeout: IDLE_MS };
  const onCall = (request: IncomingMessage, response: ServerResponse): void => {
    serve(parts, request, response).catch((error: unknown) => {
      parts.onError(error);
      say(response, 500, 'it cannot be remembered what was cosigned, so nothing is');
    });
  };
  const server =
    tls === null
      ? createServer(limits, onCall)
      : createTlsServer({ ...limits, cert: tls.certificate, key: tls.key }, onCall);
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const at = addressOf(server.address());
  const shownHost = at.family === 'IPv6' ? `[${at.address}]` : at.address;
  return {
    url: `${tls === null ? 'http' : 'https'}://${shownHost}:${at.port}/`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('no TCP address is listened on');
  return address;
}

async function serve(
  parts: WitnessServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  const asked = HEAD_PATH.exec(path);
  if (asked !== null) {
    if (request.method !== 'GET') return refuseMethod(response, 'GET');
    const head = parts.head(asked[1] ?? '');
    return head === null ? say(response, 404, 'of that log no head was cosigned') : say(response, 200, head);
  }
  if (path !== `/${ADD_CHECKPOINT}`) return say(response, 404, `a witness answers at /${ADD_CHECKPOINT}`);
  if (request.method !== 'POST') return refuseMethod(response, 'POST');
  const body = await bodyOf(request);
  if (body === 'gone') return;
  if (body === 'too large') {
    response.setHeader('connection', 'close');
    return say(response, 413, `at most ${MAX_REQUEST_BYTES} bytes`);
  }
  const answer = parts.answer(body);
  parts.onAnswer(answer);
  if (answer.status === 200) return say(response, 200, answer.line);
  if (answer.status !== 409) return say(response, answer.status, answer.why);
  response.writeHead(409, { 'content-type': SIZE_TYPE }).end(`${answer.size}\n`);
}

function refuseMethod(response: ServerResponse, method: string): void {
  response.setHeader('allow', method);
  say(response, 405, `only ${method}`);
}

function say(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text.endsWith('\n') ? text : `${text}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | 'too large' | 'gone'> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a body comes as bytes');
      length += chunk.length;
      if (length > MAX_REQUEST_BYTES) return 'too large';
      chunks.push(chunk);
    }
  } catch (error) {
    // Whoever asked has hung up: there is nobody to answer.
    if (request.errored === error || request.destroyed) return 'gone';
    throw error;
  }
  return Buffer.concat(chunks);
}
