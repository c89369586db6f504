import { decodeEvent, encodeEvent, type EventMessage } from './event-message.ts';
import { child, children, NS, textAt } from './soap.ts';
import { readTime, writeTime } from './times.ts';
import { element } from './xml-writer.ts';
import type { XmlElement } from '../../domain/xml.ts';

/** What a camera answers, both halves; a decoder gives null for what is not that answer. */

/** Its clock, ms since 1970. */
export function decodeClock(body: XmlElement): number | null {
  const utc = child(child(body, NS.tds, 'SystemDateAndTime'), NS.tt, 'UTCDateTime');
  const part = (group: string, name: string): string =>
    (textAt(utc, NS.tt, group, name) ?? '').padStart(name === 'Year' ? 4 : 2, '0');
  const date = `${part('Date', 'Year')}-${part('Date', 'Month')}-${part('Date', 'Day')}`;
  return readTime(`${date}T${part('Time', 'Hour')}:${part('Time', 'Minute')}:${part('Time', 'Second')}Z`);
}

export function encodeClock(ms: number): XmlElement {
  const d = new Date(ms);
  const utc = tt('UTCDateTime', [
    tt('Time', [
      tt('Hour', d.getUTCHours()),
      tt('Minute', d.getUTCMinutes()),
      tt('Second', d.getUTCSeconds()),
    ]),
    tt('Date', [tt('Year', d.getUTCFullYear()), tt('Month', d.getUTCMonth() + 1), tt('Day', d.getUTCDate())]),
  ]);
  return element(NS.tds, 'GetSystemDateAndTimeResponse', [element(NS.tds, 'SystemDateAndTime', [utc])]);
}

function tt(name: string, content: number | XmlElement[]): XmlElement {
  return element(NS.tt, name, typeof content === 'number' ? String(content) : content);
}

/** Where the events and the media of a camera are asked for; null for a service it does not have. */
export type Services = {
  readonly events: string | null;
  readonly media: string | null;
  /** Media service version 2, of Profile T; some newer cameras have no other. */
  readonly media2: string | null;
};

export function decodeServices(body: XmlElement): Services {
  const services = children(body, NS.tds, 'Service');
  const addressOf = (ns: string): string | null =>
    textAt(
      services.find((s) => textAt(s, NS.tds, 'Namespace') === ns),
      NS.tds,
      'XAddr',
    );
  return { events: addressOf(NS.tev), media: addressOf(NS.trt), media2: addressOf(NS.tr2) };
}

export function encodeServices({ events, media, media2 }: Services): XmlElement {
  const entries = [
    ...serviceEntry(NS.trt, media),
    ...serviceEntry(NS.tr2, media2),
    ...serviceEntry(NS.tev, events),
  ];
  return element(NS.tds, 'GetServicesResponse', entries);
}

function serviceEntry(ns: string, at: string | null): XmlElement[] {
  if (at === null) return [];
  return [element(NS.tds, 'Service', [element(NS.tds, 'Namespace', ns), element(NS.tds, 'XAddr', at)])];
}

/** The older way to ask for the same, which knows no version 2. */
export function decodeCapabilities(body: XmlElement): Services {
  const all = child(body, NS.tds, 'Capabilities');
  const addressOf = (name: string): string | null => textAt(all, NS.tt, name, 'XAddr');
  return { events: addressOf('Events'), media: addressOf('Media'), media2: null };
}

export function encodeCapabilities({ events, media }: Omit<Services, 'media2'>): XmlElement {
  const found = [...capability('Events', events), ...capability('Media', media)];
  return element(NS.tds, 'GetCapabilitiesResponse', [element(NS.tds, 'Capabilities', found)]);
}

function capability(name: string, at: string | null): XmlElement[] {
  return at === null ? [] : [element(NS.tt, name, [element(NS.tt, 'XAddr', at)])];
}

/** A media profile; one without an encoder gives no picture. */
export type Profile = { readonly token: string; readonly hasEncoder: boolean };

/** Of either version of the media service. */
export function decodeProfiles(body: XmlElement): Profile[] {
  const second = children(body, NS.tr2, 'Profiles').map((p) => ({
    token: p.attributes.get('token') ?? '',
    hasEncoder: child(child(p, NS.tr2, 'Configurations'), NS.tr2, 'VideoEncoder') !== undefined,
  }));
  const first = children(body, NS.trt, 'Profiles').map((p) => ({
    token: p.attributes.get('token') ?? '',
    hasEncoder: child(p, NS.tt, 'VideoEncoderConfiguration') !== undefined,
  }));
  return [...first, ...second];
}

export function encodeProfiles(profiles: readonly Profile[], version: 1 | 2): XmlElement {
  const ns = version === 1 ? NS.trt : NS.tr2;
  const entries = profiles.map(({ token, hasEncoder }) =>
    element(ns, 'Profiles', hasEncoder ? [encoderOf(version)] : [], { token, fixed: 'true' }),
  );
  return element(ns, 'GetProfilesResponse', entries);
}

function encoderOf(version: 1 | 2): XmlElement {
  const encoding = [element(NS.tt, 'Encoding', 'JPEG')];
  if (version === 1) return element(NS.tt, 'VideoEncoderConfiguration', encoding, { token: 'enc' });
  return element(NS.tr2, 'Configurations', [element(NS.tr2, 'VideoEncoder', encoding, { token: 'enc' })]);
}

export function decodeSnapshotUri(body: XmlElement): string | null {
  return textAt(child(body, NS.trt, 'MediaUri'), NS.tt, 'Uri') ?? textAt(body, NS.tr2, 'Uri');
}

export function encodeSnapshotUri(uri: string, version: 1 | 2): XmlElement {
  const content =
    version === 1 ? element(NS.trt, 'MediaUri', [element(NS.tt, 'Uri', uri)]) : element(NS.tr2, 'Uri', uri);
  return element(content.ns, 'GetSnapshotUriResponse', [content]);
}

/** A pull point: its address, the headers every call to it must bear, and how long it lives unless renewed, ms. */
export type Subscription = {
  readonly address: string;
  readonly headers: readonly XmlElement[];
  readonly leaseMs: number | null;
};

export function decodeSubscription(body: XmlElement): Subscription | null {
  const reference = child(body, NS.tev, 'SubscriptionReference');
  const address = textAt(reference, NS.wsa, 'Address');
  if (address === null) return null;
  const headers = child(reference, NS.wsa, 'ReferenceParameters')?.children ?? [];
  return { address, headers, leaseMs: decodeLease(body) };
}

export function encodeSubscription({ address, headers, leaseMs }: Subscription, now: number): XmlElement {
  const parameters = headers.length === 0 ? [] : [element(NS.wsa, 'ReferenceParameters', headers)];
  return element(NS.tev, 'CreatePullPointSubscriptionResponse', [
    element(NS.tev, 'SubscriptionReference', [element(NS.wsa, 'Address', address), ...parameters]),
    ...encodeLease(leaseMs ?? 0, now),
  ]);
}

/** What is left of a subscription by the camera's own clock, ms; null where it does not say. */
export function decodeLease(body: XmlElement): number | null {
  return leaseIn(body, NS.wsnt);
}

function leaseIn(body: XmlElement, ns: string): number | null {
  const [now, end] = ['CurrentTime', 'TerminationTime'].map((name) => readTime(textAt(body, ns, name) ?? ''));
  return typeof now === 'number' && typeof end === 'number' ? end - now : null;
}

function encodeLease(leaseMs: number, now: number): XmlElement[] {
  return [
    element(NS.wsnt, 'CurrentTime', writeTime(now)),
    element(NS.wsnt, 'TerminationTime', writeTime(now + leaseMs)),
  ];
}

export function encodeRenewed(leaseMs: number, now: number): XmlElement {
  return element(NS.wsnt, 'RenewResponse', encodeLease(leaseMs, now).toReversed());
}

/** Events, and a sentence for each notification that is none. */
export type Pulled = {
  readonly events: readonly EventMessage[];
  readonly refused: readonly string[];
  /** What is left of the pull point, ms; null where the camera does not say. */
  readonly leaseMs: number | null;
};

export function decodePulled(body: XmlElement): Pulled | null {
  if (body.ns !== NS.tev || body.name !== 'PullMessagesResponse') return null;
  const events: EventMessage[] = [];
  const refused: string[] = [];
  for (const notification of children(body, NS.wsnt, 'NotificationMessage')) {
    const event = decodeEvent(notification);
    if (typeof event === 'string') refused.push(event);
    else events.push(event);
  }
  return { events, refused, leaseMs: leaseIn(body, NS.tev) };
}

export function encodePulled(events: readonly EventMessage[], leaseMs: number, now: number): XmlElement {
  const [current, end] = encodeLease(leaseMs, now).map((e) => element(NS.tev, e.name, e.text));
  const times = [current, end].filter((e) => e !== undefined);
  return element(NS.tev, 'PullMessagesResponse', [...times, ...events.map(encodeEvent)]);
}
