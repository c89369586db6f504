import type { StreamSpec } from '../../domain/stream.ts';

/** Which device a map is for; the words fill the profile's `{topic}` and `{address}`. */
export type MappedDevice = {
  readonly id: string;
  readonly words: Readonly<Record<string, string>>;
  readonly streams: ReadonlyMap<string, StreamSpec>;
};
