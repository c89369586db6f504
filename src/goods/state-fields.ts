import type { GapCause } from '../domain/goods/status.ts';
import type { RecordRef, Value } from '../domain/record.ts';

/** Reading back what parts encoded. All throw TypeError for what is no such thing. */

export function listIn(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new TypeError('goods: not a list');
  return value as readonly Value[];
}

export function textIn(value: Value | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`goods: ${String(value)} is no text`);
  return value;
}

export function numberIn(value: Value | undefined): number {
  if (typeof value !== 'number') throw new TypeError(`goods: ${String(value)} is no number`);
  return value;
}

export function orNullIn<T>(value: Value | undefined, read: (value: Value) => T): T | null {
  return value === null || value === undefined ? null : read(value);
}

export function wordIn<T extends string>(words: readonly T[], value: Value | undefined): T {
  const word = words.find((w) => w === value);
  if (word === undefined) throw new TypeError(`goods: ${String(value)} is no word known here`);
  return word;
}

export function refIn(slot: Value | undefined, seq: Value | undefined): RecordRef {
  return { slot: numberIn(slot), seq: numberIn(seq) };
}

const CAUSES: readonly GapCause[] = [
  'device-silent',
  'power',
  'gateway-down',
  'clock-unverified',
  'tamper',
  'maintenance',
  'disarmed',
  'camera-blind',
  'evidence-missing',
  'break-glass',
];

export function causeIn(value: Value | undefined): GapCause {
  return wordIn(CAUSES, value);
}
