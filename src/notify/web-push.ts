import {
  createCipheriv,
  createECDH,
  createPrivateKey,
  hkdfSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { resolveHost, type Resolve } from './address.ts';
import { expectSuccess, openPost, type Endpoint } from './http-call.ts';
import { addressOf, calledPerson, type People } from './people.ts';
import { PERSON_PACE } from './pace.ts';
import type { Channel, Message } from './port.ts';
import { shortText } from './short-text.ts';

export type WebPushSettings = Endpoint & {
  readonly id: string;
  /** PEM of the P-256 key that the subscriptions name (VAPID). */
  readonly key: { reveal(): string };
  /** Whom the push service writes to when something is wrong, `mailto:` or `https:`. */
  readonly contact: string;
  readonly people: People;
  /** The push service says that this browser is no more there. */
  readonly onGone?: (person: string, endpoint: string) => void;
  readonly timeZone: () => string;
};

/** A browser's subscription, as `PushSubscription.toJSON()` gives it. */
export type Subscription = {
  readonly endpoint: string;
  readonly p256dh: Uint8Array;
  readonly auth: Uint8Array;
};

const RECORD_SIZE = 4096;
/** A push service's words for a browser that is gone for good (RFC 8030 §7.3). */
const GONE: readonly number[] = [404, 410];
/** A push service holds a token valid for a day at most (RFC 8292 §2). */
const TOKEN_S = 12 * 3600;
/** Signs of text, so that the whole stays in the 4 KB that every push service takes. */
const MOST_TEXT = 900;

/** A push to one person's browser (RFC 8030), encrypted for it alone and signed by the gateway (VAPID). */
export function webPushChannel(settings: WebPushSettings, resolve: Resolve = resolveHost): Channel {
  const post = openPost(settings, resolve);
  return {
    lane: `channel:${settings.id}`,
    pace: PERSON_PACE,
    async send(message, signal) {
      const person = calledPerson(settings.people, message.role);
      const browsers = readSubscriptions(addressOf(person, 'push'));
      const text = shortText(message, person.language, settings.timeZone()).slice(0, MOST_TEXT);
      const payload = Buffer.from(JSON.stringify({ id: message.id, text, link: message.about.link }));
      const reach = async (to: Subscription): Promise<void> => {
        const url = new URL(to.endpoint);
        if (url.protocol !== 'https:' && !settings.lan)
          throw new Error(`${person.id} has a push service without https`);
        const own = createECDH('prime256v1');
        own.generateKeys();
        const body = encryptPush(payload, to, own, randomBytes(16));
        const answer = await post(url, headersOf(url, settings, message), body, signal);
        if (GONE.includes(answer.status)) settings.onGone?.(person.id, to.endpoint);
        expectSuccess(answer);
      };
      const reached = await Promise.allSettled(browsers.map(reach));
      // Who reads it on one screen has been told.
      if (reached.some(({ status }) => status === 'fulfilled')) return;
      const [failed] = reached;
      throw failed?.status === 'rejected'
        ? failed.reason
        : new Error(`no browser of ${person.id} is subscribed`);
    },
  };
}

function headersOf(url: URL, settings: WebPushSettings, message: Message): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/octet-stream',
    'content-encoding': 'aes128gcm',
    ttl: String(Math.max(0, Math.floor((message.expiry - message.at) / 1000))),
    urgency: message.about.priority === 'urgent' ? 'high' : 'normal',
    authorization: vapid(url.origin, settings, message),
  };
}

/** The subscription, or the list of them. @throws Error that does not tell them */
function readSubscriptions(text: string): readonly Subscription[] {
  const raw: unknown = JSON.parse(text);
  return (Array.isArray(raw) ? raw : [raw]).map(readSubscription);
}

/**
 * RFC 8291 §3 and §4: one record of aes128gcm for the browser's key.
 *
 * @param own with a key that is used for this message alone
 */
export function encryptPush(
  text: Uint8Array,
  to: Pick<Subscription, 'p256dh' | 'auth'>,
  own: ReturnType<typeof createECDH>,
  salt: Uint8Array,
): Uint8Array {
  const publicKey = own.getPublicKey();
  const shared = own.computeSecret(to.p256dh);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), to.p256dh, publicKey]);
  const ikm = Buffer.from(hkdfSync('sha256', shared, to.auth, info, 32));
  const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12));
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  // 2 ends the last record (RFC 8188 §2).
  const sealed = Buffer.concat([
    cipher.update(text),
    cipher.update(Uint8Array.of(2)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const head = Buffer.alloc(21);
  head.set(salt);
  head.writeUInt32BE(RECORD_SIZE, 16);
  head.writeUInt8(publicKey.length, 20);
  return Buffer.concat([head, publicKey, sealed]);
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** `vapid t=<JWT>, k=<key>` (RFC 8292 §3); the service holds its own clock against the token's end. */
function vapid(audience: string, { key, contact }: WebPushSettings, { at }: Message): string {
  const own = createPrivateKey(key.reveal());
  const exp = Math.floor(at / 1000) + TOKEN_S;
  const claimed = `${part({ typ: 'JWT', alg: 'ES256' })}.${part({ aud: audience, exp, sub: contact })}`;
  const signature = sign('sha256', Buffer.from(claimed), { key: own, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${claimed}.${signature.toString('base64url')}, k=${publicPoint(own)}`;
}

/** The uncompressed point of a P-256 key, base64url: what the page subscribes with. */
export function publicPoint(key: KeyObject): string {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString(
    'base64url',
  );
}

/** @throws Error that does not tell the subscription */
function readSubscription(raw: unknown): Subscription {
  const keys = fieldOf(raw, 'keys');
  const [endpoint, p256dh, auth] = [fieldOf(raw, 'endpoint'), fieldOf(keys, 'p256dh'), fieldOf(keys, 'auth')];
  if (
    typeof endpoint !== 'string' ||
    typeof p256dh !== 'string' ||
    typeof auth !== 'string' ||
    !URL.canParse(endpoint)
  ) {
    throw new Error('the push subscription has no endpoint, p256dh or auth');
  }
  return { endpoint, p256dh: Buffer.from(p256dh, 'base64url'), auth: Buffer.from(auth, 'base64url') };
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
