import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import { parseBaud } from '../../domain/units.ts';
import type { ProfileSource } from '../port.ts';
import { check, closed, deviceId, fail, mapOf } from '../schema.ts';
import { areasOf, Vehicle, vehicleFields } from '../vehicle/vehicle.ts';

const schema = closed({
  id: deviceId,
  driver: z.literal('nmea').optional(),
  port: z.string().min(1).optional(),
  baud: z
    .union([z.string(), z.number()])
    .transform((text, ctx) => parseBaud(String(text)) ?? fail(ctx, 'must be like 9600 baud'))
    .optional(),
  host: z.string().min(1).optional(),
  'tcp-port': z.int().min(1).max(65_535).optional(),
  /** The far end is gpsd, which speaks NMEA only when asked. */
  gpsd: z.boolean().default(false),
  device: closed(vehicleFields),
});

export type NmeaPlan = {
  readonly id: string;
  readonly line:
    | { readonly kind: 'serial'; readonly path: string; readonly baud: number }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly gpsd: boolean };
  readonly vehicle: Vehicle;
  readonly files: readonly string[];
};

const USUAL_BAUD = 9600;
const GPSD_PORT = 2947;

/** Checks everything and gives all problems at once. */
export function planNmea(raw: unknown, files: ProfileSource): Checked<NmeaPlan> {
  const checked = check(schema, raw);
  const device = mapOf(mapOf(raw)['device']);
  const named = vehicleFields.areas.safeParse(device['areas']);
  const areas = areasOf({ areas: named.success ? named.data : undefined }, ['device'], files);
  const problems: Problem[] = [
    ...(checked.ok ? [] : checked.problems),
    ...(areas.ok ? [] : areas.problems),
    ...lineProblems(mapOf(raw)),
  ];
  if (!checked.ok || !areas.ok || problems.length > 0) return { ok: false, problems };
  const { id, port, baud = USUAL_BAUD, host = '', 'tcp-port': tcp, gpsd, device: entry } = checked.value;
  return {
    ok: true,
    value: {
      id,
      line:
        port === undefined
          ? { kind: 'tcp', host, port: tcp ?? GPSD_PORT, gpsd }
          : { kind: 'serial', path: port, baud },
      vehicle: new Vehicle(entry, [], areas.value, 1),
      files: entry.areas === undefined ? [] : [entry.areas],
    },
  };
}

function lineProblems(raw: Readonly<Record<string, unknown>>): Problem[] {
  const [serial, tcp] = ['port' in raw, 'host' in raw];
  if (serial === tcp) {
    return [{ path: [], message: 'must have either port: of a serial line or host: of a TCP server' }];
  }
  const stray = serial ? ['tcp-port', 'gpsd'] : ['baud'];
  const problems = stray
    .filter((key) => key in raw)
    .map((key): Problem => ({ path: [key], message: `belongs to ${serial ? 'host:' : 'port:'}` }));
  if (tcp && !('tcp-port' in raw) && raw['gpsd'] !== true) {
    problems.push({ path: ['tcp-port'], message: 'is missing; it must be the TCP port of the receiver' });
  }
  return problems;
}
