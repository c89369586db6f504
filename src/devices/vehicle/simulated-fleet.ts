import { ConfigError, type Checked } from '../../domain/errors.ts';
import type { Simulator } from '../port.ts';
import type { FleetPlan } from './fleet-plan.ts';
import { SimulatedTracker, TRACKER_FAULTS, type Dialect } from './simulated-tracker.ts';
import type { VehicleEntry } from './vehicle.ts';

/**
 * All trackers of an entry, calling the server at `at`.
 * @param stepMs how fine the clock of their records is
 * @param more faults that the protocol alone has
 * @throws ConfigError when the entry is wrong
 */
export function simulateFleet<E extends VehicleEntry>(
  planned: Checked<FleetPlan<E>>,
  at: { readonly host: string; readonly port: number },
  dialectOf: (entry: E, wrongId: boolean) => Dialect,
  stepMs: number,
  more: readonly string[] = [],
): Simulator {
  if (!planned.ok) throw new ConfigError(planned.problems);
  const running = new Map(
    [...planned.value.trackers.values()].map(({ entry, vehicle }) => [
      vehicle.id,
      new SimulatedTracker(
        vehicle.streams,
        entry.every,
        at,
        (wrong) => dialectOf(entry, wrong),
        stepMs,
        more,
      ),
    ]),
  );
  const find = (device: string): SimulatedTracker => {
    const tracker = running.get(device);
    if (tracker === undefined) throw new RangeError(`no simulated device "${device}"`);
    return tracker;
  };
  return {
    faults: [...TRACKER_FAULTS, ...more],
    set: (device, channel, v) => find(device).set(channel, v),
    fault: (device, name) => find(device).setFault(name),
    [Symbol.asyncDispose]: () => {
      for (const tracker of running.values()) tracker.stop();
      return Promise.resolve();
    },
  };
}
