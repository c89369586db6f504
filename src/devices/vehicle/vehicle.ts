import * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import { Quality, type Reading } from '../../domain/reading.ts';
import type { SourceLevel, StreamId, StreamSpec } from '../../domain/stream.ts';
import { readAreas, type Area } from '../geo/areas.ts';
import type { ProfileSource } from '../port.ts';
import { deviceId, duration } from '../schema.ts';
import { UNCERTAIN_AHEAD_MS, untimely } from '../source-time.ts';

const DAY_MS = 86_400_000;

/** What the entry of every vehicle has, whatever brings its position. */
export const vehicleFields = {
  id: deviceId,
  /** How often a position is expected. */
  every: duration(100, DAY_MS),
  'max-gap': duration(100, 30 * DAY_MS).optional(),
  zone: deviceId.optional(),
  /** A GeoJSON file beside the profiles, with zones and corridors. */
  areas: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,54}\.geojson$/, 'must be the name of a file, like route-7.geojson')
    .optional(),
};

export type VehicleEntry = z.output<z.ZodObject<typeof vehicleFields>>;

/** A channel besides position and areas: a temperature, a door, a voltage. */
export type Channel = Pick<StreamSpec, 'ch' | 'quantity' | 'unit' | 'exp' | 'urgent'>;

/** What one message says of one instant. */
export type Report = {
  /** Device's own time, ms since 1970; undefined when it gave none. */
  readonly at: number | undefined;
  /** 0 no fix, 1 a position of satellites, 2 one that was estimated or typed in. */
  readonly fix: 0 | 1 | 2;
  /** Ten-millionths of a degree, north and east positive; tenths of a km/h. Read only with a fix. */
  readonly latitude: number;
  readonly longitude: number;
  readonly speed: number | null;
  readonly satellites: number | null;
  /** Further channels of this message, scaled as declared; null for a sensor that gave none. */
  readonly values: ReadonlyMap<string, number | null>;
};

const POSITION: readonly Channel[] = [
  { ch: 'fix', quantity: 'fix', unit: '1', exp: 0, urgent: false },
  { ch: 'latitude', quantity: 'latitude', unit: 'deg', exp: -7, urgent: false },
  { ch: 'longitude', quantity: 'longitude', unit: 'deg', exp: -7, urgent: false },
  { ch: 'speed', quantity: 'speed', unit: 'km/h', exp: -1, urgent: false },
  { ch: 'satellites', quantity: 'satellites', unit: '1', exp: 0, urgent: false },
];

/** One vehicle: its streams, and what a report of it becomes. */
export class Vehicle {
  readonly id: string;
  readonly everyMs: number;
  readonly streams: readonly StreamSpec[];
  readonly #areas: readonly Area[];

  constructor(entry: VehicleEntry, more: readonly Channel[], areas: readonly Area[], src: SourceLevel) {
    this.id = entry.id;
    this.everyMs = entry.every;
    this.#areas = areas;
    const inside = areas.map(({ ch, quantity }) => ({ ch, quantity, unit: '1', exp: 0, urgent: false }));
    this.streams = [...POSITION, ...more, ...inside].map((c) => ({
      ...c,
      id: `${entry.id}/${c.ch}`,
      dev: entry.id,
      kind: 1,
      cadenceMs: entry.every,
      maxGapMs: entry['max-gap'] ?? 3 * entry.every,
      place: entry.zone ?? '',
      src,
    }));
  }

  /**
   * The readings of a report; a text says why its time cannot be taken. Without a fix nothing is
   * said of place, speed or areas: unknown is neither inside nor on the route.
   */
  readingsOf(report: Report, now: number): readonly Reading[] | string {
    const { at, fix, latitude, longitude } = report;
    const wrong = at === undefined ? null : untimely(at, now);
    if (wrong !== null) return wrong;
    const ahead = at !== undefined && at > now + UNCERTAIN_AHEAD_MS ? Quality.deviceTimeUncertain : 0;
    const readings: Reading[] = [];
    const say = (ch: string, v: number | null, q: number): void => {
      const stream: StreamId = `${this.id}/${ch}`;
      readings.push({ stream, v, q: q | ahead, ...(at === undefined ? {} : { sourceAt: at }) });
    };
    const place = (v: number | null): number | null => (fix === 0 ? null : v);
    const q = fix === 2 ? Quality.substituted : Quality.good;
    say('fix', fix, Quality.good);
    say('latitude', place(latitude), q);
    say('longitude', place(longitude), q);
    say('speed', place(report.speed), q);
    if (report.satellites !== null) say('satellites', report.satellites, Quality.good);
    for (const area of this.#areas) say(area.ch, place(area.holds([longitude, latitude]) ? 1 : 0), q);
    for (const [ch, v] of report.values) say(ch, v, Quality.good);
    return readings;
  }
}

/** The areas of an entry's file; none without one. Problems name the file. */
export function areasOf(
  entry: { readonly areas?: string | undefined },
  path: readonly (string | number)[],
  files: ProfileSource,
): Checked<readonly Area[]> {
  if (entry.areas === undefined) return { ok: true, value: [] };
  const raw = files(entry.areas);
  if (raw === undefined || raw === null) {
    const problem = {
      path: [...path, 'areas'],
      message: 'is not a file in config/profiles',
      found: entry.areas,
    };
    return { ok: false, problems: [problem] };
  }
  const checked = readAreas(raw);
  const file = entry.areas;
  return checked.ok ? checked : { ok: false, problems: checked.problems.map((p) => ({ ...p, file })) };
}
