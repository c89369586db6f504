import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../domain/errors.ts';
import { call, signIn, type Answer } from './call.fixture.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';
import { NOON } from './site-things.fixture.ts';
import type { Problem, Session } from './types.ts';

const ALARM = 'probe-1/temperature/cold-room-warm';
const HOUR = 3_600_000;

let site: MemorySite;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

function post(
  path: string,
  body: object,
  as: 'operator' | 'supervisor' | 'owner' = 'owner',
): Promise<Answer> {
  return call(`${api.url}/api/v1/${path}`, { method: 'POST', as, body });
}

function onAlarm(verb: string): string {
  return `alarms/${encodeURIComponent(ALARM)}/${verb}`;
}

async function get(path: string): Promise<unknown> {
  return (await call(`${api.url}/api/v1/${path}`, { as: 'viewer' })).json;
}

function ask(query: string): Promise<Answer> {
  return call(`${api.url}/api/v1/${onAlarm('history')}${query}`, { as: 'auditor' });
}

describe('an act on an alarm', () => {
  it.each([
    ['reset', 'reset', {}, null],
    ['shelve', 'shelve', { forMs: HOUR }, HOUR],
    ['unshelve', 'unshelve', {}, null],
    ['comments', 'comment', {}, null],
  ])('%s reaches the gateway with who and why', async (route, verb, more, forMs) => {
    const answer = await post(onAlarm(route), { reason: 'door is ajar, 门未关', ...more }, 'supervisor');
    expect(answer.status).toBe(204);
    expect(site.did).toEqual([
      { object: ALARM, actor: 3, role: 'supervisor', verb, reason: 'door is ajar, 门未关', forMs },
    ]);
    expect(site.acts).toEqual([]);
  });

  it.each([
    ['out-of-service', 'take-out'],
    ['in-service', 'put-back'],
  ])('%s is on record under the role that lets it in', async (route, verb) => {
    await post(onAlarm(route), { reason: 'probe is broken' });
    expect(site.did).toMatchObject([{ actor: 7, role: 'supervisor', verb, forMs: null }]);
  });

  it('on a stream tells its rules what no device can', async () => {
    const path = `streams/${encodeURIComponent('probe-1/temperature')}/acts`;
    expect((await post(path, { verb: 'restart', reason: 'other goods' }, 'supervisor')).status).toBe(204);
    expect(site.did).toEqual([
      { object: 'probe-1/temperature', actor: 3, role: 'supervisor', verb: 'restart', reason: 'other goods' },
    ]);
    expect((await post(path, { verb: 'Restart it', reason: 'x' }, 'supervisor')).status).toBe(400);
    expect((await post(path, { verb: 'restart' }, 'supervisor')).status).toBe(400);
  });

  it.each([
    ['shelve', { forMs: HOUR }],
    ['shelve', { reason: 'x' }],
    ['shelve', { reason: 'x', forMs: 1.5 }],
    ['shelve', { reason: '   ', forMs: HOUR }],
    ['comments', { reason: '冷'.repeat(86) }],
    ['unshelve', {}],
    ['reset', { reason: 'x', actor: 9 }],
    ['acknowledge', { meaning: 'false' }],
    ['acknowledge', { meaning: 'tested', reason: ' ' }],
  ])('%s with %j is refused and leaves one record', async (route, body) => {
    expect((await post(onAlarm(route), body, 'operator')).status).toBe(400);
    expect([site.did, site.acknowledged]).toEqual([[], []]);
    expect(site.acts).toMatchObject([{ actor: 1, role: 'operator', object: ALARM, result: 'refused' }]);
  });

  it('that the gateway will not do says why, and the refusal is on record', async () => {
    site.fails = new Refused('CONFLICT', 'may never be shelved: its rule forbids it');
    const answer = await post(onAlarm('shelve'), { reason: 'noise', forMs: HOUR });
    expect(answer).toMatchObject({
      status: 409,
      json: { detail: 'may never be shelved: its rule forbids it' },
    });
    expect(site.acts).toMatchObject([{ verb: 'shelve', object: ALARM, result: 'refused' }]);
  });
});

describe('the maintenance of a zone', () => {
  it('lasts four hours when nothing is said, and is ended by an act', async () => {
    expect((await post('zones/cold-1/maintenance', { reason: 'defrost' })).status).toBe(204);
    expect((await post('zones/cold-1/maintenance/end', { reason: 'done' })).status).toBe(204);
    expect(site.did).toEqual([
      {
        object: 'cold-1',
        actor: 7,
        role: 'supervisor',
        verb: 'maintain',
        reason: 'defrost',
        forMs: 4 * HOUR,
      },
      {
        object: 'cold-1',
        actor: 7,
        role: 'supervisor',
        verb: 'end-maintenance',
        reason: 'done',
        forMs: null,
      },
    ]);
  });
});

describe('reading alarms', () => {
  it('may ask for some states, and for one alarm', async () => {
    expect(await get('alarms?state=unacknowledged,shelved')).toMatchObject([{ id: ALARM }]);
    expect(await get('alarms?state=shelved')).toEqual([]);
    expect(await get('alarms?state=loud')).toMatchObject({
      detail: expect.stringContaining('"loud"') as string,
    });
    expect(await get(`alarms/${encodeURIComponent(ALARM)}`)).toMatchObject({ id: ALARM });
    expect(await get('alarms/nobody')).toMatchObject({ status: 404 });
  });

  it('asks for a week of its history, or what is wanted of it', async () => {
    site.history = [
      { kind: 'transition', seq: 7, t: NOON, from: 'normal', to: 'unacknowledged', priority: 'high' },
    ];
    expect((await ask('')).json).toEqual({ alarm: ALARM, entries: site.history, next: null });
    await ask('?from=5&to=9&limit=3&after=8');
    expect(site.historyQueries).toEqual([
      { alarm: ALARM, from: NOON - 168 * HOUR, to: NOON, limit: 200, after: 0 },
      { alarm: ALARM, from: 5, to: 9, limit: 3, after: 8 },
    ]);
    for (const query of ['?limit=0', '?limit=1001', '?after=x', '?from=9&to=9', '?until=9']) {
      expect((await ask(query)).status, query).toBe(400);
    }
  });
});

describe('a session', () => {
  it('says what it may do', async () => {
    const { cookie } = await signIn(api.url, 'operator');
    const { may } = (await call(`${api.url}/api/v1/session`, { headers: { cookie } })).json as Session;
    expect(may).toEqual(expect.arrayContaining(['alarms', 'acknowledge', 'shelve', 'devices']));
    for (const not of ['takeOutOfService', 'maintain', 'erase', 'bundles']) expect(may).not.toContain(not);
  });

  it('that is older than five minutes must sign in again to take an alarm out of service', async () => {
    const clock = vi.spyOn(performance, 'now');
    try {
      clock.mockReturnValue(1000);
      const { cookie, csrf } = await signIn(api.url, 'supervisor');
      const headers = { cookie, 'x-csrf-token': csrf };
      const act = (route: string): Promise<Answer> =>
        call(`${api.url}/api/v1/${onAlarm(route)}`, {
          method: 'POST',
          headers,
          body: { reason: 'broken', ...(route === 'shelve' ? { forMs: HOUR } : {}) },
        });
      clock.mockReturnValue(1000 + 5 * 60_000);
      expect((await act('out-of-service')).status).toBe(204);
      clock.mockReturnValue(1001 + 5 * 60_000);
      const late = await act('out-of-service');
      expect([late.status, (late.json as Problem).code]).toEqual([403, 'STEP_UP']);
      expect((await act('shelve')).status).toBe(204);
      expect(site.did.map((d) => d.verb)).toEqual(['take-out', 'shelve']);
      expect(site.acts.at(-1)).toMatchObject({ verb: 'take-out', result: 'refused', role: 'supervisor' });
    } finally {
      clock.mockRestore();
    }
  });
});

describe('the figures of the alarm system', () => {
  it('are those of a day, or of what is asked for, with the titles of what they name', async () => {
    site.figureRecords = [
      { t: NOON - HOUR, type: 5, body: [ALARM, 0, 1, 2, 1, 1] },
      { t: NOON - HOUR + 60_000, type: 6, body: [1, 'operator', 'acknowledge', ALARM, null, 'seen', '', 0] },
      { t: NOON - HOUR + 60_000, type: 5, body: [ALARM, 1, 2, 2, 1, 1] },
      { t: NOON - 30 * HOUR, type: 5, body: ['gone/x', 0, 1, 1, 1, 1] },
    ].toSorted((a, b) => a.t - b.t) as typeof site.figureRecords;
    expect(await get('alarm-figures')).toMatchObject({
      annunciated: 1,
      perHour: 1 / 24,
      stale: [{ alarm: 'gone/x', ms: 30 * HOUR }],
      acknowledged: { n: 1, medianMs: 60_000, waiting: 1 },
      titles: { [ALARM]: { en: 'Cold room above 8 °C', zh: '冷库超温' } },
    });
    expect(await get('alarm-figures?from=1&to=9&operators=3')).toMatchObject({
      from: 1,
      to: 9,
      operators: 3,
    });
    expect(await get('alarm-figures?operators=0')).toMatchObject({ status: 400 });
  });
});
