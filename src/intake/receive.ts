import type { Arrival, TagObservation } from '../domain/device.ts';
import { hexOf } from '../domain/hex.ts';
import {
  EVENTS_SLOT,
  RecordType,
  StatementKind,
  SystemCode,
  type BlobBody,
  type ObservationBody,
  type ReadingBody,
  type RoundBody,
  type StatementBody,
  type SystemBody,
} from '../domain/record.ts';
import { Quality, type Reading } from '../domain/reading.ts';
import type { OpenStream, StreamId } from '../domain/stream.ts';
import { recordText } from '../domain/text.ts';
import type { DeviceHealth } from './device-health.ts';
import { UNPLACED, type Input, type InputRecord } from './input.ts';

export type Receiving = {
  readonly streams: ReadonlyMap<StreamId, OpenStream>;
  readonly health: DeviceHealth;
};

const NONE: readonly never[] = [];

/** Turns what a driver brought at evidence time `t` into records; refusals and health become events. */
export function receive(room: Receiving, arrival: Arrival, t: number): Input {
  const { readings } = arrival;
  const news: InputRecord[] = [];
  let known = '';
  // An array of the right length at once: nearly every arrival brings a few readings and nothing else.
  const records = readings.map((reading): InputRecord => {
    const { slot, dev } = streamOf(room, reading.stream);
    if (reading.v !== null && dev !== known) {
      known = dev;
      if (room.health.heard(dev, t)) news.push(healthRecord(dev, true, 'ok', t));
    }
    return { slot, seq: UNPLACED, t, type: RecordType.reading, body: readingBody(reading) };
  });
  records.push(...news);
  for (const seen of arrival.observations ?? NONE) records.push(observationRecord(room, seen, t));
  for (const round of arrival.rounds ?? NONE) {
    const { slot, dev } = streamOf(room, round.stream);
    if (room.health.heard(dev, t)) records.push(healthRecord(dev, true, 'ok', t));
    const body: RoundBody = [round.distinct, round.reads];
    records.push({ slot, t, type: RecordType.round, body });
  }
  for (const { sha256, size, mediaType, source, sourceAt } of arrival.blobs ?? NONE) {
    const body: BlobBody = [sha256, size, recordText(mediaType), recordText(source), sourceAt];
    records.push({ slot: EVENTS_SLOT, t, type: RecordType.blob, body });
  }
  for (const { epc, kmh, detail } of arrival.conflicts ?? NONE) {
    const body: StatementBody = [StatementKind.tagConflict, hexOf(epc), kmh, null, recordText(detail)];
    records.push({ slot: EVENTS_SLOT, t, type: RecordType.statement, body });
  }
  for (const refusal of arrival.refusals ?? NONE)
    room.health.refuse(refusal, slotOf(room, refusal.stream), t);
  for (const note of arrival.health ?? NONE) {
    if (room.health.note(note, t)) records.push(healthRecord(note.device, note.healthy, note.reason, t));
  }
  for (const [slot, count] of room.health.dueRefusals(t)) {
    const body: SystemBody = [SystemCode.refused, slot, count, null];
    records.push({ slot: EVENTS_SLOT, t, type: RecordType.system, body });
  }
  return arrival.committed === undefined ? { records } : { records, committed: arrival.committed };
}

function streamOf({ streams }: Receiving, id: StreamId): OpenStream {
  const stream = streams.get(id);
  if (stream === undefined) throw new Error(`a driver read the undeclared stream ${id}`);
  return stream;
}

/** A reader whose clock is ahead of ours is no witness of when: then our time stands, and says so. */
function observationRecord(room: Receiving, seen: TagObservation, t: number): InputRecord {
  const { slot } = streamOf(room, seen.stream);
  const isAhead = seen.last > t;
  const last = isAhead ? t : seen.last;
  const first = isAhead ? Math.max(0, t - (seen.last - seen.first)) : seen.first;
  const q = isAhead ? seen.q | Quality.deviceTimeUncertain : seen.q;
  const { epc, tid, antenna, reads, rssi } = seen;
  const body: ObservationBody = [epc, tid, antenna, first, last, reads, rssi, q];
  return { slot, t, type: RecordType.observation, body };
}

function healthRecord(device: string, healthy: boolean, reason: string, t: number): InputRecord {
  const body: StatementBody = [StatementKind.device, device, healthy ? 1 : 0, null, recordText(reason)];
  return { slot: EVENTS_SLOT, t, type: RecordType.statement, body };
}

function slotOf(room: Receiving, stream: StreamId | null): number | null {
  return stream === null ? null : (room.streams.get(stream)?.slot ?? null);
}

function readingBody(r: Reading): ReadingBody {
  // A negative zero, as scaling may give it, is no integer of the evidence profile.
  const v = r.v === null ? null : r.v + 0;
  return r.sourceAt === undefined ? [v, r.q] : [v, r.q, r.sourceAt];
}
