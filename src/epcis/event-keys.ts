import type { EventKey } from '../domain/epcis-events.ts';
import { canonicalUri } from './canonical-uri.ts';
import type { EpcisEvent } from './event-shapes.ts';
import { OWN } from './journal/naming.ts';
import { CBV_BASE, canonicalWord, GS1_BASE } from './vocabulary.ts';

/** One spelling of an EPC, a class or a place. */
export function canonicalName(uri: string): string {
  return canonicalUri(uri) ?? uri;
}

/** `shipping` for `cbv:BizStep-shipping`, its web address and its URN of CBV 1.x. */
export function bareWord(word: string): string {
  const whole = canonicalWord(word, GS1_BASE);
  const [, bare] = whole.startsWith(CBV_BASE)
    ? (/^[A-Za-z]+-(.+)$/.exec(whole.slice(CBV_BASE.length)) ?? [])
    : [];
  return bare ?? word;
}

/** What an event is found by; names as the filters of event-query.ts have them. */
export function keysOf(event: EpcisEvent): EventKey[] {
  const action = 'action' in event ? event.action : undefined;
  const quantities = [
    ...('quantityList' in event ? (event.quantityList ?? []) : []),
    ...('childQuantityList' in event ? (event.childQuantityList ?? []) : []),
  ];
  return [
    ['type', event.type],
    ...one('action', action),
    ...one('bizStep', event.bizStep, bareWord),
    ...one('disposition', event.disposition, bareWord),
    ...one('readPoint', event.readPoint?.id),
    ...one('bizLocation', event.bizLocation?.id),
    ...many('epc', 'epcList' in event ? event.epcList : undefined),
    ...many('epc', 'childEPCs' in event ? event.childEPCs : undefined),
    ...one('parentID', 'parentID' in event ? event.parentID : undefined),
    ...many(
      'epcClass',
      quantities.map((q) => q.epcClass),
    ),
    ...lotOf(event),
    ...one('eventID', event.eventID),
    ...(event.bizTransactionList ?? []).flatMap((t) => typed('bizTransaction', t.type, t.bizTransaction)),
    ...(event.sourceList ?? []).flatMap((s) => typed('source', s.type, s.source)),
    ...(event.destinationList ?? []).flatMap((d) => typed('destination', d.type, d.destination)),
    ...many(
      'deviceID',
      (event.sensorElementList ?? []).map((e) => e.sensorMetadata?.deviceID),
    ),
    ...one('errorReason', event.errorDeclaration?.reason, bareWord),
    ...many('correctiveEventID', event.errorDeclaration?.correctiveEventIDs),
  ];
}

function one(name: string, value: string | undefined, spell = canonicalName): EventKey[] {
  return value === undefined ? [] : [[name, spell(value)]];
}

function many(name: string, values: readonly (string | undefined)[] | undefined): EventKey[] {
  return (values ?? []).flatMap((value) => one(name, value));
}

/** The lot that an event of ours is about, whatever bears it. */
function lotOf({ extensions }: EpcisEvent): EventKey[] {
  const lot = extensions.get(`${OWN}:lot`);
  return typeof lot === 'string' ? [['lot', lot]] : [];
}

/** Under its own type and under any. */
function typed(name: string, type: string | undefined, value: string): EventKey[] {
  const any: EventKey = [name, canonicalName(value)];
  return type === undefined ? [any] : [any, [`${name}_${bareWord(type)}`, canonicalName(value)]];
}
