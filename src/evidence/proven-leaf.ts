import type { Value } from '../domain/record.ts';
import type { Descriptor } from './descriptor.ts';
import type { Segment } from './segment.ts';
import type { StreamFiles } from './verify-container.ts';
import type { SegmentRow } from './verify-segments.ts';
import { toHex } from './encodings.ts';
import { VerificationError } from './verification-error.ts';

/** A leaf whose place in the log is proven; `i` is the index of its block among those disclosed. */
export type ProvenLeaf = {
  readonly i: number;
  readonly seq: number;
  readonly t: number;
  readonly type: number;
  readonly body: readonly Value[];
};

/** Is shown every proven leaf of a stream, in order. */
export type LeafObserver = (leaf: ProvenLeaf, descriptor: Descriptor) => void;

/** One disclosed stream with what is kept of steps 6 and 7. */
export type Stream = {
  readonly files: StreamFiles;
  readonly descriptors: ReadonlyMap<string, Descriptor>;
  /** Leaves that its segments have. */
  readonly leaves: number;
};

/** A stream while step 8 is with it: its segments are read again then, so that one row is held. */
export type StreamAtHand = Stream & { readonly row: SegmentRow };

/** `leaves` disclosed, `nbad` of the segments: readings not usable. */
export type LeafCount = { readonly leaves: number; readonly nbad: number };

/** The descriptor of a segment; step 7 has made sure that there is one. */
export function descriptorOf(stream: Stream, segment: Segment): Descriptor {
  const d = stream.descriptors.get(toHex(segment.desc));
  if (d === undefined)
    throw new VerificationError('DESCRIPTOR', `streams/${stream.files.slot}: ${toHex(segment.desc)}`);
  return d;
}
