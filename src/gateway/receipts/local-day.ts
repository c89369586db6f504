import { minuteOfWeek } from '../../domain/roster.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** `2026-11-24`: the day that a zone's clocks show at `t`. */
export function dayAt(t: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(t);
}

/** When the day of `t` began there; days of summer time have 23 or 25 hours. */
export function startOfDay(t: number, timeZone: string): number {
  const day = dayAt(t, timeZone);
  const minutes = minuteOfWeek(t, timeZone) % 1440;
  let start = Math.floor(t / MINUTE_MS) * MINUTE_MS - minutes * MINUTE_MS;
  // Where the clocks were set on this day the first guess is up to two hours off.
  while (dayAt(start, timeZone) === day) start -= 15 * MINUTE_MS;
  while (dayAt(start, timeZone) !== day) start += MINUTE_MS;
  return start;
}

/** When the day of `t` is over there. */
export function endOfDay(t: number, timeZone: string): number {
  return startOfDay(startOfDay(t, timeZone) + DAY_MS + DAY_MS / 4, timeZone);
}
