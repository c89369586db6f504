import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvents } from './event-document.ts';
import { preHash } from './event-hash.ts';
import { readDocument, type ReadDocument } from './event-reader.ts';
import { writeDocument, writeEvent, type WrittenEvent } from './event-writer.ts';
import { checkerOf } from './json-schema.fixture.ts';
import { GS1_BASE } from './vocabulary.ts';

type Example = {
  readonly name: string;
  readonly kind: 'document' | 'event' | 'invalid';
  readonly schemaValid: boolean;
  readonly firstError?: string;
  readonly text: string;
};
const VECTORS = join(import.meta.dirname, '../../test/fixtures/vectors/epcis');
const { examples } = JSON.parse(readFileSync(join(VECTORS, 'openepcis-examples.json'), 'utf8')) as {
  readonly examples: readonly Example[];
};

const schemaTakes = checkerOf(JSON.parse(readFileSync(join(VECTORS, 'epcis-2.0.schema.json'), 'utf8')));

function read(text: string): ReadDocument {
  return readDocument(new TextEncoder().encode(text));
}

function faults(text: string): string[] {
  const document = read(text);
  return document.ok ? [] : document.faults.map(({ path, problem }) => `${path} ${problem}`);
}

function hashed(text: string): string[] {
  const events = readEvents(new TextEncoder().encode(text));
  if (!events.ok) throw new Error(events.why);
  return events.value.map(({ event }) =>
    event.ok ? preHash(event.value, { version: '2.0', gs1Base: GS1_BASE }) : event.why,
  );
}

describe('the examples of OpenEPCIS', () => {
  it.each(examples)('$kind $name', ({ text, schemaValid, firstError = '' }) => {
    expect(schemaTakes(JSON.parse(text))).toBe(schemaValid);
    const document = read(text);
    expect(document.ok).toBe(schemaValid);
    if (document.ok) return;
    const path = firstError.split(' ')[0] ?? '';
    expect(document.faults.map((f) => f.path).filter((p) => p === '/' || p.startsWith(path))).not.toEqual([]);
  });

  it.each(examples.filter((e) => e.kind === 'document'))('$name is written as it was read', ({ text }) => {
    const document = read(text);
    if (!document.ok) throw new Error(JSON.stringify(document.faults));
    const context: unknown = JSON.parse(text)['@context'];
    const again = JSON.stringify({
      ...JSON.parse(text),
      '@context': context,
      epcisBody: { eventList: document.events.map((event) => JSON.parse(writeEvent(event)) as unknown) },
    });
    expect(schemaTakes(JSON.parse(again))).toBe(true);
    expect(hashed(again)).toEqual(hashed(text));
  });
});

describe('what is wrong', () => {
  const event = {
    '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    type: 'ObjectEvent',
    eventTime: '2026-01-31T08:00:00Z',
    eventTimeZoneOffset: '+08:00',
    action: 'OBSERVE',
    epcList: ['urn:epc:id:sgtin:0614141.107346.2018'],
  };
  const one = (change: Readonly<Record<string, unknown>>): string => JSON.stringify({ ...event, ...change });

  it('is all told at once, with its place and the nearest right word', () => {
    expect(
      faults(
        one({
          bizStep: 'shiping',
          eventTimeZoneOffset: '+25:00',
          epcLst: [],
          quantityList: [{ epcClass: 'x', quantity: '5', uom: 'kg' }],
          sensorElementList: [{ sensorReport: [] }],
        }),
      ),
    ).toEqual([
      '/eventTimeZoneOffset "+25:00" is not an offset such as +08:00',
      '/bizStep "shiping" is neither a word of the vocabulary nor a URI of another; did you mean "shipping"?',
      '/epcLst there is no field "epcLst" here; did you mean "epcList"?; fields of your own have a prefix, such as example:name',
      '/quantityList/0/epcClass "x" is not a URI',
      '/quantityList/0/quantity "5" is not a number',
      '/quantityList/0/uom "kg" is not a unit of two or three capitals or digits (UN/CEFACT Rec. 20)',
      '/sensorElementList/0/sensorReport an empty list; there is at least 1',
    ]);
  });

  it.each([
    [one({ ilmd: { 'cbvmda:lotNumber': '1' } }), '/ ilmd is for the action ADD only'],
    [one({ epcList: ['urn:a:1', 'urn:a:1'] }), '/epcList something stands twice'],
    [
      one({ type: 'AggregationEvent', epcList: undefined }),
      '/ it is about nothing: childEPCs or childQuantityList is missing',
    ],
    [
      one({ type: 'TransformationEvent', epcList: undefined, action: undefined, inputEPCList: ['urn:a:1'] }),
      '/ something goes in',
    ],
    [one({ type: 'TransactionEvent', bizTransactionList: [] }), '/ bizTransactionList is empty'],
    [one({ type: 'QuantityEvent' }), '/type "QuantityEvent" is no type of event'],
    [one({ readPoint: 'urn:a:1' }), '/readPoint "urn:a:1" is not an object'],
    [one({ eventTime: undefined }), '/ eventTime is missing'],
    [one({ action: null }), '/action null is not one of OBSERVE, ADD, DELETE'],
    ['{"type":"EPCISDocument","epcisBody":{"eventList":{}}}', '/ @context is missing'],
    ['{"a":1,"a":2}', '/ no JSON that is taken: duplicate key "a"'],
    ['7', '/ 7 is not an object'],
  ])('%s', (text, expected) => {
    expect(faults(text)[0]?.slice(0, expected.length)).toBe(expected);
  });

  it('is refused by the schema, too, and the other way round, whatever is changed in an example', () => {
    let refused = 0;
    let count = 0;
    for (const { text } of examples.filter((e) => e.schemaValid)) {
      const document: unknown = JSON.parse(text);
      for (const [node, key] of placesIn(document)) {
        const before = node[key];
        // A few of all at each place, others at the next.
        for (let i = count++ % STEP; i < VALUES.length; i += STEP) {
          node[key] = VALUES[i];
          const changed = JSON.stringify(document);
          const taken = schemaTakes(JSON.parse(changed));
          if (!taken) refused++;
          expect([changed, read(changed).ok]).toEqual([changed, taken]);
        }
        node[key] = before;
      }
    }
    expect(refused).toBeGreaterThan(2000);
  });
});

const STEP = 7;
/** `undefined` takes the field away. */
const VALUES: readonly unknown[] = [
  undefined,
  null,
  -2.5,
  true,
  'x',
  'urn:a:1',
  'a b:c',
  '2026-01-31T08:00:00Z',
  'DELETE',
  [],
  {},
  ['x'],
  ['urn:a:1'],
  ['urn:a:1', 'urn:a:1'],
  [1],
  [{}],
  [null],
  { id: 'urn:a:1' },
  { id: 'x' },
  { 'a:b': 1 },
  { a: 1 },
  'https://gs1.org/voc/X',
  'urn:epcglobal:cbv:x',
];
/** Of the document, not of its events: not read. */
const HEAD = new Set(['epcisHeader', 'id', 'sender', 'receiver', 'instanceIdentifier']);

/** Every place of a document whose value the schema looks at; the schema takes types of others' events, too. */
function placesIn(document: unknown): [Record<string, unknown>, string][] {
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, inner] of Object.entries(node)) {
      const isHead = node === document && HEAD.has(key);
      if (key.startsWith('@') || key === 'type' || isHead) continue;
      places.push([node as Record<string, unknown>, key]);
      if (!key.includes(':')) walk(inner);
    }
  };
  walk(document);
  return places;
}

describe('what is written', () => {
  const extensions = new Map();
  const at = { eventTime: '2026-01-31T08:00:00.000Z', eventTimeZoneOffset: '+08:00' };
  const id = { id: 'urn:epc:id:sgln:0614141.00001.0', extensions };
  const events: readonly WrittenEvent[] = [
    {
      type: 'ObjectEvent',
      ...at,
      action: 'OBSERVE',
      bizStep: 'sensor_reporting',
      readPoint: id,
      sensorElementList: [
        {
          sensorMetadata: { startTime: at.eventTime, endTime: at.eventTime, extensions },
          sensorReport: [
            {
              type: 'Temperature',
              minValue: '-18.50',
              meanValue: '12345678901234567890.1',
              uom: 'CEL',
              extensions,
            },
          ],
          extensions,
        },
      ],
      extensions: new Map([['bailee:note', 'x']]),
    },
    { type: 'AggregationEvent', ...at, action: 'ADD', childEPCs: ['urn:a:1'], extensions },
    { type: 'AssociationEvent', ...at, action: 'DELETE', parentID: 'urn:a:1', extensions },
    {
      type: 'TransactionEvent',
      ...at,
      action: 'ADD',
      bizTransactionList: [{ type: 'po', bizTransaction: 'urn:a:1', extensions }],
      quantityList: [{ epcClass: 'urn:a:1', quantity: '0.5', uom: 'KGM', extensions }],
      extensions,
    },
  ];
  const text = writeDocument(events, {
    createdAt: 0,
    namespaces: { bailee: 'https://bailee.example/epcis/' },
  });

  it('is taken by the GS1 schema and read as it was, to the last digit', () => {
    expect(schemaTakes(JSON.parse(text))).toBe(true);
    expect(text).toContain('"minValue":-18.50,"meanValue":12345678901234567890.1,');
    const document = read(text);
    expect(document).toMatchObject({ ok: true, events: events.map(({ type }) => ({ type })) });
    expect(hashed(text)[0]).toContain('minValue=-18.5meanValue=12345678901234567890.1uom=CEL');
    expect(hashed(text)[0]).toContain('{https://bailee.example/epcis/}note=x');
  });
});
