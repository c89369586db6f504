import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { readListen, type Endpoint } from '../endpoint.ts';
import type { ProfileSource } from '../port.ts';
import { check, closed, deviceId, duration, fail, mapsIn } from '../schema.ts';
import type { ServerLimits } from './tracker-server.ts';
import { areasOf, Vehicle, vehicleFields, type Channel, type VehicleEntry } from './vehicle.ts';

/** One tracker that may call: its settings and what its reports become. */
export type Tracker<E> = { readonly entry: E; readonly vehicle: Vehicle };

/** A server and the trackers it lets in, by the number they call themselves. */
export type FleetPlan<E> = {
  readonly id: string;
  readonly listen: Endpoint;
  readonly limits: ServerLimits;
  readonly trackers: ReadonlyMap<string, Tracker<E>>;
  readonly streams: readonly StreamSpec[];
  readonly files: readonly string[];
};

type Entry = VehicleEntry & { readonly channels: readonly string[] };

const MOST_TRACKERS = 500;

/** Fields of a tracker: its number, and the channels it is asked for besides its position. */
export function trackerFields<C extends string>(channels: readonly C[]) {
  return { ...vehicleFields, channels: z.array(z.literal(channels)).default([]) };
}

/** A number of digits, which YAML may have read as one. */
export function digits(form: RegExp, what: string) {
  return z
    .union([z.string(), z.int()])
    .transform((value, ctx) => (form.test(String(value)) ? String(value) : fail(ctx, `must be ${what}`)));
}

/** A server's entry. It listens on loopback unless it is told where. */
export function fleetSchema<const D extends string, E extends z.ZodType>(
  driver: D,
  usualPort: number,
  device: E,
) {
  return closed({
    id: deviceId,
    driver: z.literal(driver).optional(),
    listen: z
      .string()
      .transform((text, ctx) => readListen(text) ?? fail(ctx, `must be like 127.0.0.1:${usualPort}`))
      .default({ host: '127.0.0.1', port: usualPort }),
    'max-connections': z.int().min(1).max(4096).default(64),
    idle: duration(1000, 86_400_000).default(600_000),
    devices: z.array(device).min(1).max(MOST_TRACKERS),
  });
}

type Fleet<E> = {
  readonly id: string;
  readonly listen: Endpoint;
  readonly 'max-connections': number;
  readonly idle: number;
  readonly devices: readonly E[];
};

/** Checks everything and gives all problems at once. */
export function planFleet<E extends Entry>(
  schema: z.ZodType<Fleet<E>>,
  raw: unknown,
  files: ProfileSource,
  nameOf: { readonly key: string; of(entry: E): string },
  channels: Readonly<Record<string, Omit<Channel, 'ch'>>>,
): Checked<FleetPlan<E>> {
  const checked = check(schema, raw);
  const problems: Problem[] = checked.ok ? [] : [...checked.problems];
  const maps = mapsIn(raw, 'devices').map((device, i) => {
    const named = vehicleFields.areas.safeParse(device['areas']);
    const areas = areasOf({ areas: named.success ? named.data : undefined }, ['devices', i], files);
    if (!areas.ok) problems.push(...areas.problems);
    return areas.ok ? areas.value : [];
  });
  if (!checked.ok) return { ok: false, problems };
  const { id, listen, devices, idle } = checked.value;
  const trackers = new Map<string, Tracker<E>>();
  for (const [i, entry] of devices.entries()) {
    const name = nameOf.of(entry);
    if (trackers.has(name)) {
      problems.push({ path: ['devices', i, nameOf.key], message: 'is that of another device', found: name });
    }
    if (devices.findIndex((d) => d.id === entry.id) < i) {
      problems.push({ path: ['devices', i, 'id'], message: 'is that of another device', found: entry.id });
    }
    const more = entry.channels.flatMap((ch): Channel[] => {
      const channel = channels[ch];
      return channel === undefined ? [] : [{ ch, ...channel }];
    });
    trackers.set(name, { entry, vehicle: new Vehicle(entry, more, maps[i] ?? [], 1) });
  }
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    value: {
      id,
      listen,
      limits: { maxConnections: checked.value['max-connections'], idleMs: idle },
      trackers,
      streams: [...trackers.values()].flatMap((t) => t.vehicle.streams),
      files: [...new Set(devices.flatMap((d) => d.areas ?? []))],
    },
  };
}
