import { describe, expect, it } from 'vitest';
import { AlarmState } from '../domain/alarm.ts';
import { ALARM_EVENTS, TRANSITIONS, type AlarmEvent } from './transitions.ts';

const NUMBERS = Object.values(AlarmState);

/**
 * The whole diagram of ISA-18.2 once more, as a grid: rows are states 0-8, columns the events in
 * their order (raise, clear, clear-latching, acknowledge, reset, shelve, suppress, take-out,
 * restore-active, -latched, -normal, -shelved, -suppressed); `.` is an event that changes nothing.
 */
const GRID = [
  /* 0 normal                  */ '1....678.....',
  /* 1 unacknowledged          */ '.342.678.....',
  /* 2 acknowledged            */ '105..678.....',
  /* 3 returned unacknowledged */ '1..0.678.....',
  /* 4 latched unacknowledged  */ '1..5.678.....',
  /* 5 latched acknowledged    */ '1...0678.....',
  /* 6 shelved                 */ '.....678140..',
  /* 7 suppressed by design    */ '.......81406.',
  /* 8 out of service          */ '........14067',
];

describe('the alarm machine', () => {
  it('has a row of the grid for each state and a column for each event', () => {
    expect(GRID.map((row) => row.length)).toEqual(NUMBERS.map(() => ALARM_EVENTS.length));
  });

  it.each(NUMBERS.flatMap((state) => ALARM_EVENTS.map((event) => [state, event] as const)))(
    'in state %i on %s goes where the grid says',
    (state, event) => {
      const cell = GRID[state]?.[ALARM_EVENTS.indexOf(event)] ?? '';
      expect(TRANSITIONS[state][event] ?? null).toBe(cell === '.' ? null : Number(cell));
    },
  );

  it('reaches every state from normal, and normal from every state', () => {
    for (const from of NUMBERS) expect([...reachable(from)].sort((a, b) => a - b)).toEqual(NUMBERS);
  });

  it('never leaves an unacknowledged alarm for normal but by a person or by being set aside', () => {
    const { unacknowledged, returnedUnacknowledged, latchedUnacknowledged, normal } = AlarmState;
    const silently = ALARM_EVENTS.filter((event): event is AlarmEvent => event !== 'acknowledge');
    for (const state of [unacknowledged, returnedUnacknowledged, latchedUnacknowledged]) {
      expect(silently.filter((event) => TRANSITIONS[state][event] === normal)).toEqual([]);
    }
  });
});

function reachable(from: AlarmState): Set<AlarmState> {
  const found = new Set<AlarmState>([from]);
  for (const state of found) for (const to of Object.values(TRANSITIONS[state])) found.add(to);
  return found;
}
