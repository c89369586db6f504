import type { Problem } from '../domain/errors.ts';
import type { Reading } from '../domain/reading.ts';
import type { StreamSpec } from '../domain/stream.ts';

/** What a map made of a sample message or frame, for the installer who wrote the map. */
export type Sample = {
  /** How the sample was taken: its topic, or the blocks that were read. */
  readonly as: string;
  readonly readings: readonly SampleReading[];
  /** What it says of the device itself. */
  readonly health: readonly { readonly healthy: boolean; readonly reason: string }[];
  /** What the map asks for and the sample does not have, without being wrong. */
  readonly absent: readonly string[];
  readonly unused: readonly { readonly path: string; readonly value: string }[];
  readonly problems: readonly SampleProblem[];
};

export type SampleReading = {
  readonly stream: StreamSpec;
  readonly reading: Reading;
  /** Where in the sample the value stands. */
  readonly from: string;
};

/** Something that was not taken: in the map the place that asked for it, or in the sample where it breaks off. */
export type SampleProblem = { readonly message: string } & (
  | { readonly in: 'map'; readonly path: Problem['path'] }
  | { readonly in: 'sample'; readonly line: number; readonly column: number | null }
);

/** A sample as a map takes it; what is wrong with the map itself; or what must be said before it can be tried. */
export type SampleTrial =
  | { readonly kind: 'taken'; readonly sample: Sample }
  | { readonly kind: 'map'; readonly problems: readonly Problem[] }
  | { readonly kind: 'ask'; readonly question: string };
