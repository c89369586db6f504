import { randomUUID } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Agent as TlsAgent } from 'node:https';
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
import { Caller } from './caller.ts';
import type { Login } from './digest.ts';
import type { Asked } from './exchange.ts';
import { actionOf, encodeRequest, type Lease, type Request } from './requests.ts';
import { decodeEnvelope, encodeEnvelope, MAX_ENVELOPE, NS } from './soap.ts';
import { element } from './xml-writer.ts';
import type { XmlElement } from '../../domain/xml.ts';

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

type Header = readonly XmlElement[];

/**
 * Asks one camera. Nothing is ever sent to another host than the configured one, and what is answered is
 * read strictly.
 */
export class CameraClient {
  readonly #parts: ClientParts;
  readonly #caller: Caller;
  #offsetMs = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#caller = new Caller(parts.agent, parts.login);
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
    const op = 'CreatePullPointSubscription';
    const body = await this.#leased(leaseMs, (lease) =>
      this.#call({ op, ...lease }, this.#at(address), signal),
    );
    return decodeSubscription(body) ?? unreadable('a subscription', body);
  }

  /** Asks for the state of everything; a camera that cannot tells it by itself or not at all. */
  async synchronize(subscription: Subscription, signal: AbortSignal): Promise<void> {
    try {
      await this.#callPullPoint({ op: 'SetSynchronizationPoint' }, subscription, signal);
    } catch (error) {
      // There are cameras that refuse this to the user who may do all else.
      if (!isFault(error) && !(error instanceof DeviceError && error.code === 'REFUSED')) throw error;
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

  /** What the camera granted, ms; null where it does not say. @throws DeviceError EXCEPTION_REPLY where it cannot */
  async renew(subscription: Subscription, leaseMs: number, signal: AbortSignal): Promise<number | null> {
    return decodeLease(
      await this.#leased(leaseMs, (lease) =>
        this.#callPullPoint({ op: 'Renew', ...lease }, subscription, signal),
      ),
    );
  }

  async unsubscribe(subscription: Subscription, signal: AbortSignal): Promise<void> {
    await this.#callPullPoint({ op: 'Unsubscribe' }, subscription, signal);
  }

  /** Where pictures of this profile are; of the first one that has an encoder for null. */
  async pictureUrl(profile: string | null, signal: AbortSignal): Promise<URL> {
    const { media, media2 } = await this.services(signal);
    const address = media ?? media2;
    if (address === null) throw new DeviceError('REFUSED', 'the camera has no media service');
    const version = media === null ? 2 : 1;
    const at = this.#at(address);
    const profiles = decodeProfiles(await this.#call({ op: 'GetProfiles', version }, at, signal));
    const found = profiles.find((p) => (profile === null ? p.hasEncoder : p.token === profile));
    if (found === undefined) {
      const named = profile === null ? 'with a video encoder' : profile;
      throw new DeviceError('REFUSED', `the camera has no profile ${named} among ${profiles.length}`);
    }
    const body = await this.#call({ op: 'GetSnapshotUri', version, profile: found.token }, at, signal);
    return this.#at(decodeSnapshotUri(body) ?? unreadable('the address of a picture', body));
  }

  /** The bytes exactly as they came. @throws DeviceError MALFORMED for what is no JPEG */
  async picture(url: URL, signal: AbortSignal): Promise<Uint8Array> {
    const { answerMs } = this.#parts;
    const make = () =>
      ({ method: 'GET', url, headers: {}, body: null, maxBytes: MAX_PICTURE, timeoutMs: answerMs }) as const;
    const { status, body } = await this.#caller.call(make, signal);
    if (status !== 200) throw new DeviceError('EXCEPTION_REPLY', `HTTP status ${status} for a picture`);
    if (body.length < 4 || body[0] !== 0xff || body[1] !== 0xd8 || body[2] !== 0xff) {
      throw new DeviceError('MALFORMED', `${body.length} bytes that are no JPEG`);
    }
    this.#parts.trace?.(this.#parts.id, 'in', body.subarray(0, 16));
    return body;
  }

  /** Some cameras only know an end by their own clock. */
  async #leased(leaseMs: number, call: (lease: Lease) => Promise<XmlElement>): Promise<XmlElement> {
    try {
      return await call({ leaseMs });
    } catch (error) {
      if (!isFault(error)) throw error;
      return await call({ until: this.#parts.now() + this.#offsetMs + leaseMs });
    }
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
    const { id, answerMs, trace, now } = this.#parts;
    const { op } = request;
    const body = encodeRequest(request);
    const addressing = [
      element(NS.wsa, 'Action', actionOf(request)),
      element(NS.wsa, 'MessageID', `urn:uuid:${randomUUID()}`),
      ...to,
    ];
    // What an installer sees bears no token.
    trace?.(id, 'out', encodeEnvelope(body, addressing));
    const headers = { 'content-type': `application/soap+xml; charset=utf-8; action="${actionOf(request)}"` };
    const make = (tries: number, needsToken: boolean): Asked => {
      // The time is asked without one first: a token bears it.
      const hasToken = needsToken && (op !== 'GetSystemDateAndTime' || tries > 1);
      const token = hasToken ? [this.#caller.token(now() + this.#offsetMs)] : [];
      const header = [...token, ...addressing];
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
    const answer = await this.#caller.call(make, signal);
    trace?.(id, 'in', answer.body);
    const envelope = decodeEnvelope(answer.body);
    if (envelope.kind === 'body') return envelope.body;
    if (envelope.kind === 'fault') {
      throw new DeviceError('EXCEPTION_REPLY', `${op}: ${envelope.code} ${envelope.reason.slice(0, 200)}`);
    }
    throw new DeviceError('MALFORMED', `${op}: HTTP status ${answer.status}, ${envelope.why}`);
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

/** WS-Addressing 1.0, SOAP Binding section 2.3. */
function asReferenceParameter(header: XmlElement): XmlElement {
  const attributes = new Map([...header.attributes, [`{${NS.wsa}}IsReferenceParameter`, 'true']]);
  return { ...header, attributes };
}

/** Whether the camera understood and said no. */
export function isFault(error: unknown): boolean {
  return error instanceof DeviceError && error.code === 'EXCEPTION_REPLY';
}

function unreadable(what: string, body: XmlElement): never {
  throw new DeviceError('MALFORMED', `${body.name} is not ${what}`);
}
