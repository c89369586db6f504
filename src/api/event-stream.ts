import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Client, EventHub } from './event-hub.ts';
import { HttpProblem } from './problem.ts';
import { roleFor, TEND } from './roles.ts';
import type { Sessions } from './sessions.ts';

/** Bytes that may wait for one client; a slower one is cut and comes back by its own reconnect. */
const MOST_WAITING = 256 * 1024;
const MOST_CLIENTS = 64;
/** What the browser waits before it comes back, ms. */
const RETRY_MS = 2000;

/** Keeps the answer open and tells it what happens, until it is too slow, gone, or signed out. */
export function openEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  { hub, sessions }: { readonly hub: EventHub; readonly sessions: Sessions },
): void {
  if (hub.size >= MOST_CLIENTS) {
    throw new HttpProblem(503, 'TOO_MANY', `${MOST_CLIENTS} event streams are open already`);
  }
  const { principal } = request;
  const session = principal?.session ?? null;
  const lastId = request.headers['last-event-id'];
  const { raw } = reply;
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  raw.writeHead(200, { 'content-type': 'text/event-stream' });
  raw.flushHeaders();
  const client: Client = {
    send: (frames) => {
      raw.write(frames);
      if (raw.writableLength > MOST_WAITING) raw.destroy();
    },
    sees: (kind) => kind !== 'health' || roleFor(TEND, principal?.credential.roles ?? []) !== undefined,
    isAllowed: () => session === null || sessions.use(session.key) !== null,
    end: () => raw.end(),
  };
  raw.write(`retry: ${RETRY_MS}\n\n`);
  raw.once('close', () => hub.remove(client));
  hub.add(client, typeof lastId === 'string' ? lastId : null);
}
