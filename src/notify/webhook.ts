import { createHmac } from 'node:crypto';
import { filled, type Template } from '../domain/notice-fields.ts';
import { resolveHost, type Resolve } from './address.ts';
import { expectSuccess, openPost, type Endpoint } from './http-call.ts';
import { fieldsOf, payloadOf } from './payload.ts';
import type { Channel } from './port.ts';

export type WebhookSettings = Endpoint & {
  readonly id: string;
  readonly url: string;
  readonly secret: { reveal(): string };
  /** What is sent in the place of the whole notice. */
  readonly template?: Template | null;
  readonly timeZone: () => string;
};

/** Posts bytes that a receiver can check: `id` is the same for every attempt, `at` ms since 1970. */
export type SignedPost = (id: string, at: number, body: Uint8Array, signal: AbortSignal) => Promise<void>;

/**
 * A signed JSON call. The receiver recomputes HMAC-SHA256 over `<t>.<body>` from the header
 * `Bailee-Signature: t=<seconds>,v1=<hex>` and knows a repeat by `Idempotency-Key`. Any 2xx is a
 * yes; a redirect is not followed, since it could lead inside.
 */
export function signedPost(
  settings: Omit<WebhookSettings, 'timeZone'>,
  resolve: Resolve = resolveHost,
): SignedPost {
  const url = new URL(settings.url);
  const post = openPost(settings, resolve);
  return async (id, at, body, signal) => {
    const t = Math.floor(at / 1000);
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': id,
      'bailee-signature': `t=${t},v1=${signatureOf(settings.secret.reveal(), t, body)}`,
    };
    expectSuccess(await post(url, headers, body, signal));
  };
}

/** Notices as such calls. */
export function webhookChannel(settings: WebhookSettings, resolve: Resolve = resolveHost): Channel {
  const post = signedPost(settings, resolve);
  return {
    lane: `channel:${settings.id}`,
    send: (message, signal) => {
      const { template = null } = settings;
      const zone = settings.timeZone();
      const said = template === null ? payloadOf(message, zone) : filled(template, fieldsOf(message, zone));
      return post(message.id, message.at, Buffer.from(JSON.stringify(said)), signal);
    },
  };
}

export function signatureOf(secret: string, t: number, body: Uint8Array): string {
  return createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');
}
