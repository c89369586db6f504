import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents } from './event-document.ts';
import { eventHash, preHash, type CbvVersion } from './event-hash.ts';
import type { EventTree, Field } from './field.ts';
import { GS1_BASE } from './vocabulary.ts';

type Expected = { readonly hash: string; readonly prehash: string };
type VectorEvent = {
  readonly eventIndex: number;
  readonly eventType: string;
  readonly upstreamVerified: boolean;
  readonly cbv20: Expected;
  readonly cbv21: Expected;
};
type Vectors = {
  readonly documents: readonly {
    readonly document: string;
    readonly text: string;
    readonly events: readonly VectorEvent[];
  }[];
};
type Equal = {
  readonly documents: readonly {
    readonly document: string;
    readonly text: string;
    readonly events: number;
    readonly hash: { readonly cbv20: string; readonly cbv21: string };
  }[];
};

function vectors(file: string): unknown {
  const path = join(import.meta.dirname, '../../test/fixtures/vectors/epcis-hash', file);
  return JSON.parse(readFileSync(path, 'utf8'));
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/** @throws where the document or an event is refused */
function events(source: string): EventTree[] {
  const read = readEvents(new TextEncoder().encode(source));
  if (!read.ok) throw new Error(read.why);
  return read.value.map(({ place, event }) => {
    if (!event.ok) throw new Error(`${place}: ${event.why}`);
    return event.value;
  });
}

function text(event: EventTree, version: CbvVersion = '2.0'): string {
  return preHash(event, { version, gs1Base: GS1_BASE });
}

/**
 * Where the reference program does what the standard does not say (decision 0036): it hashes the spelling of an
 * event's own @context, takes namespaces for extensions only if they end in a slash, and puts a bare name that
 * does not belong where it stands at the end of the event, or nowhere.
 */
const OTHERWISE = [
  ['Namespaces_at_different_level.json', 0, '{http://www.ext2.net/}address=Cologne'],
  [
    'Namespaces_at_different_level.json',
    1,
    '{http://www.ext4.net/}address{http://www.ext4.net/}city=Bangalore',
  ],
  ['Namespaces_at_different_level.json', 3, '{http://www.ext4.net/}hello=Testing'],
  ['Namespaces_at_different_level.json', 4, '{http://www.ext7.net/}city=Cologne'],
  ['AggregationEvent_with_sensorData.json', 0, 'bizRules=https://id.gs1.org/253/4012345000054987'],
  ['SensorData_with_combined_events.event12.json', 0, 'readPoint{https://ns.example.com/epcis}gs1ES='],
] as const;

const cases = (vectors('cbv-2026.json') as Vectors).documents.flatMap((document) => {
  const read = events(document.text);
  return document.events.flatMap((event) => {
    const at = OTHERWISE.find(([name, index]) => name === document.document && index === event.eventIndex);
    const found = read[event.eventIndex];
    return found === undefined ? [] : [{ name: document.document, event, found, otherwise: at?.[2] ?? null }];
  });
});

describe('the hash of the reference, both versions', () => {
  it('has 93 events, 35 of them with a published hash', () => {
    expect(cases).toHaveLength(93);
    expect(cases.filter((c) => c.event.upstreamVerified)).toHaveLength(35);
    expect(cases.filter((c) => c.otherwise !== null && c.event.upstreamVerified)).toEqual([]);
  });

  it.each(cases.filter((c) => c.otherwise === null))('$name $event.eventIndex', ({ event, found }) => {
    expect(found.type).toBe(event.eventType);
    for (const [version, expected] of [['2.0', event.cbv20] as const, ['2.1', event.cbv21] as const]) {
      expect(text(found, version)).toBe(expected.prehash);
      expect(eventHash(found, { version, gs1Base: GS1_BASE }, sha256)).toBe(expected.hash);
    }
  });

  it.each(cases.filter((c) => c.otherwise !== null))(
    '$name $event.eventIndex is another for a reason',
    ({ event, found, otherwise }) => {
      expect(text(found)).not.toBe(event.cbv20.prehash);
      expect(text(found)).toContain(otherwise);
    },
  );
});

describe('the same event', () => {
  it.each((vectors('expected-equal.json') as Equal).documents)('has one hash in $document', (document) => {
    const read = events(document.text);
    expect(read).toHaveLength(document.events);
    for (const [version, expected] of [
      ['2.0', document.hash.cbv20],
      ['2.1', document.hash.cbv21],
    ] as const) {
      const hashes = read.map((event) => eventHash(event, { version, gs1Base: GS1_BASE }, sha256));
      expect(new Set(hashes)).toEqual(new Set([expected]));
    }
  });

  it('has one hash whatever the order of its fields', () => {
    const shuffled = (fields: readonly Field[], next: () => number): Field[] =>
      fields
        .map((f) => ({ at: next(), f: { ...f, fields: shuffled(f.fields, next) } }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ f }) => f);
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.infiniteStream(fc.nat()), ({ found }, numbers) => {
        const next = (): number => Number(numbers.next().value);
        const other = { ...found, fields: shuffled(found.fields, next) };
        expect(text(other)).toBe(text(found));
        expect(text(other, '2.1')).toBe(text(found, '2.1'));
      }),
      { numRuns: 200 },
    );
  });
});

function one(change: Readonly<Record<string, unknown>>): EventTree {
  const event = {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { e: 'urn:e:' }],
    type: 'ObjectEvent',
    eventTime: '2026-01-31T08:00:00Z',
    eventTimeZoneOffset: '+08:00',
    action: 'OBSERVE',
    epcList: ['urn:epc:id:sgtin:0614141.107346.2018'],
    ...change,
  };
  const [found] = events(JSON.stringify(event));
  if (found === undefined) throw new Error('there is no event');
  return found;
}

describe('another event', () => {
  it.each([
    [{ eventTime: '2026-01-31T08:00:00.001Z' }],
    [{ eventTimeZoneOffset: '+00:00' }],
    [{ action: 'ADD' }],
    [{ epcList: ['urn:epc:id:sgtin:0614141.107346.2019'] }],
    [{ 'e:note': '' }],
    [{ 'e:note': 'x' }],
    [{ readPoint: { id: 'urn:epc:id:sgln:0614141.00001.0' } }],
    [{ sensorElementList: [{ sensorReport: [{ type: 'Temperature', value: 1 }] }] }],
  ])('has another hash: %j', (change) => {
    expect(text(one(change))).not.toBe(text(one({})));
  });

  it('is not one that says more about the event', () => {
    const about = { eventID: 'urn:uuid:1', recordTime: '2026-02-01T00:00:00Z', 'rdfs:comment': 'x' };
    expect(text(one(about))).toBe(text(one({})));
  });

  it('has the base of measurement types that is asked for', () => {
    const event = one({ sensorElementList: [{ sensorReport: [{ type: 'Temperature', value: 1 }] }] });
    expect(preHash(event, { version: '2.0', gs1Base: 'https://gs1.org/voc/' })).toContain(
      'type=https://gs1.org/voc/Temperature',
    );
  });

  it('is sorted by code points, not by halves of them', () => {
    const note = text(one({ 'e:note': ['\u{1f4e6}', '\uff21'] }));
    expect(note.endsWith('{urn:e:}note=\uff21{urn:e:}note=\u{1f4e6}')).toBe(true);
  });
});
