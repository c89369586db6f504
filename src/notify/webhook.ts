import { createHmac } from 'node:crypto';
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { formatScaled } from '../domain/units.ts';
import { pin, resolveHost, type Resolve } from './address.ts';
import type { Channel, Measured, Message } from './port.ts';
import { wordingOf } from './text.ts';

export type WebhookSettings = {
  readonly id: string;
  readonly url: string;
  /** The endpoint is on the local network: private addresses and plain http are allowed. */
  readonly lan: boolean;
  readonly secret: { reveal(): string };
  readonly timeZone: () => string;
  /** Certificates trusted besides the system's, PEM. */
  readonly ca?: string;
};

/** A connection that nobody needed for so long is closed, ms. */
const KEPT_MS = 15_000;
/** A longer answer costs the connection, bytes. */
const MOST_BODY = 65_536;

/**
 * A signed JSON call. The receiver recomputes HMAC-SHA256 over `<t>.<body>` from the header
 * `Bailee-Signature: t=<seconds>,v1=<hex>` and knows a repeat by `Idempotency-Key`. Any 2xx is a
 * yes; a redirect is not followed, since it could lead inside.
 */
export function webhookChannel(settings: WebhookSettings, resolve: Resolve = resolveHost): Channel {
  const url = new URL(settings.url);
  let agent: Agent | undefined;
  return {
    lane: `channel:${settings.id}`,
    async send(message, signal) {
      const { address, family } = await pin(url.hostname, settings.lan, resolve);
      const body = Buffer.from(JSON.stringify(payloadOf(message, settings.timeZone())));
      const t = Math.floor(message.at / 1000);
      agent ??= agentOf(url);
      const status = await post(
        url,
        {
          method: 'POST',
          agent,
          signal,
          lookup: (_host, options, done) => {
            if (options.all === true) done(null, [{ address, family }]);
            else done(null, address, family);
          },
          headers: {
            'content-type': 'application/json; charset=utf-8',
            'content-length': body.length,
            'user-agent': 'bailee',
            'idempotency-key': message.id,
            'bailee-signature': `t=${t},v1=${signatureOf(settings.secret.reveal(), t, body)}`,
          },
          ...(settings.ca === undefined ? {} : { ca: settings.ca }),
        },
        body,
      );
      if (status < 200 || status > 299) throw new Error(`answered with status ${status}`);
    },
  };
}

export function signatureOf(secret: string, t: number, body: Uint8Array): string {
  return createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');
}

function payloadOf({ id, attempt, role, about, at }: Message, timeZone: string): Record<string, unknown> {
  const { subject, body } = wordingOf(about, at, timeZone);
  return {
    format: 'bailee/notice/v1',
    id,
    attempt,
    role,
    alarm: about.alarm,
    priority: about.priority,
    calls: about.calls,
    title: about.title,
    subject,
    text: body,
    gateway: about.gateway,
    place: about.place,
    value: measured(about.value),
    limit: about.limit === null ? null : { side: about.limit.side, ...measured(about.limit) },
    since: new Date(about.since).toISOString(),
    at: new Date(at).toISOString(),
    link: about.link,
  };
}

/** The exact decimal as text, since a JSON number may be read as a binary fraction. */
function measured(m: Measured | null): { readonly value: string; readonly unit: string } | null {
  return m === null ? null : { value: formatScaled(m.v, m.exp), unit: m.unit };
}

/** One connection that is kept for the next notice; making one takes more than all else about a notice. */
function agentOf({ protocol }: URL): Agent {
  const kept = { keepAlive: true, maxSockets: 1, timeout: KEPT_MS } as const;
  return protocol === 'https:' ? new HttpsAgent(kept) : new Agent(kept);
}

type Posted = RequestOptions & { ca?: string };

/** The status of the answer; of its body only what the connection must be rid of is read. */
async function post(url: URL, options: Posted, body: Uint8Array): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const answered = (response: IncomingMessage): void => {
    resolve(response.statusCode ?? 0);
    if (Number(response.headers['content-length'] ?? Infinity) <= MOST_BODY) response.resume();
    else response.destroy();
  };
  const request =
    url.protocol === 'https:' ? httpsRequest(url, options, answered) : httpRequest(url, options, answered);
  request.on('error', (error) => {
    // The other side may have closed the kept connection just now: that says nothing of a new one.
    if (!request.reusedSocket || options.signal?.aborted === true) reject(error);
    else resolve(post(url, { ...options, agent: false }, body));
  });
  request.end(body);
  return promise;
}
