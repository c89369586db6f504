import { decimalOf, JsonNumber, type Json } from '../../domain/strict-json.ts';

export const TIME_FORMS = ['iso', 'epoch-s', 'epoch-ms', 'iso-or-epoch-ms'] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d\d):(\d\d))$/;

/**
 * Milliseconds since 1970 of a device's time, cut (never rounded) to whole ones; null when it is
 * no instant in this form. A time without a zone is no instant.
 */
export function readTime(value: Json, form: TimeForm): number | null {
  if (typeof value === 'string') return form === 'iso' || form === 'iso-or-epoch-ms' ? readIso(value) : null;
  if (!(value instanceof JsonNumber) || form === 'iso') return null;
  const d = decimalOf(value);
  if (d === null) return null;
  const shift = d.exp + (form === 'epoch-s' ? 3 : 0);
  const ms = Math.floor(shift >= 0 ? d.digits * 10 ** shift : d.digits / 10 ** -shift);
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : null;
}

function readIso(text: string): number | null {
  const m = ISO.exec(text);
  if (m === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = m.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 || day < 1) return null;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  const ms = m[7] === undefined ? 0 : Number(m[7].padEnd(3, '0').slice(0, 3));
  const zoneMinutes = m[8] === 'Z' ? 0 : (Number(m[10]) * 60 + Number(m[11])) * (m[9] === '-' ? -1 : 1);
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - zoneMinutes * 60_000;
}

/** Why a time cannot be taken, null when it can. A reading from there would be a wrong one. */
export function untimely(at: number, now: number): string | null {
  if (at > now + AHEAD_MS) return `${new Date(at).toISOString()} is ${seconds(at - now)} in the future`;
  if (at < now - BEHIND_MS) return `${new Date(at).toISOString()} is more than a year ago`;
  return null;
}

const AHEAD_MS = 5 * 60_000;
const BEHIND_MS = 366 * 86_400_000;

/** A device clock this far ahead is kept, but marked uncertain. */
export const UNCERTAIN_AHEAD_MS = 5000;

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
