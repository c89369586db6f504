import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pin, resolveHost, type Resolve } from './address.ts';

/** Where a channel calls by HTTP. */
export type Endpoint = {
  /** The endpoint is on the local network: private addresses and plain http are allowed. */
  readonly lan: boolean;
  /** Certificates trusted besides the system's, PEM. */
  readonly ca?: string;
};

export type Answer = { readonly status: number; readonly body: string };

/** Posts to one endpoint. Its address is looked up and checked for every call; a redirect is not followed. */
export type Post = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  signal: AbortSignal,
) => Promise<Answer>;

/** Asks or tells one endpoint, likewise; a call without a body has null. */
export type Call = (
  method: 'GET' | 'POST',
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | null,
  signal: AbortSignal,
) => Promise<Answer & { readonly location: string | null }>;

/** A connection that nobody needed for so long is closed, ms. */
const KEPT_MS = 15_000;
/** What is read of an answer, bytes; a longer one costs the connection. */
const MOST_BODY = 65_536;

/** Calls of one channel, over one connection that is kept for the next: making one takes more than all else. */
export function openPost(endpoint: Endpoint, resolve: Resolve = resolveHost): Post {
  const call = openCall(endpoint, resolve);
  return async (url, headers, body, signal) => {
    const answer = await call('POST', url, headers, body, signal);
    return { status: answer.status, body: answer.body };
  };
}

/** Likewise, for an interface that is also read. */
export function openCall({ lan, ca }: Endpoint, resolve: Resolve = resolveHost): Call {
  const agents = new Map<string, Agent>();
  const agentOf = (protocol: string): Agent => {
    const known = agents.get(protocol);
    if (known !== undefined) return known;
    const kept = { keepAlive: true, maxSockets: 1, timeout: KEPT_MS } as const;
    const agent = protocol === 'https:' ? new HttpsAgent(kept) : new Agent(kept);
    agents.set(protocol, agent);
    return agent;
  };
  return async (method, url, headers, body, signal) => {
    const { address, family } = await pin(url.hostname, lan, resolve);
    const length = body === null ? {} : { 'content-length': String(body.length) };
    const options: Posted = {
      method,
      agent: agentOf(url.protocol),
      signal,
      lookup: (_host, { all }, done) => {
        if (all === true) done(null, [{ address, family }]);
        else done(null, address, family);
      },
      headers: { 'user-agent': 'bailee', ...length, ...headers },
      ...(ca === undefined ? {} : { ca }),
    };
    return send(url, options, body);
  };
}

/** @throws Error for any answer that is not 2xx */
export function expectSuccess({ status }: Answer): void {
  if (status < 200 || status > 299) throw new Error(`answered with status ${status}`);
}

type Posted = RequestOptions & { ca?: string };

function send(url: URL, options: Posted, body: Uint8Array | null): ReturnType<Call> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Call>>>();
  const answered = (response: IncomingMessage): void => {
    const status = response.statusCode ?? 0;
    const location = response.headers.location ?? null;
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      if (text.length <= MOST_BODY) return;
      resolve({ status, body: text, location });
      response.destroy();
    });
    response.on('end', () => resolve({ status, body: text, location }));
    response.on('error', reject);
  };
  const request =
    url.protocol === 'https:' ? httpsRequest(url, options, answered) : httpRequest(url, options, answered);
  request.on('error', (error) => {
    // The other side may have closed the kept connection just now: that says nothing of a new one.
    if (!request.reusedSocket || options.signal?.aborted === true) reject(error);
    else resolve(send(url, { ...options, agent: false }, body));
  });
  request.end(body ?? undefined);
  return promise;
}
