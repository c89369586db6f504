import { randomBytes, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { DeviceError } from '../../domain/errors.ts';
import type { Trace } from '../port.ts';
import {
  decodeCapabilities,
  decodeClock,
  decodeLease,
  decodeProfiles,
  decodePulled,
  decodeServices,
  decodeSnapshotUri,
  decodeSubscription,
  type Pulled,
  type Services,
  type Subscription,
} from './answers.ts';
import { authorize, parseChallenge, type Challenge, type Login } from './digest.ts';
import { exchange, type Answered, type Asked } from './exchange.ts';
import { actionOf, encodeRequest, type Request } from './requests.ts';
import { decodeEnvelope, encodeEnvelope, MAX_ENVELOPE, NS } from './soap.ts';
import { securityHeader } from './user-token.ts';
import { element } from './xml-writer.ts';
import type { XmlElement } from './xml.ts';

export type ClientParts = {
  readonly id: string;
  readonly url: URL;
  readonly login: Login;
  /** So long one answer may take, ms; a pull takes its own time besides. */
  readonly answerMs: number;
  /** Our own clock, ms since 1970. */
  readonly now: () => number;
  readonly trace: Trace | undefined;
  readonly agent: Agent | TlsAgent;
};

/** Larger than the pictures of any camera of the trade; some have 4K. */
export const MAX_PICTURE = 8 * 1024 * 1024;
const MOST_TRIES = 3;

type Header = readonly XmlElement[];

/**
 * Speaks to one camera. It logs in as the camera asks for it: HTTP Digest, or a token in the envelope whose
 * time is the camera's own. Nothing is ever sent to another host than the configured one.
 */
export class CameraClient {
  readonly #parts: ClientParts;
  #challenge: Challenge | null = null;
  #uses = 0;
  #needsToken = false;
  #offsetMs = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** How far the camera's clock is ahead of ours, as it was last asked, ms. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Asked first and without a login: tokens must bear the camera's time. */
  async readClock(signal: AbortSignal): Promise<void> {
    const time = decodeClock(await this.#call({ op: 'GetSystemDateAndTime' }, this.#parts.url, signal));
    // A camera that does not know the time gets ours, and is taken by its word.
    this.#offsetMs = time === null ? 0 : time - this.#parts.now();
  }

  async services(signal: AbortSignal): Promise<Services> {
    const { url } = this.#parts;
    try {
      const found = decodeServices(await this.#call({ op: 'GetServices' }, url, signal));
      if (found.events !== null) return found;
    } catch (error) {
      // Older cameras only have the other way to ask.
      if (!isFault(error)) throw error;
    }
    return decodeCapabilities(await this.#call({ op: 'GetCapabilities' }, url, signal));
  }

  /** @param address of the events service, as the camera gave it */
  async subscribe(address: string, leaseMs: number, signal: AbortSignal): Promise<Subscription> {
    const body = await this.#call({ op: 'CreatePullPointSubscription', leaseMs }, this.#at(address), signal);
    return decodeSubscription(body) ?? unreadable('a subscription', body);
  }

  /** Asks for the state of everything; a camera that cannot tells it by itself or not at all. */
  async synchronize(subscription: Subscription, signal: AbortSignal): Promise<void> {
    try {
      await this.#callPullPoint({ op: 'SetSynchronizationPoint' }, subscription, signal);
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }

  async pull(
    subscription: Subscription,
    timeoutMs: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<Pulled> {
    const request = { op: 'PullMessages', timeoutMs, limit } as const;
    const body = await this.#callPullPoint(request, subscription, signal, timeoutMs);
    return decodePulled(body) ?? unreadable('pulled messages', body);
  }

  /** What the camera granted, ms; null where it does not say. */
  async renew(subscription: Subscription, leaseMs: number, signal: AbortSignal): Promise<number | null> {
    try {
      return decodeLease(await this.#callPullPoint({ op: 'Renew', leaseMs }, subscription, signal));
    } catch (error) {
      if (!isFault(error)) throw error;
      // Some cameras only know an end by their own clock.
      const until = this.#parts.now() + this.#offsetMs + leaseMs;
      return decodeLease(await this.#callPullPoint({ op: 'Renew', until }, subscription, signal));
    }
  }

  async unsubscribe(subscription: Subscription, signal: AbortSignal): Promise<void> {
    await this.#callPullPoint({ op: 'Unsubscribe' }, subscription, signal);
  }

  /** Where pictures of this profile are; of the first one that has an encoder for null. */
  async pictureUrl(media: string, profile: string | null, signal: AbortSignal): Promise<URL> {
    const at = this.#at(media);
    const profiles = decodeProfiles(await this.#call({ op: 'GetProfiles' }, at, signal));
    const found = profiles.find((p) => (profile === null ? p.hasEncoder : p.token === profile));
    if (found === undefined) {
      const named = profile === null ? 'with a video encoder' : profile;
      throw new DeviceError('REFUSED', `the camera has no profile ${named} among ${profiles.length}`);
    }
    const body = await this.#call({ op: 'GetSnapshotUri', profile: found.token }, at, signal);
    return this.#at(decodeSnapshotUri(body) ?? unreadable('the address of a picture', body));
  }

  /** The bytes exactly as they came. @throws DeviceError MALFORMED for what is no JPEG */
  async picture(url: URL, signal: AbortSignal): Promise<Uint8Array> {
    const { answerMs } = this.#parts;
    const make = () =>
      ({ method: 'GET', url, headers: {}, body: null, maxBytes: MAX_PICTURE, timeoutMs: answerMs }) as const;
    const { status, body } = await this.#authorized(make, signal);
    if (status !== 200) throw new DeviceError('EXCEPTION_REPLY', `HTTP status ${status} for a picture`);
    if (body.length < 4 || body[0] !== 0xff || body[1] !== 0xd8 || body[2] !== 0xff) {
      throw new DeviceError('MALFORMED', `${body.length} bytes that are no JPEG`);
    }
    this.#parts.trace?.(this.#parts.id, 'in', body.subarray(0, 16));
    return body;
  }

  async #callPullPoint(
    request: Request,
    { address, headers }: Subscription,
    signal: AbortSignal,
    extraMs = 0,
  ): Promise<XmlElement> {
    const to = [element(NS.wsa, 'To', address), ...headers.map(asReferenceParameter)];
    return await this.#call(request, this.#at(address), signal, to, extraMs);
  }

  async #call(
    request: Request,
    url: URL,
    signal: AbortSignal,
    to: Header = [],
    extraMs = 0,
  ): Promise<XmlElement> {
    const { id, answerMs, trace } = this.#parts;
    const { op } = request;
    const body = encodeRequest(request);
    const addressing = [
      element(NS.wsa, 'Action', actionOf(op)),
      element(NS.wsa, 'MessageID', `urn:uuid:${randomUUID()}`),
      ...to,
    ];
    // What an installer sees bears no token.
    trace?.(id, 'out', encodeEnvelope(body, addressing));
    const headers = { 'content-type': `application/soap+xml; charset=utf-8; action="${actionOf(op)}"` };
    const make = (tries: number): Asked => {
      const header =
        this.#needsToken && (op !== 'GetSystemDateAndTime' || tries > 1)
          ? [this.#token(), ...addressing]
          : addressing;
      const envelope = encodeEnvelope(body, header);
      return {
        method: 'POST',
        url,
        headers,
        body: envelope,
        maxBytes: MAX_ENVELOPE,
        timeoutMs: answerMs + extraMs,
      };
    };
    const answer = await this.#authorized(make, signal);
    trace?.(id, 'in', answer.body);
    const envelope = decodeEnvelope(answer.body);
    if (envelope.kind === 'body') return envelope.body;
    if (envelope.kind === 'fault') {
      throw new DeviceError('EXCEPTION_REPLY', `${op}: ${envelope.code} ${envelope.reason.slice(0, 200)}`);
    }
    throw new DeviceError('MALFORMED', `${op}: HTTP status ${answer.status}, ${envelope.why}`);
  }

  /** Answers what the camera asks of who calls, once for each way. @throws DeviceError REFUSED */
  async #authorized(make: (tries: number) => Asked, signal: AbortSignal): Promise<Answered> {
    for (let tries = 1; ; tries++) {
      const asked = make(tries);
      const used = this.#challenge;
      const answer = await exchange(this.#parts.agent, this.#withLogin(asked), signal);
      if (!isRefusal(answer)) return answer;
      const challenge = parseChallenge(answer.challenge);
      if (challenge === null) {
        if (this.#needsToken || asked.method === 'GET') throw this.#refused();
        this.#needsToken = true;
      } else {
        // A fresh nonce that was answered and is refused: it is user or password that is wrong.
        const isOld = used !== null && (this.#uses > 1 || challenge.isStale);
        if (used !== null && (!isOld || challenge.nonce === used.nonce)) throw this.#refused();
        [this.#challenge, this.#uses] = [challenge, 0];
      }
      if (tries === MOST_TRIES) throw this.#refused();
    }
  }

  #withLogin(asked: Asked): Asked {
    const challenge = this.#challenge;
    if (challenge === null) return asked;
    const { method, url, headers } = asked;
    const cnonce = randomBytes(12).toString('base64url');
    const uri = `${url.pathname}${url.search}`;
    const use = { method, uri, count: ++this.#uses, cnonce };
    return { ...asked, headers: { ...headers, authorization: authorize(challenge, this.#parts.login, use) } };
  }

  #token(): XmlElement {
    const { login, now } = this.#parts;
    return securityHeader(login, randomBytes(16), now() + this.#offsetMs);
  }

  #refused(): DeviceError {
    // What another try might need is not known any more.
    this.#challenge = null;
    this.#needsToken = false;
    return new DeviceError(
      'REFUSED',
      `the camera refuses user ${this.#parts.login.user}: check user and password`,
    );
  }

  /** Cameras name the address they left the factory with, or one behind a router: only the path is theirs. */
  #at(text: string): URL {
    const { url: base } = this.#parts;
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null) throw new DeviceError('MALFORMED', `"${text.slice(0, 100)}" is no address`);
    const isOurs = url.hostname === base.hostname && url.protocol === base.protocol;
    const at = new URL(base.origin);
    if (isOurs) at.port = url.port;
    at.pathname = url.pathname;
    at.search = url.search;
    return at;
  }
}

function isRefusal({ status, body }: Answered): boolean {
  if (status === 401) return true;
  if (status !== 400 && status !== 403 && status !== 500) return false;
  const envelope = decodeEnvelope(body);
  return (
    envelope.kind === 'fault' &&
    /^(NotAuthorized|FailedAuthentication|InvalidSecurity|Unauthorized)/i.test(envelope.code)
  );
}

/** WS-Addressing 1.0, SOAP Binding section 2.3. */
function asReferenceParameter(header: XmlElement): XmlElement {
  const attributes = new Map([...header.attributes, [`{${NS.wsa}}IsReferenceParameter`, 'true']]);
  return { ...header, attributes };
}

function isFault(error: unknown): boolean {
  return error instanceof DeviceError && error.code === 'EXCEPTION_REPLY';
}

function unreadable(what: string, body: XmlElement): never {
  throw new DeviceError('MALFORMED', `${body.name} is not ${what}`);
}
