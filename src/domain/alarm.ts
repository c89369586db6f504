/** ISA-18.2 / IEC 62682 words. Numbers are those of leaf type 5. */

export const AlarmState = {
  normal: 0,
  unacknowledged: 1,
  acknowledged: 2,
  returnedUnacknowledged: 3,
  latchedUnacknowledged: 4,
  latchedAcknowledged: 5,
  shelved: 6,
  suppressed: 7,
  outOfService: 8,
} as const;
export type AlarmState = (typeof AlarmState)[keyof typeof AlarmState];

export const ALARM_STATE_NAMES: Readonly<Record<AlarmState, keyof typeof AlarmState>> = {
  [AlarmState.normal]: 'normal',
  [AlarmState.unacknowledged]: 'unacknowledged',
  [AlarmState.acknowledged]: 'acknowledged',
  [AlarmState.returnedUnacknowledged]: 'returnedUnacknowledged',
  [AlarmState.latchedUnacknowledged]: 'latchedUnacknowledged',
  [AlarmState.latchedAcknowledged]: 'latchedAcknowledged',
  [AlarmState.shelved]: 'shelved',
  [AlarmState.suppressed]: 'suppressed',
  [AlarmState.outOfService]: 'outOfService',
};

export const Priority = { urgent: 1, high: 2, medium: 3, low: 4 } as const;
export type Priority = (typeof Priority)[keyof typeof Priority];
export type PriorityName = keyof typeof Priority;

export const PRIORITY_NAMES: Readonly<Record<Priority, PriorityName>> = {
  [Priority.urgent]: 'urgent',
  [Priority.high]: 'high',
  [Priority.medium]: 'medium',
  [Priority.low]: 'low',
};

/** A title or text in the two languages the product speaks. */
export type Text = { readonly en: string; readonly zh: string };
