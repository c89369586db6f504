/** Who is on duty when: a table of the week in the site's own time. Pure but for the zone's rules. */

/** `from` to `to` are minutes of the day, 0 to 1440; a shift with `to` ≤ `from` ends on the next day. */
export type Shift = {
  readonly id: string;
  /** Days on which it begins, 0 Monday to 6 Sunday. */
  readonly days: readonly number[];
  readonly from: number;
  readonly to: number;
};

/** People always on call, or shift by shift. */
export type Role = {
  readonly id: string;
  readonly always: readonly string[];
  readonly byShift: readonly { readonly shift: Shift; readonly people: readonly string[] }[];
};

export type Roster = {
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  readonly roles: ReadonlyMap<string, Role>;
};

const DAY = 1440;
export const WEEK = 7 * DAY;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Ids of the people of a role on duty at `t` (ms since 1970), each once; none for a role nobody has. */
export function onDuty(roster: Roster, role: string, t: number): readonly string[] {
  const known = roster.roles.get(role);
  if (known === undefined) return [];
  // Without shifts the time does not matter, and the zone is not asked.
  if (known.byShift.length === 0) return known.always;
  return onDutyAt(known, minuteOfWeek(t, roster.timeZone));
}

/** The same at a minute of the local week, from 0 at the start of Monday. */
export function onDutyAt(role: Role, minute: number): readonly string[] {
  const now = role.byShift.filter(({ shift }) => covers(shift, minute)).flatMap(({ people }) => people);
  return [...new Set([...role.always, ...now])];
}

/** Everybody a role ever calls. */
export function peopleOf(role: Role): readonly string[] {
  return [...new Set([...role.always, ...role.byShift.flatMap(({ people }) => people)])];
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

/** Minutes of the week at which somebody comes or goes: between two of them nothing changes. */
export function changesOf(roles: readonly Role[]): readonly number[] {
  const ends = roles.flatMap(({ byShift }) =>
    byShift.flatMap(({ shift }) =>
      shift.days.flatMap((day) => [day * DAY + shift.from, (day * DAY + endOf(shift)) % WEEK]),
    ),
  );
  return [...new Set([0, ...ends])].sort((a, b) => a - b);
}

/** The first minute of the week at which nobody has the role; null when there is none. */
export function uncovered(role: Role): number | null {
  return changesOf([role]).find((minute) => onDutyAt(role, minute).length === 0) ?? null;
}

/** `Tue 08:00`. */
export function minuteName(minute: number): string {
  const day = DAYS[Math.floor(minute / DAY)] ?? '';
  return `${day} ${two(Math.floor((minute % DAY) / 60))}:${two(minute % 60)}`;
}

/**
 * Minute of the local week. Goes by the wall clock of the zone, so that a shift of 22:00 to 06:00
 * has seven hours in the night that summer time begins, and nine in the one it ends.
 */
export function minuteOfWeek(t: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(t);
  const of = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return DAYS.indexOf(of('weekday')) * DAY + Number(of('hour')) * 60 + Number(of('minute'));
}

/** Whether a zone of this name is known. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function covers(shift: Shift, minute: number): boolean {
  return shift.days.some((day) => {
    const since = (minute - day * DAY - shift.from + WEEK) % WEEK;
    return since < endOf(shift) - shift.from;
  });
}

/** End in minutes from the start of the day it begins on. */
function endOf({ from, to }: Shift): number {
  return to <= from ? to + DAY : to;
}

const made = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = made.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  made.set(timeZone, format);
  return format;
}
