import type { DeviceErrorCode } from './errors.ts';
import type { Reading } from './reading.ts';
import type { StreamId } from './stream.ts';

/** A frame that was not taken, and why; counted in device health and journaled as event 13/8. */
export type Refusal = {
  readonly device: string;
  /** The stream it would have been for, where that is known. */
  readonly stream: StreamId | null;
  readonly code: DeviceErrorCode;
  /** What was wrong with it, one line, with the value found; never the whole frame. */
  readonly detail: string;
};

/** A device came, went, or attests something about itself (e.g. its correction registers). */
export type HealthNote = {
  readonly device: string;
  readonly healthy: boolean;
  /** Short stable reason: `ok`, `timeout`, `port-lost`, `correction 0,-5` … */
  readonly reason: string;
};

/**
 * One tag seen by one antenna over an interval (EPCIS OBSERVE), for a stream of kind 2. `first` and
 * `last` are the reader's own times, ms since 1970, or with Quality.deviceTimeUncertain ours.
 */
export type TagObservation = {
  readonly stream: StreamId;
  /** As many bytes as the tag's protocol control word says. */
  readonly epc: Uint8Array;
  /** null where the reader was not asked for it. */
  readonly tid: Uint8Array | null;
  readonly antenna: number;
  readonly first: number;
  readonly last: number;
  readonly reads: number;
  /** Strongest signal, 0.01 dBm. */
  readonly rssi: number;
  readonly q: number;
};

/** An inventory of one read point ended: the reader is alive, and how much it saw. */
export type InventoryRound = {
  readonly stream: StreamId;
  readonly distinct: number;
  readonly reads: number;
};

/** A file that a device gave, kept by its hash, such as a camera's picture; becomes leaf type 14. */
export type BlobNote = {
  readonly sha256: Uint8Array;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: string;
  /** Id of the device it is from. */
  readonly source: string;
  /** Evidence time at which it was asked for, ms: it is not older, unless the device lies. */
  readonly sourceAt: number;
};

/**
 * The same EPC with another chip, or so far away that nothing could have brought it there; becomes
 * leaf type 16, kind 11.
 */
export type TagConflict = {
  readonly epc: Uint8Array;
  /** The speed it would have had; null for another chip. */
  readonly kmh: number | null;
  /** Where and with what it was seen now and before, one line. */
  readonly detail: string;
};

/** What one poll or one message brings; readings of one arrival are committed together. */
export type Arrival = {
  readonly readings: readonly Reading[];
  readonly observations?: readonly TagObservation[];
  readonly rounds?: readonly InventoryRound[];
  readonly blobs?: readonly BlobNote[];
  readonly conflicts?: readonly TagConflict[];
  readonly refusals?: readonly Refusal[];
  readonly health?: readonly HealthNote[];
  /** Called once, after the commit that made this arrival durable; never when it was not. */
  readonly committed?: () => void;
};

/** Takes an arrival; never throws, never waits. */
export type Sink = (arrival: Arrival) => void;

/** An order to an actuator. `expiresAt` is on the evidence clock, ms. */
export type CommandOrderTo = {
  readonly id: string;
  readonly verb: string;
  readonly arg: number | null;
  readonly expiresAt: number;
};
