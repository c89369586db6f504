import { randomBytes } from 'node:crypto';
import {
  encodeCapabilities,
  encodeClock,
  encodeProfiles,
  encodePulled,
  encodeRenewed,
  encodeServices,
  encodeSnapshotUri,
  encodeSubscription,
} from './answers.ts';
import type { Login } from './digest.ts';
import type { EventMessage } from './event-message.ts';
import { decodeRequest, type Lease, type Request } from './requests.ts';
import { FROZEN, type Plan } from './settings.ts';
import { SimulatedEvents } from './simulated-events.ts';
import { decodeEnvelope, encodeEnvelope, encodeFault, NS } from './soap.ts';
import { encodeMosaic } from './test-picture.ts';
import { hasGoodToken } from './user-token.ts';
import { element } from './xml-writer.ts';
import type { XmlElement } from '../../domain/xml.ts';

export type CameraFault =
  | 'reboot'
  | 'wrong-password'
  | 'no-encoder'
  | 'media2-only'
  | 'hang'
  | 'huge-answer'
  | 'xml-bomb'
  | 'noise'
  | 'clock-off'
  | 'factory-address'
  | 'no-renew'
  | 'absolute-times'
  | 'impatient'
  | 'duplicate-events'
  | 'frozen-picture'
  | 'no-picture';

export type Call = {
  readonly path: string;
  readonly body: Uint8Array;
  /** Whether it bore a login that the camera knows. */
  readonly isKnown: boolean;
  readonly login: Login;
  /** Where the caller reached it. */
  readonly origin: string;
};

export type Answer =
  | { readonly kind: 'unknown-caller'; readonly fault: Uint8Array }
  | { readonly kind: 'answer'; readonly status: number; readonly type: string; readonly body: Uint8Array };

const SOAP_TYPE = 'application/soap+xml; charset=utf-8';
const HOUR_MS = 3_600_000;
const TOKEN_WINDOW_MS = 60_000;
const SNAPSHOT_PATH = '/snapshot.jpg';
const SUBSCRIPTION_PATH = '/onvif/events/';
const [COLUMNS, ROWS] = [16, 12];

/** What a camera answers; who carries it over the wire is another matter. */
export class SimulatedCamera {
  readonly id: string;
  readonly events: SimulatedEvents;
  fault: CameraFault | null = null;
  readonly #plan: Plan;
  #lastEvents: readonly EventMessage[] = [];
  #pictures = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.id = plan.settings.id;
    this.events = new SimulatedEvents(plan.inputs);
  }

  /** @throws RangeError for what a camera does not tell */
  set(device: string, channel: string, v: number): void {
    const isTold = v === 0 || v === 1;
    if (device === this.id && channel === FROZEN && isTold) {
      this.fault = v === 1 ? 'frozen-picture' : null;
      return;
    }
    const input = this.#plan.inputs.find((i) => i.stream === `${device}/${channel}`);
    if (input === undefined || !isTold) {
      throw new RangeError(`${device} has no input ${channel} that can be ${v}; inputs are 0 or 1`);
    }
    this.events.set(input, v === 1, this.#now());
  }

  /** @param tokens it asks for a token in the envelope, not for an HTTP login */
  async answer(call: Call, tokens: boolean): Promise<Answer> {
    if (call.path.startsWith(SNAPSHOT_PATH))
      return call.isKnown || tokens ? this.#picture() : unknownCaller();
    const envelope = decodeEnvelope(call.body);
    // Who is asked for a login may have sent nothing yet.
    if (envelope.kind !== 'body')
      return call.isKnown || tokens ? faulty(400, 'WellFormed', 'no SOAP envelope') : unknownCaller();
    const request = decodeRequest(envelope.body);
    if (request === null) return faulty(500, 'ActionNotSupported', envelope.body.name);
    const hasToken = tokens && hasGoodToken(envelope.header, call.login, this.#now(), TOKEN_WINDOW_MS);
    const isLetIn = this.fault !== 'wrong-password' && (hasToken || (call.isKnown && !tokens));
    if (!isLetIn && request.op !== 'GetSystemDateAndTime') return unknownCaller();
    if (this.fault === 'xml-bomb') return { kind: 'answer', status: 200, type: SOAP_TYPE, body: bomb() };
    if (this.fault === 'noise')
      return { kind: 'answer', status: 200, type: SOAP_TYPE, body: randomBytes(400) };
    const body = await this.#bodyFor(request, call);
    return 'kind' in body ? body : soap(body);
  }

  #now(): number {
    return this.fault === 'clock-off' ? Date.now() - HOUR_MS : Date.now();
  }

  async #bodyFor(request: Request, { path, origin }: Call): Promise<XmlElement | Answer> {
    const base = this.fault === 'factory-address' ? 'http://192.168.0.90' : origin;
    const media = `${base}/onvif/media_service`;
    const isNew = this.fault === 'media2-only';
    const services = {
      events: `${base}/onvif/event_service`,
      media: isNew ? null : media,
      media2: isNew ? media : null,
    };
    const point = path.startsWith(SUBSCRIPTION_PATH) ? path.slice(SUBSCRIPTION_PATH.length) : '';
    switch (request.op) {
      case 'GetSystemDateAndTime':
        return encodeClock(this.#now());
      case 'GetServices':
        return encodeServices(services);
      case 'GetCapabilities':
        return encodeCapabilities(services);
      case 'GetProfiles': {
        const metadata = { token: 'Profile_metadata', hasEncoder: false };
        const main = { token: 'Profile_1', hasEncoder: true };
        return encodeProfiles(this.fault === 'no-encoder' ? [metadata] : [metadata, main], request.version);
      }
      case 'GetSnapshotUri':
        return request.profile === 'Profile_1'
          ? encodeSnapshotUri(`${base}${SNAPSHOT_PATH}?profile=1`, request.version)
          : faulty(500, 'NoProfile', request.profile);
      case 'CreatePullPointSubscription':
        return this.#subscribed(request, base);
      case 'PullMessages': {
        const waitMs = this.fault === 'impatient' ? 0 : request.timeoutMs;
        const events = await this.events.pull(point, waitMs, request.limit);
        return events === null
          ? goneFault()
          : encodePulled(this.#sent(events), this.events.leftOf(point), this.#now());
      }
      case 'SetSynchronizationPoint':
        return this.events.synchronize(point, this.#now())
          ? element(NS.tev, 'SetSynchronizationPointResponse')
          : goneFault();
      case 'Renew':
        return this.#renewed(request, point);
      case 'Unsubscribe':
      default:
        return this.events.unsubscribe(point) ? element(NS.wsnt, 'UnsubscribeResponse') : goneFault();
    }
  }

  /** With `absolute-times` only an end by its own clock is known. */
  #subscribed(lease: Lease, base: string): XmlElement | Answer {
    if (this.fault === 'absolute-times' && !('until' in lease))
      return faulty(400, 'InvalidArgVal', 'not a dateTime');
    const leaseMs = this.#lengthOf(lease);
    const address = `${base}${SUBSCRIPTION_PATH}${this.events.subscribe(leaseMs, this.#now())}`;
    return encodeSubscription({ address, headers: [], leaseMs }, this.#now());
  }

  /** Likewise; with `no-renew` nothing is known. */
  #renewed(lease: Lease, point: string): XmlElement | Answer {
    const isKnown = this.fault === 'absolute-times' ? 'until' in lease : this.fault !== 'no-renew';
    if (!isKnown) return faulty(500, 'ActionNotSupported', 'Renew');
    const leaseMs = this.#lengthOf(lease);
    return this.events.renew(point, leaseMs) ? encodeRenewed(leaseMs, this.#now()) : goneFault();
  }

  #lengthOf(lease: Lease): number {
    return 'until' in lease ? lease.until - this.#now() : lease.leaseMs;
  }

  /** With `duplicate-events` each twice, and those of the answer before once more. */
  #sent(events: readonly EventMessage[]): readonly EventMessage[] {
    const before = this.#lastEvents;
    if (events.length > 0) this.#lastEvents = events;
    return this.fault === 'duplicate-events' ? [...before, ...events, ...events] : events;
  }

  #picture(): Answer {
    if (this.fault === 'no-picture') {
      return { kind: 'answer', status: 200, type: 'text/html', body: Buffer.from('<html>try later</html>') };
    }
    if (this.fault !== 'frozen-picture') this.#pictures++;
    const n = this.#pictures;
    // The number of the picture stands in its first row, the rest moves.
    const body = encodeMosaic(COLUMNS, ROWS, (x, y) =>
      y === 0 ? ((n >> x) & 1) * 200 + 20 : 80 + ((x * 7 + y * 13 + n * 5) % 100),
    );
    return { kind: 'answer', status: 200, type: 'image/jpeg', body };
  }
}

function soap(body: XmlElement): Answer {
  return { kind: 'answer', status: 200, type: SOAP_TYPE, body: encodeEnvelope(body) };
}

function faulty(status: number, code: string, reason: string): Answer {
  return { kind: 'answer', status, type: SOAP_TYPE, body: encodeFault(code, reason) };
}

function goneFault(): Answer {
  return faulty(500, 'ResourceUnknownFault', 'no such subscription');
}

function unknownCaller(): Answer {
  return { kind: 'unknown-caller', fault: encodeFault('NotAuthorized', 'sender not authorized') };
}

/** Some kilobytes that would be gigabytes for a reader that replaces entities. */
function bomb(): Uint8Array {
  const levels = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
  const text = `<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY l0 "bailee">${levels.join('')}]><bomb>&l9;</bomb>`;
  return new TextEncoder().encode(text);
}
