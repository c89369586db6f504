import type { TagObservation } from '../domain/device.ts';
import { Quality } from '../domain/reading.ts';
import type { StreamId } from '../domain/stream.ts';

/** One report of one tag, as a reader sends it many times a second. */
export type TagRead = {
  /** The read point it was seen at. */
  readonly stream: StreamId;
  readonly epc: Uint8Array;
  readonly tid: Uint8Array | null;
  readonly antenna: number;
  /** The reader's own time, or evidence time where it has none, ms since 1970. */
  readonly at: number;
  readonly isDeviceTime: boolean;
  /** Reads that this report counts. */
  readonly reads: number;
  /** 0.01 dBm. */
  readonly rssi: number;
};

export type DwellSettings = {
  /** A tag that is new is told this long after its first read, so that a short visit is one observation, ms. */
  readonly settleMs: number;
  /** A tag that stays is told again this often, below the stream's max_gap, so that it counts as there, ms. */
  readonly refreshMs: number;
  /** A tag not read for so long has left, ms. */
  readonly goneMs: number;
};

type Dwell = {
  readonly stream: StreamId;
  readonly epc: Uint8Array;
  readonly antenna: number;
  tid: Uint8Array | null;
  /** Of what is not told yet; reads is 0 right after an observation. */
  first: number;
  last: number;
  reads: number;
  rssi: number;
  isDeviceTime: boolean;
  /** When the newest report came and when the next observation is due, monotonic ms. */
  readAt: number;
  dueAt: number;
};

/**
 * Makes observations of reads: one when a tag has come, one each `refreshMs` while it stays, one
 * when it has left and something is not told yet. What a reader reports of a tag in between is
 * counted, and its strongest signal kept.
 */
export class Dwells {
  readonly #settings: DwellSettings;
  readonly #dwells = new Map<string, Dwell>();
  #nextDue = Infinity;

  constructor(settings: DwellSettings) {
    this.#settings = settings;
  }

  /** Tags that are there now, of one read point; one that several antennas read is one. */
  present(stream: StreamId): number {
    const epcs = new Set<string>();
    for (const dwell of this.#dwells.values()) if (dwell.stream === stream) epcs.add(keyOf(dwell.epc));
    return epcs.size;
  }

  /** @param now monotonic, ms */
  take(read: TagRead, now: number): void {
    const key = this.#keyFor(read);
    const { at } = read;
    const known = this.#dwells.get(key);
    if (known === undefined) {
      const { stream, epc, antenna, tid, reads, rssi, isDeviceTime } = read;
      const dueAt = now + this.#settings.settleMs;
      const times = { first: at, last: at, readAt: now, dueAt };
      this.#dwells.set(key, { stream, epc: epc.slice(), antenna, tid, reads, rssi, isDeviceTime, ...times });
      this.#nextDue = Math.min(this.#nextDue, dueAt);
      return;
    }
    if (known.reads === 0) {
      known.first = at;
      known.last = at;
      known.rssi = read.rssi;
      this.#nextDue = Math.min(this.#nextDue, known.dueAt);
    }
    known.last = Math.max(known.last, at);
    known.first = Math.min(known.first, at);
    known.rssi = Math.max(known.rssi, read.rssi);
    known.reads += read.reads;
    known.isDeviceTime &&= read.isDeviceTime;
    known.tid ??= read.tid;
    known.readAt = now;
  }

  /** The same EPC with another TID is another tag, and one of the two a clone. */
  #keyFor({ stream, antenna, epc, tid }: TagRead): string {
    const key = `${stream} ${antenna} ${keyOf(epc)}`;
    const known = this.#dwells.get(key)?.tid ?? null;
    if (tid === null || known === null || keyOf(tid) === keyOf(known)) return key;
    return `${key} ${keyOf(tid)}`;
  }

  /** What is to be told now (monotonic, ms); cheap while nothing is due. */
  due(now: number): TagObservation[] {
    if (now < this.#nextDue) return [];
    const { goneMs, refreshMs } = this.#settings;
    const told: TagObservation[] = [];
    this.#nextDue = Infinity;
    for (const [key, dwell] of this.#dwells) {
      const isGone = now - dwell.readAt >= goneMs;
      if (dwell.reads > 0 && (isGone || now >= dwell.dueAt)) {
        told.push(observe(dwell));
        dwell.dueAt = now + refreshMs;
      }
      if (isGone) this.#dwells.delete(key);
      else this.#nextDue = Math.min(this.#nextDue, dwell.readAt + goneMs, nextOf(dwell));
    }
    return told;
  }
}

function nextOf({ reads, dueAt }: Dwell): number {
  return reads > 0 ? dueAt : Infinity;
}

function observe(dwell: Dwell): TagObservation {
  const { stream, epc, tid, antenna, first, last, reads, rssi, isDeviceTime } = dwell;
  dwell.reads = 0;
  const q = isDeviceTime ? Quality.good : Quality.deviceTimeUncertain;
  return { stream, epc, tid, antenna, first, last, reads, rssi, q };
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
