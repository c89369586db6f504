import { AlarmState } from '../domain/alarm.ts';

/**
 * What can happen to an alarm. `clear` is the condition's return, `clear-latching` that of an alarm
 * that a person must reset. `restore-…` ends shelving, suppression or being out of service: the
 * condition was evaluated all the while, and decides where the alarm comes back; where another of
 * the three still holds, that comes into view.
 */
export const ALARM_EVENTS = [
  'raise',
  'clear',
  'clear-latching',
  'acknowledge',
  'reset',
  'shelve',
  'suppress',
  'take-out',
  'restore-active',
  'restore-latched',
  'restore-normal',
  'restore-shelved',
  'restore-suppressed',
] as const;
export type AlarmEvent = (typeof ALARM_EVENTS)[number];

const {
  normal,
  unacknowledged,
  acknowledged,
  returnedUnacknowledged,
  latchedUnacknowledged,
  latchedAcknowledged,
  shelved,
  suppressed,
  outOfService,
} = AlarmState;

/** From every state in which it is shown, an alarm can be set aside. */
const ASIDE = { shelve: shelved, suppress: suppressed, 'take-out': outOfService };

/** From every state in which it is not shown, it comes back. Who comes back starts unacknowledged. */
const BACK = {
  'restore-active': unacknowledged,
  'restore-latched': latchedUnacknowledged,
  'restore-normal': normal,
};

/**
 * The alarm machine (ISA-18.2 / IEC 62682 state diagram). An event that does not stand in a row
 * changes nothing there.
 */
export const TRANSITIONS: Readonly<Record<AlarmState, Readonly<Partial<Record<AlarmEvent, AlarmState>>>>> = {
  [normal]: { ...ASIDE, raise: unacknowledged },
  [unacknowledged]: {
    ...ASIDE,
    acknowledge: acknowledged,
    clear: returnedUnacknowledged,
    'clear-latching': latchedUnacknowledged,
  },
  // A worse level of an acknowledged alarm calls anew.
  [acknowledged]: {
    ...ASIDE,
    raise: unacknowledged,
    clear: normal,
    'clear-latching': latchedAcknowledged,
  },
  [returnedUnacknowledged]: { ...ASIDE, raise: unacknowledged, acknowledge: normal },
  [latchedUnacknowledged]: { ...ASIDE, raise: unacknowledged, acknowledge: latchedAcknowledged },
  [latchedAcknowledged]: { ...ASIDE, raise: unacknowledged, reset: normal },
  // Shelving anew sets another end.
  [shelved]: { ...BACK, ...ASIDE },
  [suppressed]: { ...BACK, 'take-out': outOfService, 'restore-shelved': shelved },
  [outOfService]: { ...BACK, 'restore-shelved': shelved, 'restore-suppressed': suppressed },
};
