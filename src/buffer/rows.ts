import type { SQLOutputValue } from 'node:sqlite';
import { StorageError } from '../domain/errors.ts';

/**
 * Columns of a row as what they must be. The tables are STRICT, so another type means a damaged
 * file: each of these throws StorageError CORRUPT then, and no guess is returned.
 */
export type Row = Readonly<Record<string, SQLOutputValue>>;

export function integer(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : wrong(column, 'an integer', value);
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

export function text(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : wrong(column, 'text', value);
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : wrong(column, 'bytes', value);
}

export function bytesOrNull(row: Row, column: string): Uint8Array | null {
  return row[column] === null ? null : bytes(row, column);
}

function wrong(column: string, wanted: string, found: unknown): never {
  throw new StorageError('CORRUPT', `column ${column} holds ${typeof found}, wanted ${wanted}`);
}
