/** Why a time cannot be taken, null when it can. A reading from there would be a wrong one. */
export function untimely(at: number, now: number): string | null {
  if (at > now + AHEAD_MS) return `${instant(at)} is ${seconds(at - now)} in the future`;
  if (at < now - BEHIND_MS) return `${instant(at)} is more than a year ago`;
  return null;
}

const AHEAD_MS = 5 * 60_000;
const BEHIND_MS = 366 * 86_400_000;

/** A device clock this far ahead is kept, but marked uncertain. */
export const UNCERTAIN_AHEAD_MS = 5000;

/** Past the year 275760 a number of ms is no date any more (ECMA-262, 21.4.1.1). */
const LAST_DATE_MS = 8.64e15;

function instant(at: number): string {
  return Math.abs(at) <= LAST_DATE_MS ? new Date(at).toISOString() : `${at} ms since 1970`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
