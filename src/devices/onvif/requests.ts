import { child, NS, textAt } from './soap.ts';
import { readDuration, readTime, writeDuration, writeTime } from './times.ts';
import { element } from './xml-writer.ts';
import type { XmlElement } from '../../domain/xml.ts';

/** What a camera is asked (ONVIF Core and Media, WS-BaseNotification 1.3). */
export type Request =
  | {
      readonly op:
        | 'GetSystemDateAndTime'
        | 'GetServices'
        | 'GetCapabilities'
        | 'SetSynchronizationPoint'
        | 'Unsubscribe';
    }
  | { readonly op: 'GetProfiles'; readonly version: Version }
  | { readonly op: 'GetSnapshotUri'; readonly version: Version; readonly profile: string }
  | ({ readonly op: 'CreatePullPointSubscription' | 'Renew' } & Lease)
  | { readonly op: 'PullMessages'; readonly timeoutMs: number; readonly limit: number };

/** So long, ms; or until a time by the camera's clock, ms since 1970: some cameras know only this. */
export type Lease = { readonly leaseMs: number } | { readonly until: number };

/** Of the media service. */
type Version = 1 | 2;

type Op = Request['op'];

/** Namespace of each operation and the address of its action (WS-Addressing). */
const OPS: Readonly<Record<Op, { readonly ns: string; readonly action: string }>> = {
  GetSystemDateAndTime: { ns: NS.tds, action: `${NS.tds}/GetSystemDateAndTime` },
  GetServices: { ns: NS.tds, action: `${NS.tds}/GetServices` },
  GetCapabilities: { ns: NS.tds, action: `${NS.tds}/GetCapabilities` },
  GetProfiles: { ns: NS.trt, action: `${NS.trt}/GetProfiles` },
  GetSnapshotUri: { ns: NS.trt, action: `${NS.trt}/GetSnapshotUri` },
  CreatePullPointSubscription: {
    ns: NS.tev,
    action: `${NS.tev}/EventPortType/CreatePullPointSubscriptionRequest`,
  },
  PullMessages: { ns: NS.tev, action: `${NS.tev}/PullPointSubscription/PullMessagesRequest` },
  SetSynchronizationPoint: {
    ns: NS.tev,
    action: `${NS.tev}/PullPointSubscription/SetSynchronizationPointRequest`,
  },
  Renew: { ns: NS.wsnt, action: 'http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/RenewRequest' },
  Unsubscribe: {
    ns: NS.wsnt,
    action: 'http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/UnsubscribeRequest',
  },
};

/** Of who asks for none. */
const USUAL_LEASE: Lease = { leaseMs: 60_000 };

/** The namespace and the action of a request. */
function placeOf(request: Request): { readonly ns: string; readonly action: string } {
  if (!('version' in request) || request.version === 1) return OPS[request.op];
  return { ns: NS.tr2, action: `${NS.tr2}/${request.op}` };
}

export function actionOf(request: Request): string {
  return placeOf(request).action;
}

export function encodeRequest(request: Request): XmlElement {
  const { ns } = placeOf(request);
  return element(ns, request.op, contentOf(request, ns));
}

function contentOf(request: Request, ns: string): XmlElement[] {
  switch (request.op) {
    case 'GetServices':
      return [element(ns, 'IncludeCapability', 'false')];
    case 'GetCapabilities':
      return [element(ns, 'Category', 'All')];
    case 'GetProfiles':
      // Version 2 tells what a profile has only where it is asked for.
      return request.version === 1 ? [] : [element(ns, 'Type', 'VideoEncoder')];
    case 'GetSnapshotUri':
      return [element(ns, 'ProfileToken', request.profile)];
    case 'CreatePullPointSubscription':
      return [element(ns, 'InitialTerminationTime', leaseText(request))];
    case 'PullMessages':
      return [
        element(ns, 'Timeout', writeDuration(request.timeoutMs)),
        element(ns, 'MessageLimit', String(request.limit)),
      ];
    case 'Renew':
      return [element(ns, 'TerminationTime', leaseText(request))];
    case 'GetSystemDateAndTime':
    case 'SetSynchronizationPoint':
    case 'Unsubscribe':
    default:
      return [];
  }
}

function leaseText(lease: Lease): string {
  if (!('until' in lease)) return writeDuration(lease.leaseMs);
  // Not every camera knows fractions of a second.
  return writeTime(Math.ceil(lease.until / 1000) * 1000).replace('.000', '');
}

function readLease(text: string): Lease | null {
  const [leaseMs, until] = [readDuration(text), readTime(text)];
  if (leaseMs !== null) return { leaseMs };
  return until === null ? null : { until };
}

/** The other half: what a camera is asked, null for what this one does not know. */
export function decodeRequest(body: XmlElement): Request | null {
  const { ns } = body;
  const isSecond = ns === NS.tr2 && (body.name === 'GetProfiles' || body.name === 'GetSnapshotUri');
  const isKnown = isSecond || Object.entries(OPS).some(([name, op]) => name === body.name && op.ns === ns);
  if (!isKnown) return null;
  const version = isSecond ? 2 : 1;
  const durationAt = (name: string): number | null => readDuration(textAt(body, ns, name) ?? '');
  switch (body.name) {
    case 'GetSystemDateAndTime':
    case 'GetServices':
    case 'GetCapabilities':
    case 'SetSynchronizationPoint':
    case 'Unsubscribe':
      return { op: body.name };
    case 'GetProfiles':
      return { op: body.name, version };
    case 'GetSnapshotUri':
      return { op: body.name, version, profile: child(body, ns, 'ProfileToken')?.text ?? '' };
    case 'CreatePullPointSubscription':
      return {
        op: body.name,
        ...(readLease(textAt(body, ns, 'InitialTerminationTime') ?? '') ?? USUAL_LEASE),
      };
    case 'Renew': {
      const lease = readLease(textAt(body, ns, 'TerminationTime') ?? '');
      return lease === null ? null : { op: body.name, ...lease };
    }
    case 'PullMessages': {
      const [timeoutMs, limit] = [durationAt('Timeout'), Number(textAt(body, ns, 'MessageLimit'))];
      return timeoutMs === null || !(limit >= 1) ? null : { op: body.name, timeoutMs, limit };
    }
    default:
      return null;
  }
}
