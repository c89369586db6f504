import { done, refused, type Outcome } from '../domain/epc/outcome.ts';
import { suggestion } from '../domain/nearest.ts';
import { isJsonObject, parseStrictJson, type Json, type JsonObject } from '../domain/strict-json.ts';
import { parseXml, type XmlElement } from '../domain/xml.ts';
import { GS1_PREFIXES, prefixesOf, type Prefixes } from './contexts.ts';
import { checkTimes } from './event-times.ts';
import { EVENT_TYPES, isEventType, type EventTree, type Field } from './field.ts';
import { fieldsOfJson } from './json-ld.ts';
import { fieldsOfXml, unwrapped } from './xml-fields.ts';

/** Of a document; 100,000 EPCs need about a tenth of it. */
export const MAX_BYTES = 32 * 1024 * 1024;
const MAX_ELEMENTS = 1_000_000;
const DOCUMENTS = ['EPCISDocument', 'EPCISQueryDocument'];

/** An event where it stands in its document, or why it is none. */
export type PlacedEvent = { readonly place: string; readonly event: Outcome<EventTree> };

/**
 * The events of an EPCIS document, a query document or an event alone, in JSON-LD or XML, in their order. A
 * document that cannot be read is refused as a whole, a bad event alone.
 */
export function readEvents(bytes: Uint8Array): Outcome<readonly PlacedEvent[]> {
  const first = bytes.find((byte) => ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte));
  if (first === 0x3c) return fromXml(bytes);
  const parsed = parseStrictJson(bytes, MAX_BYTES);
  if (!parsed.ok) return refused(`neither XML nor JSON: ${parsed.reason}`);
  return isJsonObject(parsed.value) ? fromJson(parsed.value) : refused('the document is no JSON object');
}

function fromJson(document: JsonObject): Outcome<readonly PlacedEvent[]> {
  const type = document.get('type');
  if (typeof type !== 'string') return refused('/type: a document says its type; this one does not');
  const prefixes = prefixesOf(document.get('@context') ?? [], GS1_PREFIXES);
  if (!prefixes.ok) return refused(`/@context: ${prefixes.why}`);
  if (isEventType(type)) return done([{ place: '/', event: jsonEvent(document, prefixes.value) }]);
  if (!DOCUMENTS.includes(type))
    return refused(
      `/type: "${type}" is no document and no event${suggestion(type, [...DOCUMENTS, ...EVENT_TYPES])}`,
    );
  const single = memberAt(document, ['epcisBody', 'event']);
  if (single !== undefined)
    return done([{ place: '/epcisBody/event', event: jsonEvent(single, prefixes.value) }]);
  const way =
    type === 'EPCISDocument'
      ? ['epcisBody', 'eventList']
      : ['epcisBody', 'queryResults', 'resultsBody', 'eventList'];
  const list = memberAt(document, way);
  if (!Array.isArray(list)) return refused(`/${way.join('/')}: there is no list of events`);
  return done(
    list.map((item: Json, i) => ({
      place: `/${way.join('/')}/${i}`,
      event: jsonEvent(item, prefixes.value),
    })),
  );
}

function memberAt(document: JsonObject, way: readonly string[]): Json | undefined {
  let at: Json | undefined = document;
  for (const key of way) at = isJsonObject(at) ? at.get(key) : undefined;
  return at;
}

function jsonEvent(json: Json, prefixes: Prefixes): Outcome<EventTree> {
  if (!isJsonObject(json)) return refused('it is no object');
  const type = json.get('type');
  if (typeof type !== 'string') return refused('type: an event says its type; this one does not');
  const fields = fieldsOfJson(json, prefixes);
  return fields.ok ? eventOf(type, fields.value) : refused(`@context: ${fields.why}`);
}

function fromXml(bytes: Uint8Array): Outcome<readonly PlacedEvent[]> {
  const parsed = parseXml(bytes, MAX_BYTES, MAX_ELEMENTS);
  if (!parsed.ok) return refused(`no XML that is taken: ${parsed.reason}`);
  const { root } = parsed;
  if (isEventType(root.name)) return done([{ place: `/${root.name}`, event: xmlEvent(root) }]);
  if (!DOCUMENTS.includes(root.name))
    return refused(
      `/${root.name}: no document and no event${suggestion(root.name, [...DOCUMENTS, ...EVENT_TYPES])}`,
    );
  const list = eventListIn(root);
  if (list === null) return refused(`/${root.name}/EPCISBody: there is no EventList`);
  const place = `/${root.name}/${root.name === 'EPCISDocument' ? 'EPCISBody' : 'EPCISBody/QueryResults/resultsBody'}`;
  return done(
    unwrapped(list).map((e, i) => ({ place: `${place}/EventList/${e.name}[${i + 1}]`, event: xmlEvent(e) })),
  );
}

function eventListIn(root: XmlElement): XmlElement | null {
  const ways = [
    ['EPCISBody', 'EventList'],
    ['EPCISBody', 'QueryResults', 'resultsBody', 'EventList'],
  ];
  for (const way of ways) {
    let at: XmlElement | undefined = root;
    for (const name of way) at = at?.children.find((child) => child.name === name);
    if (at !== undefined) return at;
  }
  return null;
}

function xmlEvent(element: XmlElement): Outcome<EventTree> {
  return eventOf(element.name, fieldsOfXml(element));
}

function eventOf(type: string, fields: readonly Field[]): Outcome<EventTree> {
  if (!isEventType(type)) return refused(`type: there is no event "${type}"${suggestion(type, EVENT_TYPES)}`);
  const why = checkTimes(fields);
  return why === null ? done({ type, fields }) : refused(why);
}
