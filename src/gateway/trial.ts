import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lockDirectory } from '../buffer/lock.ts';
import { SecretStore, type Credentials } from '../config/secret.ts';
import type { Connection, DeviceEnv, Trace } from '../devices/port.ts';
import type { Arrival } from '../domain/device.ts';
import { ConflictWatch } from '../intake/conflict-watch.ts';
import { DeviceRunner } from './recording/device-runner.ts';
import { placesOf, type SiteConfiguration } from './site/site.ts';

export type TrialParts = {
  readonly site: SiteConfiguration;
  /** Those of the site that are opened. */
  readonly connections: readonly Connection[];
  readonly credentials: Credentials;
  /** Told what comes in; nothing of it is journaled or acknowledged. */
  readonly onArrival: (arrival: Arrival) => void;
  readonly log: DeviceEnv['log'];
  readonly trace: Trace;
  readonly onError: (error: unknown) => void;
};

/**
 * Opens connections for a person who looks, without a gateway. What devices send is not acknowledged, so
 * it comes again to the gateway. Keeps the data directory, so that no gateway takes the same ports
 * meanwhile. @throws StorageError BUSY while a gateway of this configuration runs
 */
export function openTrial(parts: TrialParts): AsyncDisposable {
  const { site, connections, credentials, log, trace } = parts;
  using opening = new DisposableStack();
  if (existsSync(join(site.data, 'lock.db'))) opening.use(lockDirectory(site.data));
  const secrets = new SecretStore(dirname(site.file), credentials);
  const devices = new DeviceRunner(connections, {
    now: () => Date.now(),
    log,
    secret: (reference) => Promise.resolve(secrets.read(reference).reveal()),
    trace,
  });
  const streams = connections.flatMap((c) => c.streams);
  const conflicts = new ConflictWatch(streams, placesOf(site.zones), () => null);
  devices.start((arrival) => parts.onArrival(conflicts.watched(arrival, Date.now())), parts.onError);
  const held = opening.move();
  return {
    [Symbol.asyncDispose]: async () => {
      await devices[Symbol.asyncDispose]();
      held.dispose();
    },
  };
}
