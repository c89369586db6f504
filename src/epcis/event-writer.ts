import { isJsonObject, JsonNumber, type Json } from '../domain/strict-json.ts';
import type {
  AggregationEvent,
  AssociationEvent,
  EpcisEvent,
  ObjectEvent,
  TransactionEvent,
} from './event-shapes.ts';

/** Transformations are read, never claimed: a gateway does not see what becomes of goods. */
export type WrittenEvent = ObjectEvent | AggregationEvent | AssociationEvent | TransactionEvent;

export type Envelope = {
  /** ms since 1970. */
  readonly createdAt: number;
  /** Prefixes of fields that are not GS1's. */
  readonly namespaces: Readonly<Record<string, string>>;
};

const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
/** Fields whose text is a number in JSON. */
const NUMBERS: ReadonlySet<string> = new Set([
  'quantity',
  'value',
  'minValue',
  'maxValue',
  'meanValue',
  'sDev',
  'percRank',
  'percValue',
]);

/** An EPCIS 2.0 document in JSON-LD that the GS1 JSON schema takes (EPCIS 2.0 section 10). */
export function writeDocument(events: readonly WrittenEvent[], envelope: Envelope): string {
  return documentOf(events.map(writeEvent), envelope);
}

/** Likewise, of events that are written already. */
export function documentOf(events: readonly string[], envelope: Envelope): string {
  return `${headOf('EPCISDocument', envelope)},"epcisBody":{"eventList":[${events.join(',')}]}}`;
}

/** The answer to a query, of events that are written already. */
export function queryDocumentOf(events: readonly string[], envelope: Envelope): string {
  const results = `{"queryName":"SimpleEventQuery","resultsBody":{"eventList":[${events.join(',')}]}}`;
  return `${headOf('EPCISQueryDocument', envelope)},"epcisBody":{"queryResults":${results}}}`;
}

/** All but the last brace. */
function headOf(type: string, { createdAt, namespaces }: Envelope): string {
  const context = Object.keys(namespaces).length === 0 ? [CONTEXT] : [CONTEXT, namespaces];
  const creationDate = new Date(createdAt).toISOString();
  return JSON.stringify({ '@context': context, type, schemaVersion: '2.0', creationDate }).slice(0, -1);
}

/** An event alone, without a context of its own unless it has one. */
export function writeEvent(event: EpcisEvent): string {
  return written(event, '');
}

/** Numbers are kept as decimal digits, so JSON.stringify would make texts or binary fractions of them. */
function written(value: unknown, name: string): string {
  if (isMap(value)) return json(value);
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((one: unknown) => written(one, name)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).flatMap(([key, inner]) => {
      if (key === 'extensions' && isMap(inner)) return inner.size === 0 ? [] : [json(inner).slice(1, -1)];
      return inner === undefined ? [] : [`${JSON.stringify(key)}:${written(inner, key)}`];
    });
    return `{${members.join(',')}}`;
  }
  return NUMBERS.has(name) ? String(value) : JSON.stringify(value);
}

/** A map is JSON as it was read, or made so by the caller. */
function isMap(value: unknown): value is ReadonlyMap<string, Json> {
  return value instanceof Map;
}

function json(value: Json): string {
  if (value instanceof JsonNumber) return value.text;
  if (isJsonObject(value))
    return `{${[...value].map(([key, inner]) => `${JSON.stringify(key)}:${json(inner)}`).join(',')}}`;
  return Array.isArray(value) ? `[${value.map((one: Json) => json(one)).join(',')}]` : JSON.stringify(value);
}
