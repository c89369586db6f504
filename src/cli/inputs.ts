import { readFileSync } from 'node:fs';
import { StorageError } from '../domain/errors.ts';
import { parseDuration } from '../domain/units.ts';
import { UsageError } from './failure.ts';

/** Reads a file that was named on the command line. @throws StorageError IO */
export function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StorageError('IO', `${path} cannot be read: ${why}`, { cause: error });
  }
}

/**
 * A moment on the command line, ms since 1970: `2026-01-31T08:00:00+08:00`, local time without an
 * offset, `now`, or how long ago (`2h`). @throws UsageError
 */
export function moment(text: string, now: number): number {
  if (text === 'now') return now;
  const ago = parseDuration(text);
  if (ago !== null) return now - ago;
  const at = written(text);
  if (at === null) {
    throw new UsageError(
      `"${text}" is no time; write 2026-01-31T08:00:00+08:00, now, or how long ago, e.g. 2h`,
    );
  }
  return at;
}

/** A moment to come, as `moment` reads it, or how long from now (`90d`). @throws UsageError */
export function deadline(text: string, now: number): number {
  const ahead = parseDuration(text);
  const at = ahead === null ? written(text) : now + ahead;
  if (at === null) {
    throw new UsageError(
      `"${text}" is no time; write 2026-01-31T08:00:00+08:00, or how long from now, e.g. 90d`,
    );
  }
  return at;
}

function written(text: string): number | null {
  // A day alone would be read as UTC and a time as local; here both are local.
  const local = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text;
  const parsed = /^\d{4}-\d\d-\d\dT/.test(local) ? Date.parse(local) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/** A time span on the command line, ms. @throws UsageError */
export function span(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new UsageError(`"${text}" is no time span; write e.g. 90s, 10m or 2h`);
  return ms;
}

/** A moment for people, in UTC. */
export function shown(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
