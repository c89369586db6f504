import type { Announcement, Message } from './port.ts';

/** A cold store that is too warm since 12 minutes and 5 seconds. */
export const WARM: Announcement = {
  alarm: 'probe-1/temperature/cold-room-warm',
  title: { en: 'Cold room above 8 °C', zh: '冷库超温' },
  priority: 'high',
  calls: true,
  gateway: { en: 'Cold store 3', zh: '三号冷库' },
  place: { en: 'Cold room 1', zh: '一号库房' },
  value: { v: 84, exp: -1, unit: 'Cel' },
  limit: { v: 80, exp: -1, unit: 'Cel', side: 'above' },
  since: Date.UTC(2026, 10, 24, 8, 40, 5),
  link: 'http://127.0.0.1:8686/alarms/probe-1',
  reply: null,
};

export const AT = Date.UTC(2026, 10, 24, 8, 52, 10);

export const MESSAGE: Message = {
  id: 'ab'.repeat(32),
  notices: ['ab'.repeat(32)],
  attempt: 1,
  role: 'duty',
  about: WARM,
  others: [],
  at: AT,
  expiry: AT + 60_000,
};
