import { Refused } from '../domain/errors.ts';
import type { Answering, Asked } from './port.ts';
import { formatScaled } from '../domain/units.ts';
import type { AlarmAct } from './port.ts';
import type { Alarm, Device, Status, Stream, Value } from './types.ts';

/** What is in the small site of the tests. */

export const NOON = Date.UTC(2026, 10, 3, 12);

export const GATEWAY = {
  gateway: { id: '00c0ffee00c0ffee', name: { en: 'Cold store north', zh: '北区冷库' } },
  version: '0.1.0',
  origin: 'consortium.example/gw/00c0ffee00c0ffee/0',
  epoch: 0,
  startedAt: NOON - 3_600_000,
  clockDriftMs: 12,
};
export const NOTHING_ASIDE = { alarmsShelved: 0, alarmsSuppressed: 0, alarmsOutOfService: 0, readings: 1234 };
export const JOURNAL = {
  size: 42,
  tailLeaves: 17,
  lastSealed: { no: 41, root: 'ab'.repeat(32), t1: NOON - 120_000 },
};

const COLD_ROOM = { id: 'cold-1', title: { en: 'Cold room 1', zh: '一号冷库' } };
export const DOCK = { id: 'dock', title: { en: 'Dock', zh: '月台' } };

/** As the gateway would show it afterwards; whether it may be done is the alarm room's. */
export function after(alarm: Alarm, { verb, role, reason, forMs }: AlarmAct, at: number): Alarm {
  const act = { by: role, role, at, reason };
  const back = { ...alarm, state: 'unacknowledged', shelved: null, outOfService: null } as const;
  if (verb === 'shelve') return { ...alarm, state: 'shelved', shelved: { ...act, until: at + (forMs ?? 0) } };
  if (verb === 'take-out') return { ...alarm, state: 'outOfService', outOfService: act };
  return verb === 'unshelve' || verb === 'put-back' ? back : alarm;
}

export function value(v: number, exp: number, t: number): Value {
  return { v, text: formatScaled(v, exp), q: 0, t, sourceAt: null };
}

export function warmAlarm(): Alarm {
  return {
    id: 'probe-1/temperature/cold-room-warm',
    title: { en: 'Cold room above 8 °C', zh: '冷库超温' },
    rule: 'cold-room-warm',
    subject: 'probe-1/temperature',
    zone: COLD_ROOM,
    priority: 'high',
    state: 'unacknowledged',
    since: NOON - 65_000,
    lastValue: { text: '9.1', unit: 'Cel' },
    limit: '> 8 Cel',
    basis: 'GSP annex 3 §9',
    cause: { slot: 1, seq: 500 },
    acknowledged: null,
    isActive: true,
    isStale: false,
    isChattering: false,
    longestShelvingMs: 86_400_000,
    shelved: null,
    suppressedBy: null,
    outOfService: null,
  };
}

export function stream(
  id: string,
  quantity: string,
  unit: string,
  exp: number,
  place: number,
  latest: Value | null,
): Stream {
  const [dev = '', ch = ''] = id.split('/');
  const state = latest === null ? 'never' : 'fresh';
  const cadence = { cadenceMs: 10_000, staleAfterMs: 30_000 };
  return {
    id,
    dev,
    ch,
    quantity,
    unit,
    exp,
    zone: COLD_ROOM,
    slot: place + 1,
    level: 'C',
    ...cadence,
    state,
    latest,
  };
}

/** The link `good`, which answers once. */
export class OneLink implements Answering {
  used = 0;

  look(token: string): Asked | null {
    return token === 'good'
      ? { title: { en: 'Warm <b>', zh: '超温' }, place: null, isOpen: this.used === 0 }
      : null;
  }

  acknowledge(token: string): Promise<void> {
    if (token !== 'good') return Promise.reject(new Refused('NOT_FOUND', 'no such link'));
    return this.used++ > 0 ? Promise.reject(new Refused('CONFLICT', 'answered')) : Promise.resolve();
  }
}

/** One that is well, and one that does not answer. */
export const DEVICES: readonly Device[] = [
  { id: 'probe-1', health: 'healthy', reason: 'ok', since: NOON - 60_000, refused: {}, lastRefusal: null },
  {
    id: 'probe-2',
    health: 'unhealthy',
    reason: 'timeout',
    since: NOON - 90_000,
    refused: { CHECKSUM: 3 },
    lastRefusal: { t: NOON - 95_000, code: 'CHECKSUM', detail: 'crc 0x1234, expected 0x5678' },
  },
];

export const ANCHOR: Status['anchor'] = {
  ledger: { kind: 'evm', network: 'chain 31337' },
  lastFinalSize: 41,
  at: NOON - 8 * 60_000,
  state: 'idle',
  lastError: null,
  witnesses: null,
};
