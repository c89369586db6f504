import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { formatDuration, parseBaud } from '../../domain/units.ts';
import type { Line } from '../line.ts';
import { check, closed, deviceId, display, duration, fail, mapOf, readable } from '../schema.ts';
import { openSerialLine } from '../serial-line.ts';
import type { SerialOptions } from '../serial-line.ts';
import { openTcpLine } from '../tcp-line.ts';
import type { TcpOptions } from '../tcp-line.ts';

/** The wire to a device that speaks by itself: its own serial port, or a serial server's socket. */
export type TalkerLine =
  ({ readonly kind: 'serial' } & SerialOptions) | ({ readonly kind: 'tcp' } & TcpOptions);

export type SerialDefaults = Pick<SerialOptions, 'baud' | 'dataBits' | 'parity' | 'stopBits'>;

const DAY_MS = 86_400_000;

const baudRate = z.union([z.int(), z.string()]).transform((value, ctx) => {
  const baud = parseBaud(String(value));
  return baud !== null && baud <= 1_000_000 ? baud : fail(ctx, 'is not a baud rate; write it like 9600 baud');
});

/** The keys that every such entry has; a driver adds its own. */
export const TALKER_KEYS = {
  id: deviceId,
  port: z.union([z.string().min(1), z.int().min(1).max(65_535)]),
  host: z.string().min(1).optional(),
  baud: baudRate.optional(),
  parity: z.enum(['none', 'even', 'odd']).optional(),
  'data-bits': z.literal([7, 8]).optional(),
  'stop-bits': z.literal([1, 2]).optional(),
  /** An unchanged value is told again after this time. */
  every: duration(1000, DAY_MS).default(10_000),
  'max-gap': duration(1000, 7 * DAY_MS).optional(),
  /** Time without a good frame after which the device is silent. */
  timeout: duration(200, 3_600_000).default(3000),
  /** Least time between two readings of a value that moves. */
  spacing: duration(100, DAY_MS).default(1000),
  zone: deviceId.optional(),
};

const common = closed(TALKER_KEYS);
export type TalkerSettings = z.output<typeof common>;

const SERIAL_KEYS = ['baud', 'parity', 'data-bits', 'stop-bits'] as const;

/** Checks an entry; what fields must be because of others is told together with the rest. */
export function checkTalker<T extends TalkerSettings>(
  schema: z.ZodType<T>,
  raw: unknown,
  more: readonly Problem[] = [],
): Checked<T> {
  const checked = check(schema, raw);
  const problems = [...(checked.ok ? [] : checked.problems), ...relations(raw), ...more];
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  return checked;
}

function relations(raw: unknown): Problem[] {
  const own = Object.fromEntries(Object.entries(mapOf(raw)).filter(([key]) => key in TALKER_KEYS));
  const { host, port, every, timeout, ...rest } = readable(closed(TALKER_KEYS).partial(), own);
  const problems: Problem[] = [];
  if (host === undefined && typeof port === 'number') {
    const message = 'must be a device file such as /dev/serial/by-id/…, or have a host beside it';
    problems.push({ path: ['port'], message, found: display(port) });
  }
  if (host !== undefined) {
    if (typeof port === 'string') {
      problems.push({ path: ['port'], message: 'must be a TCP port beside host', found: display(port) });
    }
    for (const key of SERIAL_KEYS.filter((k) => k in own)) {
      problems.push({ path: [key], message: 'has no meaning beside host: the serial server has it' });
    }
  }
  const gap = rest['max-gap'];
  const atLeast = (every ?? 10_000) + (timeout ?? 3000);
  if (gap !== undefined && gap < atLeast) {
    const message = `must be at least every and timeout, ${formatDuration(atLeast)}`;
    problems.push({ path: ['max-gap'], message, found: formatDuration(gap) });
  }
  return problems;
}

export function lineOf(settings: TalkerSettings, usual: SerialDefaults): TalkerLine {
  if (settings.host !== undefined) return { kind: 'tcp', host: settings.host, port: Number(settings.port) };
  return {
    kind: 'serial',
    path: String(settings.port),
    baud: settings.baud ?? usual.baud,
    parity: settings.parity ?? usual.parity,
    dataBits: settings['data-bits'] ?? usual.dataBits,
    stopBits: settings['stop-bits'] ?? usual.stopBits,
  };
}

export function openLine(line: TalkerLine): Line {
  return line.kind === 'serial' ? openSerialLine(line) : openTcpLine(line);
}

/** One stream of the device; the wire proves nothing about who spoke, so its source level is 1. */
export function streamOf(
  settings: TalkerSettings,
  own: Pick<StreamSpec, 'ch' | 'quantity' | 'unit' | 'exp' | 'urgent'>,
): StreamSpec {
  return {
    id: `${settings.id}/${own.ch}`,
    dev: settings.id,
    kind: 1,
    cadenceMs: settings.every,
    maxGapMs: settings['max-gap'] ?? 3 * settings.every + settings.timeout,
    place: settings.zone ?? '',
    src: 1,
    ...own,
  };
}
