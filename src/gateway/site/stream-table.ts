import type { StreamRow } from '../../domain/commit.ts';
import type { StreamBody } from '../../domain/record.ts';
import { descriptorOf, EVENTS_STREAM, type OpenStream, type StreamSpec } from '../../domain/stream.ts';
import { encode } from '../../evidence/cbor.ts';
import { MAX_SLOT } from '../../evidence/descriptor.ts';
import type { StreamInBlock } from '../../evidence/open-block.ts';
import { Refused } from '../../domain/errors.ts';

/** Which stream has which slot from the block that is about to open on, and what changed for it. */
export type StreamTable = {
  /** Every slot of the epoch, as the block finds it. */
  readonly inBlock: readonly StreamInBlock[];
  /** Registry rows to store with the block's first commit. */
  readonly rows: readonly StreamRow[];
  /** Bodies of event 12: opened or changed, or closed. */
  readonly events: readonly StreamBody[];
};

/**
 * Slots in order of opening; a stream keeps its slot for the epoch.
 * @throws Refused INVALID when an epoch's 1,023 slots are used up
 */
export function assignSlots(specs: readonly StreamSpec[], known: readonly StreamRow[]): OpenStream[] {
  const slotOf = new Map(known.map((r) => [`${r.dev}/${r.ch}`, r.slot]));
  let next = known.reduce((most, r) => Math.max(most, r.slot), EVENTS_STREAM.slot) + 1;
  return specs.map((spec) => {
    const slot = slotOf.get(spec.id) ?? next++;
    if (slot > MAX_SLOT) throw new Refused('INVALID', `no slot is left for stream ${spec.id} in this epoch`);
    return { ...spec, slot };
  });
}

/**
 * What opens, changes and closes with this block: a stream keeps its slot for the epoch, a stream no longer
 * configured is closed and keeps empty segments.
 *
 * @param carried streams as the block before left them, index = slot; empty in a new log
 * @param known registry rows of the journal
 */
export function planStreams(
  gateway: Uint8Array,
  block: number,
  open: readonly OpenStream[],
  carried: readonly StreamInBlock[],
  known: readonly StreamRow[],
): StreamTable {
  const inForce = new Map(known.filter((r) => r.closedBlock === null).map((r) => [r.slot, r]));
  const inBlock: StreamInBlock[] = carried.length > 0 ? [...carried] : [eventsInBlock(gateway)];
  const rows: StreamRow[] = [];
  const events: StreamBody[] = [];
  if (known.length === 0) rows.push(rowOf(gateway, EVENTS_STREAM, block));
  for (const stream of open) {
    const { slot, kind, maxGapMs } = stream;
    const row = rowOf(gateway, stream, block);
    const before = inForce.get(slot);
    if (before !== undefined && Buffer.compare(before.descriptor, row.descriptor) === 0) continue;
    if (before !== undefined) rows.push({ ...before, closedBlock: block });
    rows.push(row);
    events.push([slot, descriptorOf(gateway, stream)]);
    inBlock[slot] = {
      descriptor: row.descriptor,
      kind,
      maxGapMs,
      seq0: inBlock[slot]?.seq0 ?? 0,
      coveredUntil: null,
      first: true,
      closed: false,
    };
  }
  const kept = new Set(open.map((s) => s.slot));
  for (const row of inForce.values()) {
    if (row.slot === EVENTS_STREAM.slot || kept.has(row.slot)) continue;
    rows.push({ ...row, closedBlock: block });
    events.push([row.slot, null]);
    const stream = inBlock[row.slot];
    if (stream !== undefined) inBlock[row.slot] = { ...stream, closed: true };
  }
  return { inBlock, rows, events };
}

function rowOf(gateway: Uint8Array, stream: OpenStream, block: number): StreamRow {
  return {
    slot: stream.slot,
    dev: stream.dev,
    ch: stream.ch,
    descriptor: encode(descriptorOf(gateway, stream)),
    openedBlock: block,
    closedBlock: null,
  };
}

function eventsInBlock(gateway: Uint8Array): StreamInBlock {
  const descriptor = encode(descriptorOf(gateway, EVENTS_STREAM));
  return { descriptor, kind: 0, maxGapMs: 0, seq0: 0, coveredUntil: null, first: true, closed: false };
}
