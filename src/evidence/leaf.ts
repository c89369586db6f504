import type { StreamKind } from '../domain/stream.ts';
import { Quality, isUsable } from '../domain/reading.ts';
import { RecordType } from '../domain/record.ts';
import type { Value } from '../domain/record.ts';
import { putU64 } from '../domain/big-endian.ts';
import { CborWriter } from './cbor-writer.ts';
import { MAX_SLOT, isDescriptor } from './descriptor.ts';
import type { Sha256, Sha256Into } from './primitives.ts';
import { anyBytes, bytes, faultIn, int, orNull, text, uint, within } from './shape.ts';
import type { Shape } from './shape.ts';

export const SALT_LENGTH = 16;
export const KEY_LENGTH = 32;

const saltInput = new Uint8Array(KEY_LENGTH + 8);

/** `H(K ‖ u64(seq))[0..16]`: the salt of leaf `seq` under the 32-byte key of its slot and block. */
export function saltOf(sha256: Sha256, key: Uint8Array, seq: number): Uint8Array {
  saltInput.set(key);
  putU64(saltInput, KEY_LENGTH, seq);
  return sha256(saltInput).slice(0, SALT_LENGTH);
}

const writer = new CborWriter();

/** `L = [salt, seq, t, type, body]`; `body` already is CBOR of an array. */
export function encodeLeaf(leaf: {
  readonly salt: Uint8Array;
  readonly seq: number;
  readonly t: number;
  readonly type: number;
  readonly body: Uint8Array;
}): Uint8Array {
  writer.clear();
  writer.arrayHead(5);
  writer.byteString(leaf.salt);
  writer.integer(leaf.seq);
  writer.integer(leaf.t);
  writer.integer(leaf.type);
  writer.raw(leaf.body);
  return writer.take();
}

const LEAF_PREFIX = Uint8Array.of(0);
const saltOutput = new Uint8Array(32);
const salt = saltOutput.subarray(0, SALT_LENGTH);

/**
 * Writes `LH(L)` of the leaf salted under this key into `out` at `at`. Bytes [from, to) of `filed` are its t, type
 * and body, which stand in L as they stand in a file or in the journal, for each has one encoding.
 */
export function putFiledLeafHash(
  into: Sha256Into,
  key: Uint8Array,
  seq: number,
  filed: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
): void {
  saltInput.set(key);
  putU64(saltInput, KEY_LENGTH, seq);
  into(saltInput, saltOutput, 0);
  writer.clear();
  writer.raw(LEAF_PREFIX);
  writer.arrayHead(5);
  writer.byteString(salt);
  writer.integer(seq);
  writer.part(filed, from, to);
  into(writer.view(), out, at);
}

type Timed = { readonly t: number; readonly type: number; readonly body: readonly Value[] };

const slot = within(0, MAX_SLOT);
const hash = bytes(32);
const quality = within(0, 63);

/** Bodies of leaf types 2…16 (evidence section 4.1); type 1 has three lengths, see READING. */
const BODIES: Readonly<Record<number, readonly Shape<Value>[]>> = {
  [RecordType.observation]: [anyBytes, orNull(anyBytes), uint, uint, uint, uint, int, quality],
  [RecordType.round]: [uint, uint],
  [RecordType.finding]: [text, text, within(1, 5), slot, uint, orNull(int)],
  [RecordType.alarm]: [text, within(0, 8), within(0, 8), within(1, 4), slot, uint],
  [RecordType.act]: [uint, text, text, text, orNull(text), orNull(text), text, within(0, 1)],
  [RecordType.ruleSet]: [hash, hash, hash],
  [RecordType.command]: [text, text, text, orNull(int), slot, uint, uint, within(0, 4)],
  [RecordType.goods]: [within(1, 5), text, orNull(anyBytes), text],
  [RecordType.release]: [hash, within(1, 9), uint, text],
  [RecordType.key]: [uint, hash, orNull(bytes(65))],
  [RecordType.stream]: [within(1, MAX_SLOT), (v): v is Value => v === null || isDescriptor(v)],
  [RecordType.system]: [within(1, 9), orNull(int), orNull(int), orNull(hash)],
  [RecordType.blob]: [hash, uint, text, text, uint],
  [RecordType.notice]: [text, text, text, within(1, Number.MAX_SAFE_INTEGER), within(0, 2)],
  [RecordType.statement]: [within(1, 11), text, orNull(int), orNull(hash), text],
};

const READING: readonly Shape<Value>[] = [orNull(int), quality];
const READING_LATER: readonly Shape<Value>[] = [...READING, uint];
const READING_SIGNED: readonly Shape<Value>[] = [...READING_LATER, uint, bytes(64)];

/**
 * Null for a leaf that its stream may hold, else what is wrong with it (`LEAF_FORMAT`): its type does
 * not belong in a stream of this kind, its body has another length, type or range, bit 32 of its
 * quality does not say whether it is backfilled, or a tag was seen in the future.
 */
export function checkLeaf(
  stream: { readonly kind: StreamKind; readonly maxGapMs: number },
  leaf: Timed,
): string | null {
  const { type, body } = leaf;
  if (kindOf(type) !== stream.kind) return `type ${type} in a stream of kind ${stream.kind}`;
  const fault = isReading(type, body) ? null : faultIn(shapesOf(type, body.length), body);
  if (fault !== null) return `body of type ${type}: ${fault}`;
  return timeFault(leaf, stream.maxGapMs);
}

/** Whether it has one of the shapes READING…, asked without them: nearly every leaf is a reading. */
function isReading(type: number, body: readonly Value[]): boolean {
  const { length } = body;
  if (type !== RecordType.reading || (length !== 2 && length !== 3)) return false;
  const v = body[0];
  const q = body[1];
  if ((v !== null && typeof v !== 'number') || typeof q !== 'number' || q < 0 || q > 63) return false;
  const sourceAt = length === 3 ? body[2] : 0;
  return typeof sourceAt === 'number' && sourceAt >= 0;
}

/** What a leaf means for its segment: `covers` time from here on, `value` counts for min and max, `bad` in nbad. */
export type LeafMeaning = { readonly covers: boolean; readonly value: number | null; readonly bad: boolean };

const ROUND: LeafMeaning = { covers: true, value: null, bad: false };
const OTHER: LeafMeaning = { covers: false, value: null, bad: false };
const BAD: LeafMeaning = { covers: false, value: null, bad: true };

/** The meaning of a leaf that checkLeaf has passed. */
export function meaningOf(type: number, body: readonly Value[]): LeafMeaning {
  if (type === RecordType.round) return ROUND;
  if (type !== RecordType.reading) return OTHER;
  const value = numberAt(body, 0);
  return isUsable(value, numberAt(body, 1) ?? 0) ? { covers: true, value, bad: false } : BAD;
}

function kindOf(type: number): StreamKind | null {
  if (type === RecordType.reading) return 1;
  if (type === RecordType.observation || type === RecordType.round) return 2;
  return type in BODIES ? 0 : null;
}

function shapesOf(type: number, length: number): readonly Shape<Value>[] {
  if (type !== RecordType.reading) return BODIES[type] ?? [];
  if (length <= READING.length) return READING;
  return length === READING_LATER.length ? READING_LATER : READING_SIGNED;
}

function timeFault(leaf: Timed, maxGapMs: number): string | null {
  const { t, type, body } = leaf;
  if (type === RecordType.reading)
    return backfillFault(numberAt(body, 1) ?? 0, numberAt(body, 2) ?? t, t, maxGapMs);
  if (type !== RecordType.observation) return null;
  const first = numberAt(body, 3) ?? 0;
  const last = numberAt(body, 4) ?? 0;
  if (first > last || last > t) return `seen from ${first} to ${last}, recorded at ${t}`;
  return backfillFault(numberAt(body, 7) ?? 0, first, t, maxGapMs);
}

function backfillFault(q: number, sourceAt: number, t: number, maxGapMs: number): string | null {
  const late = sourceAt < t - maxGapMs;
  if (late === ((q & Quality.backfilled) !== 0)) return null;
  return `quality ${q} of a value from ${sourceAt}, recorded at ${t}, max_gap ${maxGapMs}`;
}

function numberAt(body: readonly Value[], i: number): number | null {
  const item = body[i];
  return typeof item === 'number' ? item : null;
}
