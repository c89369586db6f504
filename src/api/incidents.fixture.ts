import { Refused } from '../domain/errors.ts';
import type { Incidents, IncidentsQuery } from './incident-port.ts';
import type { Incident } from './incident-types.ts';
import { NOON } from './site-things.fixture.ts';

const ALARM = 'probe-1/temperature/cold-room-warm';

/** A cold room that was too warm for two minutes: somebody was told, saw to it, and a picture was taken. */
export const INCIDENT: Incident = {
  id: '0-17',
  zone: { id: 'cold-1', title: { en: 'Cold room 1', zh: '一号库房' } },
  from: NOON - 300_000,
  to: NOON - 180_000,
  priority: 'high',
  alarms: [
    {
      id: ALARM,
      title: { en: 'Cold room above 8 °C', zh: '冷库超温' },
      priority: 'high',
      state: 'normal',
      since: NOON - 300_000,
      rises: 1,
    },
  ],
  entries: [
    {
      seq: 17,
      t: NOON - 300_000,
      kind: 'alarm',
      alarm: ALARM,
      from: 'normal',
      to: 'unacknowledged',
      priority: 'high',
      value: { text: '8.4', unit: 'Cel' },
    },
    {
      seq: 18,
      t: NOON - 300_000,
      kind: 'notice',
      alarm: ALARM,
      channel: 'hook',
      called: 'duty/wang',
      result: 'queued',
    },
    { seq: 19, t: NOON - 300_000, kind: 'order', device: 'cam-1', verb: 'snapshot', step: 'ordered' },
    {
      seq: 20,
      t: NOON - 299_000,
      kind: 'picture',
      sha256: 'ab'.repeat(32),
      bytes: 40_000,
      mediaType: 'image/jpeg',
      source: 'cam-1',
      takenAt: NOON - 299_500,
    },
    {
      seq: 21,
      t: NOON - 298_000,
      kind: 'notice',
      alarm: ALARM,
      channel: 'hook',
      called: 'duty/wang',
      result: 'delivered',
    },
    { seq: 22, t: NOON - 250_000, kind: 'unanswered', alarm: ALARM, called: 'duty' },
    {
      seq: 23,
      t: NOON - 240_000,
      kind: 'act',
      by: 'Wang Lei',
      role: 'operator',
      verb: 'acknowledge',
      object: ALARM,
      change: 'being-handled',
      reason: 'the door was open',
      isRefused: false,
    },
  ],
  left: 0,
  told: [
    {
      alarm: ALARM,
      channel: 'hook',
      called: 'duty/wang',
      name: { en: 'Wang Lei', zh: '王磊' },
      askedAt: NOON - 300_000,
      toldAt: NOON - 298_000,
      failed: 0,
    },
  ],
  bundle: { from: NOON - 900_000, to: NOON },
};

/** The one incident of a site. */
export class MemoryIncidents implements Incidents {
  readonly asked: IncidentsQuery[] = [];

  list(query: IncidentsQuery) {
    this.asked.push(query);
    const { entries: _e, left: _l, told: _t, bundle: _b, ...summary } = INCIDENT;
    return Promise.resolve([summary]);
  }

  one(id: string) {
    return id === INCIDENT.id ? Promise.resolve(INCIDENT) : Promise.reject(unknown(id));
  }

  wish(id: string) {
    if (id !== INCIDENT.id) return Promise.reject(unknown(id));
    const any = { unit: null, min: null, max: null, maxGapMs: null, allowOutMs: 0, allowGapMs: 0 };
    return Promise.resolve({
      select: { kind: 'zone' as const, zone: 'cold-1' },
      ask: { kind: 'range' as const, ...any },
      from: NOON - 900_000,
      to: NOON,
      mode: 'full' as const,
      times: [],
      events: true,
    });
  }
}

function unknown(id: string): Refused {
  return new Refused('NOT_FOUND', `there is no incident "${id}"`);
}
