import { withoutControl } from './plain.ts';
import { children, decodeEnvelope, localName, NS, textAt } from './soap.ts';
import { element, writeXml } from './xml-writer.ts';
import type { XmlElement } from '../../domain/xml.ts';

/** WS-Discovery of April 2005, as ONVIF Core section 7 uses it; both halves. */
const D = {
  s: NS.s,
  a: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  d: 'http://schemas.xmlsoap.org/ws/2005/04/discovery',
  dn: 'http://www.onvif.org/ver10/network/wsdl',
  tds: NS.tds,
} as const;

/** Cameras answer to the one or to the other. */
export const PROBED_TYPES = ['dn:NetworkVideoTransmitter', 'tds:Device'] as const;

export type FoundCamera = {
  /** `urn:uuid:…`, the same after a restart. */
  readonly id: string;
  /** Addresses of its device service, http or https. */
  readonly addresses: readonly string[];
  readonly name: string;
  readonly hardware: string;
};

const MOST_ADDRESSES = 8;
const SCOPE = 'onvif://www.onvif.org/';

function envelope(action: string, header: readonly XmlElement[], body: XmlElement): Uint8Array {
  const addressed = [element(D.a, 'Action', `${D.d}/${action}`), ...header];
  const parts = [element(D.s, 'Header', addressed), element(D.s, 'Body', [body])];
  return writeXml(element(D.s, 'Envelope', parts), D);
}

export function encodeProbe(messageId: string, types: string): Uint8Array {
  const header = [
    element(D.a, 'MessageID', messageId),
    element(D.a, 'To', 'urn:schemas-xmlsoap-org:ws:2005:04:discovery'),
  ];
  return envelope('Probe', header, element(D.d, 'Probe', [element(D.d, 'Types', types)]));
}

/** The id of a probe for cameras or for anything; null for what is none. */
export function decodeProbe(bytes: Uint8Array): string | null {
  const found = decodeEnvelope(bytes);
  if (found.kind !== 'body' || found.body.ns !== D.d || found.body.name !== 'Probe') return null;
  const types = (textAt(found.body, D.d, 'Types') ?? '').split(/\s+/).filter((t) => t !== '');
  const isMeant =
    types.length === 0 || types.some((t) => /^(NetworkVideoTransmitter|Device)$/.test(localName(t)));
  return isMeant ? (found.header.find((h) => h.ns === D.a && h.name === 'MessageID')?.text ?? null) : null;
}

export function encodeProbeMatch(messageId: string, relatesTo: string, camera: FoundCamera): Uint8Array {
  const scopes = [
    `${SCOPE}type/video_encoder`,
    `${SCOPE}name/${encodeURIComponent(camera.name)}`,
    `${SCOPE}hardware/${encodeURIComponent(camera.hardware)}`,
  ];
  const match = element(D.d, 'ProbeMatch', [
    element(D.a, 'EndpointReference', [element(D.a, 'Address', camera.id)]),
    element(D.d, 'Types', 'dn:NetworkVideoTransmitter tds:Device'),
    element(D.d, 'Scopes', scopes.join(' ')),
    element(D.d, 'XAddrs', camera.addresses.join(' ')),
    element(D.d, 'MetadataVersion', '1'),
  ]);
  const header = [
    element(D.a, 'MessageID', messageId),
    element(D.a, 'RelatesTo', relatesTo),
    element(D.a, 'To', 'http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous'),
  ];
  return envelope('ProbeMatches', header, element(D.d, 'ProbeMatches', [match]));
}

/** Cameras that answer a probe of ours; none for what is no such answer. Anybody may have sent it. */
export function decodeProbeMatches(bytes: Uint8Array, asked: ReadonlySet<string>): FoundCamera[] {
  const found = decodeEnvelope(bytes);
  if (found.kind !== 'body' || found.body.ns !== D.d) return [];
  const relatesTo = found.header.find((h) => h.ns === D.a && h.name === 'RelatesTo')?.text ?? '';
  if (!asked.has(relatesTo)) return [];
  // There are devices that leave the list around their one match away, or name parts in another namespace.
  const { body } = found;
  const matches = body.name === 'ProbeMatch' ? [body] : children(body, D.d, 'ProbeMatch');
  return matches.flatMap((match): FoundCamera[] => {
    const addresses = (textAt(match, D.d, 'XAddrs') ?? '')
      .split(/\s+/)
      .flatMap(httpAddress)
      .slice(0, MOST_ADDRESSES);
    const id =
      textAt(
        match.children.find((c) => c.name === 'EndpointReference'),
        D.a,
        'Address',
      ) ?? '';
    if (id === '' || addresses.length === 0) return [];
    const scopes = (textAt(match, D.d, 'Scopes') ?? '').split(/\s+/);
    const scope = (kind: string): string =>
      decoded(
        scopes.find((s) => s.startsWith(`${SCOPE}${kind}/`)),
        kind,
      );
    return [{ id: withoutControl(id, 128), addresses, name: scope('name'), hardware: scope('hardware') }];
  });
}

function httpAddress(text: string): string[] {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? [url.href.slice(0, 256)] : [];
}

function decoded(scope: string | undefined, kind: string): string {
  const text = scope?.slice(`${SCOPE}${kind}/`.length) ?? '';
  try {
    return withoutControl(decodeURIComponent(text), 64);
  } catch (error) {
    if (error instanceof URIError) return withoutControl(text, 64);
    throw error;
  }
}
