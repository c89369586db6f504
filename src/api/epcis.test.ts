import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRead, epc, HandJournal, MapMemory, NAMING, T0, TAG } from '../../test/epcis/journal.ts';
import type { EventQuery } from '../domain/epcis-events.ts';
import { GoodsVerb, RecordType } from '../domain/record.ts';
import { readQuery } from '../epcis/event-query.ts';
import { readDocument } from '../epcis/event-reader.ts';
import { writeEvent } from '../epcis/event-writer.ts';
import { checkerOf } from '../epcis/json-schema.fixture.ts';
import { call } from './call.fixture.ts';
import { EPCIS_ROUTES } from './epcis-routes.ts';
import type { Epcis, EventWithdrawalAct, ThingFound } from './epcis.ts';
import type { Api } from './server.ts';
import { RECEIPT_A } from './grants.fixture.ts';
import { MemorySite } from './site.fixture.ts';

const SCHEMA = join(import.meta.dirname, '../../test/fixtures/vectors/epcis/epcis-2.0.schema.json');
const schemaTakes = checkerOf(JSON.parse(readFileSync(SCHEMA, 'utf8')));
const ITEM = 'https://id.gs1.org/01/80614141123458/21/6789';
const THING: ThingFound = {
  uri: ITEM,
  epc: TAG,
  lot: '<copper>',
  place: { zone: 'cold-1', since: T0 },
  seen: { point: 'uhf-1/dock', at: T0 + 1000 },
  contains: [],
  within: 'https://id.gs1.org/00/106141412345678908',
  evidence: {
    origin: 'consortium.example/gw/b0b1b2b3b4b5b6b7/0',
    block: 1,
    slot: 0,
    seq: 7,
    leaf: 'ab'.repeat(32),
  },
  receipts: ['cd'.repeat(32)],
};

/** Events of a journal written by hand, behind the port the API asks. */
class HandEpcis implements Epcis {
  readonly namespaces = { bailee: 'https://consortium.example/ns/bailee/' };
  readonly queries: EventQuery[] = [];
  readonly withdrawn: EventWithdrawalAct[] = [];
  isPublic = false;
  next: number | null = null;
  readonly #events = new HandJournal()
    .add(T0, 0, RecordType.goods, [GoodsVerb.placed, 'copper-7', epc(TAG), 'cold-1'])
    .events(NAMING, [], new MapMemory());

  find(query: EventQuery) {
    this.queries.push(query);
    const events = this.#events.map(({ id, kind, event }, i) => ({
      seq: i + 1,
      id,
      kind,
      isDeclaration: false,
      eventTime: T0,
      recordTime: T0,
      json: writeEvent(event),
    }));
    return Promise.resolve({ events, next: this.next });
  }

  receipts: readonly string[] = THING.receipts;

  thing(uri: string): ThingFound | null {
    return uri === ITEM ? { ...THING, receipts: this.receipts } : null;
  }

  outbox() {
    const none = { repository: null, oldest: null, job: null, lastError: null, storedAt: null, refused: [] };
    return { ...none, made: 1, waiting: 0, state: 'none' as const };
  }

  withdraw(act: EventWithdrawalAct): Promise<void> {
    this.withdrawn.push(act);
    return Promise.resolve();
  }

  get firstId(): string {
    return asRead(this.#events)[0]?.['eventID'] as string;
  }
}

let site: MemorySite;
let epcis: HandEpcis;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  site.epcis = epcis = new HandEpcis();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

const events = (query = '', headers: Readonly<Record<string, string>> = {}) =>
  call(`${api.url}/epcis/v2/events${query}`, { as: 'viewer', headers });

function example(name: string): string {
  if (name.includes('Time')) return '2026-07-01T08:00:00Z';
  if (name === 'eventType') return 'ObjectEvent';
  return /^(?:perPage|nextPageToken)$/.test(name) ? '1' : 'true';
}

function at(
  path: string,
  as: 'viewer' | 'financier' | null = 'viewer',
  headers: Readonly<Record<string, string>> = {},
) {
  return call(`${api.url}${path}`, { as, headers });
}

describe('events by query', () => {
  it('are a query document that the schema takes, with versions and the way to the next page', async () => {
    epcis.next = 30;
    const answer = await events('?EQ_bizStep=receiving%7Cstoring&perPage=1');
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'gs1-epcis-version': '2.0.0',
      'gs1-cbv-version': '2.0.0',
      link: '</epcis/v2/events?EQ_bizStep=receiving%7Cstoring&perPage=1&nextPageToken=30>; rel="next"',
    });
    expect(schemaTakes(answer.json)).toBe(true);
    expect(readDocument(Buffer.from(answer.text))).toMatchObject({ ok: true });
    expect(epcis.queries).toEqual([
      {
        filters: [{ kind: 'key', names: ['bizStep'], values: ['receiving', 'storing'] }],
        after: 0,
        limit: 1,
      },
    ]);
    const ld = await events('?nextPageToken=30', { accept: 'application/ld+json' });
    expect(ld.headers['content-type']).toBe('application/ld+json; charset=utf-8');
    expect(epcis.queries[1]).toMatchObject({ after: 30, limit: 30 });
  });

  it('understand every spelling of one thing, one place, one word and one instant', async () => {
    await events(
      '?MATCH_epc=urn:epc:id:sgtin:0614141.812345.6789&EQ_disposition=cbv:Disp-in_progress&GE_eventTime=2026-07-01T16:00:00.000+08:00',
    );
    expect(epcis.queries[0]?.filters).toEqual([
      { kind: 'key', names: ['epc'], values: [ITEM] },
      { kind: 'key', names: ['disposition'], values: ['in_progress'] },
      { kind: 'time', field: 'eventTime', from: T0, before: null },
    ]);
  });

  it.each([
    ['?EQ_bizstep=shipping', '"EQ_bizstep" is not supported; did you mean "EQ_bizStep"?'],
    ['?eventType=ObjectEvnt', 'eventType="ObjectEvnt" is no type of event; did you mean "ObjectEvent"?'],
    [
      '?GE_eventTime=yesterday',
      'GE_eventTime="yesterday" is no time with its zone, such as 2026-01-31T08:00:00.000Z',
    ],
    ['?perPage=0', 'perPage="0" must be 1 to 1000'],
    ['?perPage=1001', 'perPage="1001" must be 1 to 1000'],
    ['?perPage=1&perPage=2', 'perPage stands twice'],
    ['?nextPageToken=x', 'nextPageToken="x" is none of ours'],
    ['?MATCH_epc=', 'MATCH_epc has an empty value'],
    [
      '?MATCH_epc=urn:epc:idpat:sgtin:0614141.812345.*',
      expect.stringContaining('patterns are not supported'),
    ],
    ['?EXISTS_errorDeclaration=yes', 'EXISTS_errorDeclaration="yes" must be true or false'],
  ])('refuse %s in the words of EPCIS', async (query, detail) => {
    const answer = await events(query);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json).toMatchObject({
      type: 'epcisException:QueryParameterException',
      status: 400,
      detail,
    });
    expect(epcis.queries).toEqual([]);
  });

  it('refuse who is not signed in, and what is no JSON of version 2.0', async () => {
    const nobody = await call(`${api.url}/epcis/v2/events`);
    expect(nobody.json).toMatchObject({ type: 'epcisException:SecurityException', status: 401 });
    for (const headers of [
      { accept: 'application/xml' },
      { 'gs1-epcis-min': '2.1.0' },
      { 'gs1-epcis-max': '1.2.0' },
    ])
      expect((await events('', headers)).json).toMatchObject({
        type: 'epcisException:NotAcceptableException',
        status: 406,
      });
    expect((await events('', { 'gs1-epcis-min': '1.2.0', 'gs1-epcis-max': '2.0.0' })).status).toBe(200);
  });

  it('have no parameter in the description that is not understood', () => {
    for (const name of Object.keys(EPCIS_ROUTES.epcisEvents.query))
      expect([name, readQuery([[name, example(name)]]).ok]).toEqual([name, true]);
  });
});

describe('a Digital Link', () => {
  const PATH = '/01/80614141123458/21/6789';

  it('leads to what is on record of the thing, with the leaf it rests on and links to proof', async () => {
    const answer = await at(PATH);
    const exposure = null;
    expect(answer.json).toEqual({
      ...THING,
      receipts: [{ receipt: 'cd'.repeat(32), control: null, lifecycle: null, exposure }],
      elements: [
        ['01', '80614141123458'],
        ['21', '6789'],
      ],
      onRecord: true,
      links: {
        events: [`/epcis/v2/events?MATCH_anyEPC=${encodeURIComponent(ITEM)}`],
        proof: [`/api/v1/bundles?tag=${TAG}&from=${T0 + 1000 - 86_400_000}&to=${T0 + 1001}`],
        receipt: [`/api/v1/receipts/${'cd'.repeat(32)}`],
      },
    });
    const linkset = await at(PATH, 'viewer', { accept: 'application/linkset+json' });
    expect(linkset.headers['content-type']).toContain('application/linkset+json');
    expect(JSON.parse(linkset.text)).toMatchObject({
      linkset: [{ anchor: ITEM, 'https://ref.gs1.org/voc/epcis': [{ href: expect.any(String) as string }] }],
    });
  });

  it('is a page in the language of who scans it, with nothing that could run in it', async () => {
    const zh = await at(PATH, 'viewer', { accept: 'text/html', 'accept-language': 'zh-CN' });
    expect(zh.text).toContain('物品在册');
    expect(zh.text).toContain('&#60;copper&#62;');
    const en = await at(PATH, 'viewer', { accept: 'text/html', 'accept-language': 'en' });
    expect(en.text).toContain('This thing is on record');
    expect(en.text).not.toMatch(/<script|<copper/);
  });

  it('is there for staff always, for a party only where its grant names the thing or a receipt of it', async () => {
    expect(await at(PATH, 'financier')).toMatchObject({ status: 404 });
    epcis.receipts = [RECEIPT_A, 'cd'.repeat(32)];
    expect(await at(PATH, 'financier')).toMatchObject({
      status: 200,
      json: { receipts: [{ receipt: RECEIPT_A }] },
    });
    epcis.receipts = [];
    expect(await at(PATH)).toMatchObject({ status: 200, json: { receipts: [] } });
    expect(await at(PATH, 'financier')).toMatchObject({ status: 404 });
    expect(await call(`${api.url}/epcis/v2/events`, { as: 'financier' })).toMatchObject({ status: 404 });
  });

  it('says nothing without a token, or the bare fact where that is configured', async () => {
    expect(await at(PATH, null)).toMatchObject({ status: 401 });
    epcis.isPublic = true;
    const answer = await at(PATH, null);
    expect(answer.json).toEqual({
      uri: ITEM,
      elements: [
        ['01', '80614141123458'],
        ['21', '6789'],
      ],
      onRecord: true,
    });
    expect(await at('/01/80614141123458/21/1', null)).toMatchObject({ status: 404 });
  });

  it.each([
    ['/01/80614141123459/21/6789', 400, 'the check digit is 9, it should be 8'],
    ['/01/80614141123458/254/x', 400, 'may not follow'],
    ['/00/123', 400, '(00) has 18 digits'],
    ['/00/106141412345678908', 404, 'nothing is on record'],
    ['/414/9521321000018/254/12', 404, 'nothing is on record'],
  ])('refuses %s', async (path, status, detail) => {
    const answer = await at(path);
    expect(answer.json).toMatchObject({ status, detail: expect.stringContaining(detail) as string });
  });
});

describe('an event that was wrong', () => {
  it('is withdrawn by a supervisor with a reason of CBV, under their name', async () => {
    const body = { event: epcis.firstId, reason: 'did_not_occur', note: 'scanned twice' };
    const url = `${api.url}/api/v1/epcis/withdrawals`;
    expect(await call(url, { method: 'POST', as: 'supervisor', body })).toMatchObject({ status: 204 });
    expect(epcis.withdrawn).toMatchObject([{ ...body, role: 'supervisor', corrective: null }]);
    expect(await call(url, { method: 'POST', as: 'operator', body })).toMatchObject({ status: 403 });
    for (const wrong of [{ reason: 'oops' }, { event: 'x' }, { note: '' }])
      expect(
        await call(url, { method: 'POST', as: 'supervisor', body: { ...body, ...wrong } }),
      ).toMatchObject({ status: 400 });
  });
});
