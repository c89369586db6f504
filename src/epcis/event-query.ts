import type { EventFilter, EventQuery } from '../domain/epcis-events.ts';
import { done, refused, type Outcome } from '../domain/epc/outcome.ts';
import { suggestion } from '../domain/nearest.ts';
import { parseTime } from './canonical-time.ts';
import { bareWord, canonicalName } from './event-keys.ts';
import { EVENT_TYPES } from './field.ts';

const USUAL = 30;
const MOST = 1000;
/** Of one parameter; the address of a call is short anyway. */
const MOST_VALUES = 200;

/** Filters that compare words or names: the keys they look at, and how a value is spelt. */
const LISTS: Readonly<
  Record<string, { readonly names: readonly string[]; readonly spell: (value: string) => string }>
> = {
  eventType: { names: ['type'], spell: (value) => value },
  EQ_action: { names: ['action'], spell: (value) => value },
  EQ_bizStep: { names: ['bizStep'], spell: bareWord },
  EQ_disposition: { names: ['disposition'], spell: bareWord },
  EQ_readPoint: { names: ['readPoint'], spell: canonicalName },
  EQ_bizLocation: { names: ['bizLocation'], spell: canonicalName },
  MATCH_epc: { names: ['epc'], spell: canonicalName },
  MATCH_parentID: { names: ['parentID'], spell: canonicalName },
  MATCH_anyEPC: { names: ['epc', 'parentID'], spell: canonicalName },
  MATCH_epcClass: { names: ['epcClass'], spell: canonicalName },
  MATCH_anyEPCClass: { names: ['epcClass'], spell: canonicalName },
  EQ_eventID: { names: ['eventID'], spell: (value) => value },
  EQ_bizTransaction: { names: ['bizTransaction'], spell: canonicalName },
  EQ_deviceID: { names: ['deviceID'], spell: canonicalName },
  EQ_errorReason: { names: ['errorReason'], spell: bareWord },
  EQ_correctiveEventID: { names: ['correctiveEventID'], spell: canonicalName },
};
const TIMES = ['GE_eventTime', 'LT_eventTime', 'GE_recordTime', 'LT_recordTime'] as const;
/** Followed by a type of the vocabulary. */
const TYPED = /^EQ_(bizTransaction|source|destination)_(.+)$/;

/** The parameters of a query (EPCIS 2.0 section 8.2.7.1). What is not supported or given twice is refused with its name. */
export function readQuery(parameters: Iterable<readonly [name: string, value: string]>): Outcome<EventQuery> {
  const filters: EventFilter[] = [];
  const seen = new Set<string>();
  let limit = USUAL;
  let after = 0;
  for (const [name, value] of parameters) {
    if (seen.has(name)) return refused(`${name} stands twice`);
    seen.add(name);
    if (name === 'perPage' || name === 'nextPageToken') {
      const number = /^\d{1,15}$/.test(value) ? Number(value) : -1;
      if (name === 'perPage' && (number < 1 || number > MOST))
        return refused(`perPage="${value}" must be 1 to ${MOST}`);
      if (number < 0) return refused(`nextPageToken="${value}" is none of ours`);
      if (name === 'perPage') limit = number;
      else after = number;
      continue;
    }
    const filter = filterOf(name, value);
    if (!filter.ok) return filter;
    if (filter.value !== null) filters.push(filter.value);
  }
  return done({ filters, after, limit });
}

function filterOf(name: string, value: string): Outcome<EventFilter | null> {
  const time = TIMES.find((one) => one === name);
  if (time !== undefined) return timeFilter(time, value);
  if (name === 'EXISTS_errorDeclaration') {
    if (value !== 'true' && value !== 'false') return refused(`${name}="${value}" must be true or false`);
    return done(value === 'true' ? { kind: 'declaration' } : null);
  }
  const [, key, type] = TYPED.exec(name) ?? [];
  const list =
    key === undefined
      ? Object.entries(LISTS).find(([known]) => known === name)?.[1]
      : { names: [`${key}_${bareWord(type ?? '')}`], spell: canonicalName };
  if (list === undefined)
    return refused(
      `"${name}" is not supported${suggestion(name, [...Object.keys(LISTS), ...TIMES, 'EXISTS_errorDeclaration', 'perPage', 'nextPageToken'])}`,
    );
  const values = value.split('|');
  if (values.length > MOST_VALUES) return refused(`${name} has more than ${MOST_VALUES} values`);
  if (values.some((one) => one === '')) return refused(`${name} has an empty value`);
  const unknown =
    name === 'eventType' ? values.find((one) => !EVENT_TYPES.some((known) => known === one)) : undefined;
  if (unknown !== undefined)
    return refused(`eventType="${unknown}" is no type of event${suggestion(unknown, EVENT_TYPES)}`);
  const pattern = name.startsWith('MATCH_')
    ? values.find((one) => one.startsWith('urn:epc:idpat:'))
    : undefined;
  if (pattern !== undefined)
    return refused(`${name}="${pattern}": patterns are not supported, name the things`);
  return done({ kind: 'key', names: list.names, values: values.map(list.spell) });
}

function timeFilter(name: (typeof TIMES)[number], value: string): Outcome<EventFilter> {
  // A + that nobody escaped is a space.
  const ms = parseTime(value.replace(' ', '+'));
  if (ms === null)
    return refused(`${name}="${value}" is no time with its zone, such as 2026-01-31T08:00:00.000Z`);
  const field = name.endsWith('eventTime') ? 'eventTime' : 'recordTime';
  const bound = name.startsWith('GE_') ? { from: ms, before: null } : { from: null, before: ms };
  return done({ kind: 'time', field, ...bound });
}
