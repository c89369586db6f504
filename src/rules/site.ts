import type { CallRoute } from '../domain/calling.ts';
import type { StreamSpec } from '../domain/stream.ts';

/** Labels of each zone, usable in guards and selectors, e.g. `mode`. */
export type Zones = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** What is configured around the rules, for checking them. */
export type Site = {
  readonly streams: readonly StreamSpec[];
  readonly zones: Zones;
  /** What a rule may notify, by name: a route, or a single channel. */
  readonly routes: ReadonlyMap<string, CallRoute>;
  /** What is claimed of the site, which binds its rules; none when left out. */
  readonly profile?: 'none' | 'gsp' | 'en12830';
  /** Devices that drive temperature. */
  readonly climate?: readonly string[];
  /** False when a device entry is wrong: then what is not here may yet be meant, and is not a fault. */
  readonly complete: boolean;
  /** Whether such a wrong entry speaks of this device; asked only of a site that is not complete. */
  isPending(device: string): boolean;
  /** Verbs of each controllable device. */
  readonly actuators: ReadonlyMap<string, readonly string[]>;
};
