import type { PackedLeaves, SealedSegment, StoredFile, StreamRow, TailRow } from '../domain/commit.ts';

import { bytes, bytesOrNull, integer, integerOrNull, text, type Row } from './rows.ts';

export type StoredBlock = {
  readonly no: number;
  readonly t0: number;
  readonly t1: number;
  /** CBOR of B. */
  readonly block: Uint8Array;
};

export type StoredSegment = SealedSegment & {
  readonly no: number;
  /** Null while every leaf is there. */
  readonly erased: StoredErasure | null;
};

/** By which act of slot 0 leaves were erased, and what is left of the segment's; null for nothing. */
export type StoredErasure = {
  readonly act: { readonly block: number; readonly seq: number };
  readonly rest: Uint8Array | null;
};

/** The checkpoint's text with its signature lines, and the size it speaks of. */
export type StoredNote = { readonly size: number; readonly note: string };

/** Deciding state as of the end of block `size` - 1. */
export type StoredSnapshot = StoredFile & { readonly size: number };

/** Slots per block in a segment's id: slots are 0…1,023 (evidence section 3). */
export const SLOTS = 1024;

export function segmentId(no: number, slot: number): number {
  return no * SLOTS + slot;
}

export function blockOf(row: Row): StoredBlock {
  return {
    no: integer(row, 'no'),
    t0: integer(row, 't0'),
    t1: integer(row, 't1'),
    block: bytes(row, 'block'),
  };
}

/** A segment and what was erased of it, for `segmentOf`. */
export const SEGMENT = `s.id, s.segment, s.seq0, s.n, s.covered_until, s.key, s.leaves,
  e.act_block, e.act_seq, e.rest FROM segment s LEFT JOIN erased e ON e.id = s.id`;

export function segmentOf(row: Row): StoredSegment {
  const id = integer(row, 'id');
  return {
    no: Math.floor(id / SLOTS),
    slot: id % SLOTS,
    segment: bytes(row, 'segment'),
    key: bytesOrNull(row, 'key'),
    seq0: integer(row, 'seq0'),
    n: integer(row, 'n'),
    leaves: bytes(row, 'leaves'),
    coveredUntil: integerOrNull(row, 'covered_until'),
    erased: erasureOf(row),
  };
}

function erasureOf(row: Row): StoredErasure | null {
  const block = integerOrNull(row, 'act_block');
  if (block === null) return null;
  return { act: { block, seq: integer(row, 'act_seq') }, rest: bytesOrNull(row, 'rest') };
}

export function noteOf(row: Row): StoredNote {
  return { size: integer(row, 'size'), note: text(row, 'note') };
}

export function snapshotOf(row: Row): StoredSnapshot {
  return { size: integer(row, 'size'), sha256: bytes(row, 'sha256'), bytes: bytes(row, 'bytes') };
}

export function streamOf(row: Row): StreamRow {
  return {
    slot: integer(row, 'slot'),
    dev: text(row, 'dev'),
    ch: text(row, 'ch'),
    descriptor: bytes(row, 'descriptor'),
    openedBlock: integer(row, 'opened_block'),
    closedBlock: integerOrNull(row, 'closed_block'),
  };
}

export function tailRowOf(row: Row): TailRow {
  return {
    no: integer(row, 'no'),
    k: integer(row, 'k'),
    chain: bytes(row, 'chain'),
    head: bytes(row, 'head'),
    sig: bytes(row, 'sig'),
  };
}

/** One commit of the open block. */
export function tailCommitOf(row: Row): { readonly k: number; readonly leaves: PackedLeaves } {
  return { k: integer(row, 'k'), leaves: { n: integer(row, 'n'), bytes: bytes(row, 'leaves') } };
}
