import { suggestion } from '../domain/nearest.ts';
import { isJsonObject, parseStrictJson, type Json, type JsonObject } from '../domain/strict-json.ts';
import { GS1_PREFIXES, prefixesOf } from './contexts.ts';
import { MAX_BYTES } from './event-document.ts';
import {
  aggregationEvent,
  associationEvent,
  objectEvent,
  transactionEvent,
  transformationEvent,
  type EpcisEvent,
} from './event-shapes.ts';
import { EVENT_TYPES, isEventType } from './field.ts';
import { shown, time, type Fault } from './shape.ts';

export type ReadDocument =
  | { readonly ok: true; readonly events: readonly EpcisEvent[] }
  /** All that is wrong, each with its place. */
  | { readonly ok: false; readonly faults: readonly Fault[] };

const DOCUMENT = 'EPCISDocument';
const QUERY = 'EPCISQueryDocument';

/**
 * The events of an EPCIS 2.0 document in JSON-LD, a query document or an event alone, checked as the GS1 JSON
 * schema does (EPCIS 2.0 section 10). Whoever captures is told everything at once.
 */
export function readDocument(bytes: Uint8Array): ReadDocument {
  const parsed = parseStrictJson(bytes, MAX_BYTES);
  if (!parsed.ok) return refuse([{ path: '/', problem: `no JSON that is taken: ${parsed.reason}` }]);
  const document = parsed.value;
  if (!isJsonObject(document)) return refuse([{ path: '/', problem: `${shown(document)} is not an object` }]);
  const faults: Fault[] = [];
  const events = eventsIn(document, faults);
  return faults.length > 0 ? refuse(faults) : { ok: true, events };
}

/** What is wrong with the document as a whole has a place, too. */
function refuse(faults: readonly Fault[]): ReadDocument {
  return { ok: false, faults: faults.map(({ path, problem }) => ({ path: path || '/', problem })) };
}

function eventsIn(document: JsonObject, faults: Fault[]): EpcisEvent[] {
  const type = document.get('type');
  if (type !== DOCUMENT && type !== QUERY) return readEvent(document, '', faults);
  checkContext(document, faults);
  if (type === DOCUMENT) {
    const created = document.get('creationDate');
    if (created === undefined) faults.push({ path: '', problem: 'creationDate is missing' });
    else time(created, '/creationDate', faults);
    const version = document.get('schemaVersion');
    if (typeof version !== 'string' || !/^\d+(?:\.\d+)*$/.test(version))
      faults.push({
        path: '/schemaVersion',
        problem: `${shown(version ?? null)} is not a version such as "2.0"`,
      });
  }
  const way = type === DOCUMENT ? ['epcisBody'] : ['epcisBody', 'queryResults', 'resultsBody'];
  let at: Json | undefined = document;
  for (const name of way) at = isJsonObject(at) ? at.get(name) : undefined;
  const list = isJsonObject(at) ? at.get('eventList') : undefined;
  const path = `/${way.join('/')}/eventList`;
  if (Array.isArray(list)) return list.flatMap((one: Json, i) => readEvent(one, `${path}/${i}`, faults));
  faults.push({ path, problem: 'there is no list of events' });
  return [];
}

function checkContext(document: JsonObject, faults: Fault[]): void {
  const context = document.get('@context');
  if (context === undefined) return void faults.push({ path: '', problem: '@context is missing' });
  const prefixes = prefixesOf(context, GS1_PREFIXES);
  if (!prefixes.ok) faults.push({ path: '/@context', problem: prefixes.why });
}

function readEvent(json: Json, path: string, faults: Fault[]): EpcisEvent[] {
  const type = isJsonObject(json) ? json.get('type') : undefined;
  if (typeof type !== 'string' || !isEventType(type)) {
    const close = typeof type === 'string' ? suggestion(type, [...EVENT_TYPES, DOCUMENT, QUERY]) : '';
    faults.push({ path: `${path}/type`, problem: `${shown(type ?? null)} is no type of event${close}` });
    return [];
  }
  const before = faults.length;
  const event = SHAPES[type](json, path, faults);
  if (event === undefined || faults.length > before) return [];
  const problem = missingIn(event);
  if (problem === null) return [event];
  faults.push({ path, problem });
  return [];
}

const SHAPES = {
  ObjectEvent: objectEvent,
  AggregationEvent: aggregationEvent,
  AssociationEvent: associationEvent,
  TransactionEvent: transactionEvent,
  TransformationEvent: transformationEvent,
} as const;

/** What no field alone shows: an event that is about nothing. */
function missingIn(event: EpcisEvent): string | null {
  if (event.type === 'TransformationEvent') {
    const takes = has(event.inputEPCList) || has(event.inputQuantityList);
    const gives = has(event.outputEPCList) || has(event.outputQuantityList);
    if (event.transformationID === undefined ? takes && gives : takes || gives) return null;
    return 'something goes in and something comes out; in events of one transformationID at least one of both';
  }
  if (event.type === 'ObjectEvent') {
    if (event.ilmd !== undefined && event.action !== 'ADD') return 'ilmd is for the action ADD only';
    if (event.epcList !== undefined || has(event.quantityList)) return null;
    if (has(event.sensorElementList) && event.readPoint !== undefined) return null;
    return 'it is about nothing: epcList, quantityList, or sensorElementList with readPoint is missing';
  }
  if (event.type === 'TransactionEvent') {
    if (!has(event.bizTransactionList)) return 'bizTransactionList is empty';
    if (event.action === 'DELETE' || event.epcList !== undefined || has(event.quantityList)) return null;
    return 'it is about nothing: epcList or quantityList is missing';
  }
  if (event.action === 'DELETE' || has(event.childEPCs) || has(event.childQuantityList)) return null;
  return 'it is about nothing: childEPCs or childQuantityList is missing';
}

function has(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}
