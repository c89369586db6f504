import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { formatDuration } from '../../domain/units.ts';
import { namedProfiles } from '../named-profiles.ts';
import type { ProfileSource } from '../port.ts';
import { check, closed, deviceId, display, duration, mapOf, mapsIn, readable } from '../schema.ts';
import type { SerialOptions } from '../serial-line.ts';
import type { TcpOptions } from '../tcp-line.ts';
import { checkProfile } from './profile.ts';
import { baudRate, dataBits, parity, stopBits } from './profile-fields.ts';
import type { Block, Profile } from './profile.ts';

/** A checked `devices:` entry: a line with the slaves on it. */
export type Plan<Line> = { readonly id: string; readonly line: Line; readonly slaves: readonly SlavePlan[] };

export type SlavePlan = {
  readonly id: string;
  readonly unit: number;
  readonly profile: Profile;
  readonly everyMs: number;
  /** Unchanged bits are reported again after this time, ms. */
  readonly repeatMs: number;
  readonly timeoutMs: number;
  readonly streams: readonly StreamSpec[];
};

const DAY_MS = 86_400_000;
const timeout = duration(10, 30_000);
const RTU_TIMEOUT_MS = 300;
const TCP_TIMEOUT_MS = 1000;

const slave = (unit: z.ZodType<number>) =>
  closed({
    id: deviceId,
    unit,
    profile: z.string(),
    every: duration(20, DAY_MS),
    repeat: duration(20, DAY_MS).optional(),
    'max-gap': duration(20, 7 * DAY_MS).optional(),
    timeout: timeout.optional(),
    zone: deviceId.optional(),
  });
type RawSlave = z.output<ReturnType<typeof slave>>;

const LINE = closed({ timeout }).partial();
const RELATED = slave(z.int()).partial();

const rtuSchema = closed({
  id: deviceId,
  driver: z.literal('modbus-rtu'),
  port: z.string().min(1),
  baud: baudRate.optional(),
  parity: parity.optional(),
  'data-bits': dataBits.optional(),
  'stop-bits': stopBits.optional(),
  timeout: timeout.default(RTU_TIMEOUT_MS),
  slaves: z.array(slave(z.int().min(1).max(247))).min(1),
});

const tcpSchema = closed({
  id: deviceId,
  driver: z.literal('modbus-tcp'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(502),
  timeout: timeout.default(TCP_TIMEOUT_MS),
  slaves: z.array(slave(z.int().min(0).max(255))).min(1),
});

/** Checks a `modbus-rtu` entry. What the entry leaves open about the port, its profiles decide. */
export function planRtu(raw: unknown, profiles: ProfileSource): Checked<Plan<SerialOptions>> {
  const checked = check(rtuSchema, raw);
  const { found, problems } = namedProfiles(raw, 'slaves', profiles, (source, name) =>
    checkProfile(name, source),
  );
  const defaults = [...found.values()].flatMap((p) => p.serial ?? []);
  problems.push(...(checked.ok ? [] : checked.problems), ...slaveProblems(raw, RTU_TIMEOUT_MS));
  if (
    !('baud' in mapOf(raw)) &&
    found.size > 0 &&
    new Set(defaults.map((d) => JSON.stringify(d))).size !== 1
  ) {
    const bauds = [...new Set(defaults.map((d) => d.baud))].join(' or ');
    problems.push({
      path: ['baud'],
      message: `is missing, and the profiles do not agree on one${bauds === '' ? '' : ` (${bauds})`}`,
    });
  }
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  const entry = checked.value;
  const usual = defaults[0];
  const line: SerialOptions = {
    path: entry.port,
    baud: entry.baud ?? usual?.baud ?? 9600,
    parity: entry.parity ?? usual?.parity ?? 'none',
    dataBits: entry['data-bits'] ?? usual?.dataBits ?? 8,
    stopBits: entry['stop-bits'] ?? usual?.stopBits ?? 1,
  };
  return { ok: true, value: complete(entry, line, found) };
}

/** Checks a `modbus-tcp` entry. */
export function planTcp(raw: unknown, profiles: ProfileSource): Checked<Plan<TcpOptions>> {
  const checked = check(tcpSchema, raw);
  const { found, problems } = namedProfiles(raw, 'slaves', profiles, (source, name) =>
    checkProfile(name, source),
  );
  problems.push(...(checked.ok ? [] : checked.problems), ...slaveProblems(raw, TCP_TIMEOUT_MS));
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  const entry = checked.value;
  return { ok: true, value: complete(entry, { host: entry.host, port: entry.port }, found) };
}

function complete<Line>(
  entry: { readonly id: string; readonly timeout: number; readonly slaves: readonly RawSlave[] },
  line: Line,
  found: ReadonlyMap<string, Profile>,
): Plan<Line> {
  const slaves = entry.slaves.flatMap((s): SlavePlan[] => {
    const profile = found.get(s.profile);
    if (profile === undefined) return [];
    const timeoutMs = s.timeout ?? entry.timeout;
    const repeatMs = s.repeat ?? s.every;
    const streams = profile.blocks.flatMap((b) =>
      streamsOf(s, b, timeoutMs * profile.blocks.length, repeatMs),
    );
    return [{ id: s.id, unit: s.unit, profile, everyMs: s.every, repeatMs, timeoutMs, streams }];
  });
  return { id: entry.id, line, slaves };
}

function streamsOf(s: RawSlave, block: Block, timeoutsMs: number, repeatMs: number): StreamSpec[] {
  return block.channels.map((channel) => {
    const cadenceMs = Math.max(channel.type === 'bit' ? repeatMs : s.every, block.everyMs ?? 0);
    const gap = block.everyMs === null ? s['max-gap'] : undefined;
    return {
      id: `${s.id}/${channel.name}`,
      dev: s.id,
      ch: channel.name,
      kind: 1,
      quantity: channel.quantity,
      unit: channel.unit,
      exp: channel.exp,
      cadenceMs,
      maxGapMs: gap ?? 3 * cadenceMs + timeoutsMs,
      place: s.zone ?? '',
      src: 1,
      urgent: channel.urgent,
    };
  });
}

/** What fields of a slave must be because of others, as far as these can be read. */
function slaveProblems(raw: unknown, usualTimeoutMs: number): Problem[] {
  const problems = duplicates(raw);
  const own = readable(LINE, { timeout: mapOf(raw)['timeout'] });
  for (const [i, written] of mapsIn(raw, 'slaves').entries()) {
    const s = readable(RELATED, written);
    if (s.every === undefined) continue;
    const repeatMs = s.repeat ?? s.every;
    const atLeast = repeatMs + (s.timeout ?? own.timeout ?? usualTimeoutMs);
    const gap = s['max-gap'];
    if (repeatMs < s.every) {
      const message = `must be at least every, ${formatDuration(s.every)}`;
      problems.push({ path: ['slaves', i, 'repeat'], message, found: formatDuration(repeatMs) });
    }
    if (gap !== undefined && gap < atLeast) {
      const message = `must be at least the time between readings and the time-out, ${formatDuration(atLeast)}`;
      problems.push({ path: ['slaves', i, 'max-gap'], message, found: formatDuration(gap) });
    }
  }
  return problems;
}

function duplicates(raw: unknown): Problem[] {
  return (['id', 'unit'] as const).flatMap((key) => {
    const first = new Map<unknown, number>();
    return mapsIn(raw, 'slaves').flatMap((node, i): Problem[] => {
      const value: unknown = node[key];
      if (value === undefined) return [];
      const before = first.get(value);
      if (before === undefined) {
        first.set(value, i);
        return [];
      }
      const message = `must be different from that of slaves.${before}`;
      return [{ path: ['slaves', i, key], message, found: display(value) }];
    });
  });
}
