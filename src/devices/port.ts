import type { CommandOrderTo, Sink } from '../domain/device.ts';
import type { Reading } from '../domain/reading.ts';
import type { Checked } from '../domain/errors.ts';
import type { StreamSpec } from '../domain/stream.ts';

/** A data file of config/profiles, already parsed from YAML; the driver checks its shape. */
export type ProfileSource = (name: string) => unknown;

/** What a driver may use of the world once it opens; everything else it was configured with. */
export type DeviceEnv = {
  /** Evidence time, ms. */
  readonly now: () => number;
  readonly log: (level: 'info' | 'warn', message: string, fields?: Record<string, unknown>) => void;
  /** Reads a secret by the reference found in configuration; rejects with a ConfigError. */
  readonly secret: (reference: string) => Promise<string>;
  /** Keeps a file by its SHA-256, which it resolves to once the file is durable; absent where nothing is kept. */
  readonly keep?: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** Is shown the bytes that come and go on a connection's line, where an installer watches. */
  readonly trace?: Trace;
};

/**
 * `out` is what the gateway sends. The bytes are to be read at once: they may be written over.
 *
 * @param topic of a message, where there is a broker between
 */
export type Trace = (connection: string, way: 'in' | 'out', bytes: Uint8Array, topic?: string) => void;

/**
 * A driver of one transport and protocol. `configure` checks and opens nothing: it gives all
 * problems at once (paths relative to the connection's own YAML node), or a connection to open.
 */
export type Driver = {
  readonly name: string;
  readonly title: string;
  configure(raw: unknown, profiles: ProfileSource): Checked<Connection>;
};

/** One entry of `devices:` in the configuration: a bus, a broker, a socket, with what hangs on it. */
export type Connection = {
  readonly id: string;
  readonly streams: readonly StreamSpec[];
  /** Ids of devices that take commands, each with the verbs it knows. */
  readonly actuators: ReadonlyMap<string, readonly string[]>;
  /** Names of the profiles used: they are configuration, so evidence keeps them. */
  readonly profiles: readonly string[];
  open(env: DeviceEnv): OpenConnection;
};

/**
 * An open connection. Opening never waits for the device: a port that is not there yet is retried
 * for ever and shown in health.
 */
export type OpenConnection = AsyncDisposable & {
  /** Asked one after the other, each at its own cadence: a bus is a shared line. */
  readonly polled: readonly PolledDevice[];
  readonly pushing: readonly PushingDevice[];
  /** Is shown the journal's last readings before it starts, so that it knows a repeat of them. */
  seed?(readings: readonly Reading[]): void;
  /** Carries out an order: resolves when the device confirmed, throws DeviceError when it did not. */
  command?(device: string, order: CommandOrderTo, signal: AbortSignal): Promise<void>;
};

/** Answers when asked. A failed poll is an arrival of bad readings, never an exception. */
export type PolledDevice = {
  readonly id: string;
  readonly everyMs: number;
  poll(sink: Sink, signal: AbortSignal): Promise<void>;
};

/** Speaks by itself until the signal aborts; reconnects for ever. */
export type PushingDevice = {
  readonly id: string;
  subscribe(sink: Sink, signal: AbortSignal): Promise<void>;
};

/**
 * The other end of the wire. `faults` names the ways it can be told to misbehave; it speaks the
 * device's actual wire format, over the transport its driver uses.
 */
export type Simulator = AsyncDisposable & {
  readonly faults: readonly string[];
  /** Sets a channel's value as the device itself would measure it, scaled as on the wire. */
  set(device: string, channel: string, v: number): void;
  /** Misbehaves in this way from now on, `null` for well again. */
  fault(device: string, name: string | null): void;
};
