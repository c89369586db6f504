import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents } from './event-document.ts';
import { TERMS } from './vocabulary.ts';

const CONTEXTS = join(import.meta.dirname, '../../test/fixtures/vectors/epcis/contexts');
const GS1 = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
const EVENT = { type: 'ObjectEvent', eventTime: '2026-01-31T08:00:00Z', action: 'OBSERVE' };

function document(eventList: unknown, context: unknown = GS1): string {
  return JSON.stringify({ '@context': context, type: 'EPCISDocument', epcisBody: { eventList } });
}

/** Why the document is refused, or its first bad event with its place. */
function why(text: string): string {
  const read = readEvents(new TextEncoder().encode(text));
  if (!read.ok) return read.why;
  const bad = read.value.find((e) => !e.event.ok);
  return bad === undefined || bad.event.ok ? 'taken' : `${bad.place}: ${bad.event.why}`;
}

describe('a document', () => {
  it.each([
    ['', /^neither XML nor JSON: the text ends too early at offset 0$/],
    ['[]', /^the document is no JSON object$/],
    ['{"type":1}', /^\/type: a document says its type/],
    ['{"type":"EPCISDocumnt"}', /^\/type: "EPCISDocumnt" is no document .* mean "EPCISDocument"\?$/],
    ['{"type":"EPCISDocument","epcisBody":{}}', /^\/epcisBody\/eventList: there is no list of events$/],
    ['{"type":"EPCISQueryDocument"}', /^\/epcisBody\/queryResults\/resultsBody\/eventList: there is no list/],
    [
      document([], 'https://evil.example/c'),
      /^\/@context: the context "https:\/\/evil.example\/c" is not one/,
    ],
    [document([], [GS1, { '@vocab': 'urn:x' }]), /^\/@context: @vocab in a context changes what names mean/],
    [document([], [GS1, { x: 1 }]), /^\/@context: "x" is declared as something that is no text$/],
    [document([EVENT, 1]), /^\/epcisBody\/eventList\/1: it is no object$/],
    [
      document([{ ...EVENT, type: 'ObjectEvnt' }]),
      /^\/epcisBody\/eventList\/0: type: there is no event "ObjectEvnt"; did you mean "ObjectEvent"\?$/,
    ],
    [
      document([{ ...EVENT, eventTime: 'today' }]),
      /^\/epcisBody\/eventList\/0: eventTime: "today" is no time/,
    ],
    [document([{ ...EVENT, eventTime: undefined }]), /eventTime: an event has a time; this one has not$/],
    [
      document([{ ...EVENT, sensorElementList: [{ sensorMetadata: { time: '1' }, sensorReport: [] }] }]),
      /^\/epcisBody\/eventList\/0: sensorElementList\/sensorElement\/sensorMetadata\/time: "1" is no time/,
    ],
    [
      document([{ ...EVENT, '@context': 'urn:x' }]),
      /^\/epcisBody\/eventList\/0: @context: the context "urn:x"/,
    ],
    ['<!DOCTYPE r><r/>', /^no XML that is taken: a document type or another declaration at offset 0$/],
    ['<html/>', /^\/html: no document and no event; known: EPCISDocument/],
    ['<EPCISDocument/>', /^\/EPCISDocument\/EPCISBody: there is no EventList$/],
    [
      '<EPCISDocument><EPCISBody><EventList><QuantityEvent/></EventList></EPCISBody></EPCISDocument>',
      /^\/EPCISDocument\/EPCISBody\/EventList\/QuantityEvent\[1\]: type: there is no event "QuantityEvent"/,
    ],
  ])('is refused with the place: %s', (text, expected) => {
    expect(why(text)).toMatch(expected);
  });

  it('may be an event alone, in JSON-LD and in XML, and in what wrappers EPCIS 1.x had', () => {
    const json = readEvents(new TextEncoder().encode(JSON.stringify({ '@context': GS1, ...EVENT })));
    expect(json).toMatchObject({
      ok: true,
      value: [{ place: '/', event: { value: { type: 'ObjectEvent' } } }],
    });
    const inner = '<eventTime>2026-01-31T08:00:00Z</eventTime><action>OBSERVE</action>';
    expect(why(`<ObjectEvent>${inner}</ObjectEvent>`)).toBe('taken');
    const wrapped = `<EPCISDocument><EPCISBody><EventList><extension><TransformationEvent>${inner}</TransformationEvent></extension></EventList></EPCISBody></EPCISDocument>`;
    expect(why(wrapped)).toBe('taken');
  });

  it('never throws, whatever comes', () => {
    const good = document([{ ...EVENT, '@context': { e: 'urn:e' }, 'e:x': [[1, { a: null }], 'b'] }]);
    fc.assert(
      fc.property(fc.nat(good.length), fc.string({ maxLength: 3 }), fc.jsonValue(), (at, text, value) => {
        why(good.slice(0, at) + text + good.slice(at + text.length));
        why(document([{ ...EVENT, sensorElementList: value, bizTransactionList: value, readPoint: value }]));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the terms', () => {
  it.each(readdirSync(CONTEXTS).filter((f) => f.endsWith('.jsonld')))('are those of %s', (file) => {
    const context: unknown = JSON.parse(readFileSync(join(CONTEXTS, file), 'utf8'));
    const found = new Map<string, string[]>();
    collect(context, ['', ''], found);
    for (const key of Object.keys(TERMS)) {
      const { prefix, words } = TERMS[key] ?? { prefix: '', words: [] };
      expect([key, found.get(key)]).toEqual([key, [...words].map((w) => `${w} ${prefix}${w}`).toSorted()]);
    }
    expect([...found.keys()].filter((k) => !(k in TERMS))).toEqual(['errorDeclaration/reason']);
  });
});

/** Words that a context maps into `cbv:` or `gs1:`, by the field they belong to and the one around it. */
function collect(node: unknown, [outer, key]: readonly [string, string], found: Map<string, string[]>): void {
  if (typeof node !== 'object' || node === null) return;
  const words = Object.entries(node).filter(([, v]) => typeof v === 'string' && /^(?:cbv|gs1):/.test(v));
  const known = found.get(`${outer}/${key}`) ?? [];
  const all = [...known, ...words.map(([word, iri]) => `${word} ${String(iri)}`)].toSorted();
  const isInner = key === 'persistentDisposition';
  if (words.length > 0 && isInner) for (const k of ['set', 'unset']) found.set(`${key}/${k}`, all);
  else if (words.length > 0) found.set(`${outer}/${key}`, all);
  for (const [name, value] of Object.entries(node)) {
    const isStructure = name === '@context' || /^\d+$/.test(name);
    collect(value, isStructure ? [outer, key] : [key, name], found);
  }
}
