import { element, writeXml } from './xml-writer.ts';
import { parseXml, type XmlElement } from '../../domain/xml.ts';

/** Namespaces by their customary prefixes. */
export const NS = {
  s: 'http://www.w3.org/2003/05/soap-envelope',
  wsa: 'http://www.w3.org/2005/08/addressing',
  wsse: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  wsu: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  wsnt: 'http://docs.oasis-open.org/wsn/b-2',
  tds: 'http://www.onvif.org/ver10/device/wsdl',
  trt: 'http://www.onvif.org/ver10/media/wsdl',
  tr2: 'http://www.onvif.org/ver20/media/wsdl',
  tev: 'http://www.onvif.org/ver10/events/wsdl',
  tt: 'http://www.onvif.org/ver10/schema',
  ter: 'http://www.onvif.org/ver10/error',
  tns1: 'http://www.onvif.org/ver10/topics',
} as const;

/** More than any camera sends in one answer; 100 events take some 80 KB. */
export const MAX_ENVELOPE = 512 * 1024;

/** SOAP 1.2: what stands in the body, or the fault. */
export type Envelope =
  | { readonly kind: 'body'; readonly body: XmlElement; readonly header: readonly XmlElement[] }
  | { readonly kind: 'fault'; readonly code: string; readonly reason: string }
  | { readonly kind: 'none'; readonly why: string };

export function encodeEnvelope(body: XmlElement, header: readonly XmlElement[] = []): Uint8Array {
  const parts = [element(NS.s, 'Body', [body])];
  return writeXml(
    element(NS.s, 'Envelope', header.length === 0 ? parts : [element(NS.s, 'Header', header), ...parts]),
    NS,
  );
}

/** @param code local name of the subcode, e.g. `NotAuthorized` */
export function encodeFault(code: string, reason: string): Uint8Array {
  const value = (text: string): XmlElement => element(NS.s, 'Value', text);
  return encodeEnvelope(
    element(NS.s, 'Fault', [
      element(NS.s, 'Code', [value('s:Sender'), element(NS.s, 'Subcode', [value(`ter:${code}`)])]),
      element(NS.s, 'Reason', [element(NS.s, 'Text', reason, { [`{${XML}}lang`]: 'en' })]),
    ]),
  );
}

const XML = 'http://www.w3.org/XML/1998/namespace';

/** Never throws. The code of a fault is that of its innermost subcode, without its prefix. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const parsed = parseXml(bytes, MAX_ENVELOPE);
  if (!parsed.ok) return { kind: 'none', why: parsed.reason };
  const { root } = parsed;
  if (root.name !== 'Envelope' || root.ns !== NS.s)
    return { kind: 'none', why: `${root.name} is no SOAP 1.2` };
  const [body] = child(root, NS.s, 'Body')?.children ?? [];
  if (body === undefined) return { kind: 'none', why: 'the body is empty' };
  if (body.ns !== NS.s || body.name !== 'Fault')
    return { kind: 'body', body, header: child(root, NS.s, 'Header')?.children ?? [] };
  const code = lastValue(child(body, NS.s, 'Code'));
  const reason = child(child(body, NS.s, 'Reason'), NS.s, 'Text')?.text ?? '';
  return { kind: 'fault', code: localName(code), reason };
}

function lastValue(code: XmlElement | undefined): string {
  const inner = child(code, NS.s, 'Subcode');
  const own = child(code, NS.s, 'Value')?.text ?? '';
  const deeper = inner === undefined ? '' : lastValue(inner);
  return deeper === '' ? own : deeper;
}

/** `ter:NotAuthorized` → `NotAuthorized`. */
export function localName(text: string): string {
  return text.slice(text.lastIndexOf(':') + 1);
}

/** The first child of this name. */
export function child(parent: XmlElement | undefined, ns: string, name: string): XmlElement | undefined {
  return parent?.children.find((c) => c.ns === ns && c.name === name);
}

/** The children of this name. */
export function children(parent: XmlElement | undefined, ns: string, name: string): readonly XmlElement[] {
  return parent?.children.filter((c) => c.ns === ns && c.name === name) ?? [];
}

/** The text at the end of a path of names in one namespace. */
export function textAt(
  parent: XmlElement | undefined,
  ns: string,
  ...path: readonly string[]
): string | null {
  let found = parent;
  for (const name of path) found = child(found, ns, name);
  return found?.text ?? null;
}
