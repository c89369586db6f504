import type { Elements } from '../../domain/epc/application-identifiers.ts';

const DAY_MS = 86_400_000;

/** Use by, expiry with its time, best before, sell by: the first that is there counts. */
const EXPIRIES = ['17', '7003', '15', '16'];

/**
 * Days from the gateway's today to the date the goods expire, negative once they have; null where
 * the code has none. @param now ms since 1970
 */
export function daysLeft(elements: Elements, now: number): number | null {
  const written = EXPIRIES.map((ai) => elements.find(([own]) => own === ai)?.[1]).find(
    (v) => v !== undefined,
  );
  const [, yy, mm, dd] = /^(\d\d)(\d\d)(\d\d)/.exec(written ?? '') ?? [];
  if (yy === undefined) return null;
  const today = new Date(now);
  const year = yearOf(Number(yy), today.getFullYear());
  const month = Number(mm) - 1;
  // Day 00 is the last of its month (General Specifications 3.4.7).
  const expiry = dd === '00' ? Date.UTC(year, month + 1, 0) : Date.UTC(year, month, Number(dd));
  const begin = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
  return Math.round((expiry - begin) / DAY_MS);
}

/** The century of a year of two digits (General Specifications 7.12): from 49 years ago to 50 ahead. */
function yearOf(yy: number, thisYear: number): number {
  const ahead = yy - (thisYear % 100);
  const century = thisYear - (thisYear % 100);
  if (ahead >= 51) return century - 100 + yy;
  return ahead <= -50 ? century + 100 + yy : century + yy;
}
