import { readListen, type Endpoint } from '../../devices/endpoint.ts';
import type { ProfileSource, Simulator } from '../../devices/port.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import type { Credentials } from '../../config/secret.ts';
import type { SimulatedModem } from '../../gateway/telling/simulated-modem.ts';
import { UsageError } from '../failure.ts';

/** What an opener of a far end is given: the entry as it stands in the configuration, checked. */
export type FarEndOrder = {
  readonly id: string;
  readonly raw: unknown;
  readonly streams: readonly StreamSpec[];
  readonly profiles: ProfileSource;
  /** A serial port or HOST:PORT, as asked for with --at; undefined for the usual place. */
  readonly place: string | undefined;
  readonly file: string;
  readonly credentials: Credentials;
};

/** The far end of one entry's wire, open. */
export type FarEnd = {
  readonly simulator: Simulator;
  /** Where it is, for people. */
  readonly at: string;
  /** Devices that cannot be simulated, with the profile that has no payloads. */
  readonly left: readonly string[];
  /** What takes and receives SMS, where it is that. */
  readonly phone?: SimulatedModem;
};

/** Opens the far end of one entry. @throws UsageError, ConfigError */
export type OpenFarEnd = (order: FarEndOrder) => FarEnd | Promise<FarEnd>;

/** `HOST:PORT` as typed. @throws UsageError */
export function endpointOf(text: string): Endpoint {
  const endpoint = readListen(text);
  if (endpoint === null) throw new UsageError(`"${text}" is not HOST:PORT`);
  return endpoint;
}

/** The place of a serial line's far end. @throws UsageError where none was given */
export function serialPlaceOf({ id, place }: Pick<FarEndOrder, 'id' | 'place'>): string {
  if (place !== undefined) return place;
  throw new UsageError(
    `the far end of ${id} is needed, e.g. --at ${id}=/dev/pts/7 of a pair that socat made: socat pty,raw,echo=0 pty,raw,echo=0`,
  );
}
