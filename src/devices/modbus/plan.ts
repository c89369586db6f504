import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import type { ProfileSource } from '../port.ts';
import { check, closed, deviceId, display, duration } from '../schema.ts';
import type { SerialOptions } from '../serial-line.ts';
import type { TcpOptions } from '../tcp-line.ts';
import { baudRate, checkProfile, dataBits, parity, stopBits } from './profile.ts';
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

const rtuSchema = closed({
  id: deviceId,
  driver: z.literal('modbus-rtu'),
  port: z.string().min(1),
  baud: baudRate.optional(),
  parity: parity.optional(),
  'data-bits': dataBits.optional(),
  'stop-bits': stopBits.optional(),
  timeout: timeout.default(300),
  slaves: z.array(slave(z.int().min(1).max(247))).min(1),
});

const tcpSchema = closed({
  id: deviceId,
  driver: z.literal('modbus-tcp'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(502),
  timeout: timeout.default(1000),
  slaves: z.array(slave(z.int().min(0).max(255))).min(1),
});

/** Checks a `modbus-rtu` entry. What the entry leaves open about the port, its profiles decide. */
export function planRtu(raw: unknown, profiles: ProfileSource): Checked<Plan<SerialOptions>> {
  const checked = check(rtuSchema, raw);
  const { found, problems } = profilesOf(raw, profiles);
  problems.push(...(checked.ok ? [] : checked.problems), ...duplicates(raw));
  if (!checked.ok) return { ok: false, problems };
  const entry = checked.value;
  const defaults = [...found.values()].flatMap((p) => p.serial ?? []);
  if (entry.baud === undefined && new Set(defaults.map((d) => JSON.stringify(d))).size !== 1) {
    const bauds = [...new Set(defaults.map((d) => d.baud))].join(' or ');
    problems.push({
      path: ['baud'],
      message: `is missing, and the profiles do not agree on one${bauds === '' ? '' : ` (${bauds})`}`,
    });
  }
  const usual = defaults[0];
  const line: SerialOptions = {
    path: entry.port,
    baud: entry.baud ?? usual?.baud ?? 9600,
    parity: entry.parity ?? usual?.parity ?? 'none',
    dataBits: entry['data-bits'] ?? usual?.dataBits ?? 8,
    stopBits: entry['stop-bits'] ?? usual?.stopBits ?? 1,
  };
  return complete(entry, line, found, problems);
}

/** Checks a `modbus-tcp` entry. */
export function planTcp(raw: unknown, profiles: ProfileSource): Checked<Plan<TcpOptions>> {
  const checked = check(tcpSchema, raw);
  const { found, problems } = profilesOf(raw, profiles);
  problems.push(...(checked.ok ? [] : checked.problems), ...duplicates(raw));
  if (!checked.ok) return { ok: false, problems };
  const entry = checked.value;
  return complete(entry, { host: entry.host, port: entry.port }, found, problems);
}

function complete<Line>(
  entry: { readonly id: string; readonly timeout: number; readonly slaves: readonly RawSlave[] },
  line: Line,
  found: ReadonlyMap<string, Profile>,
  problems: Problem[],
): Checked<Plan<Line>> {
  const slaves = entry.slaves.flatMap((s, i): SlavePlan[] => {
    const profile = found.get(s.profile);
    if (profile === undefined) return [];
    const timeoutMs = s.timeout ?? entry.timeout;
    const repeatMs = s.repeat ?? s.every;
    const gap = s['max-gap'];
    if (repeatMs < s.every) {
      problems.push({ path: ['slaves', i, 'repeat'], message: `must be at least every, ${s.every}ms` });
    }
    if (gap !== undefined && gap < repeatMs + timeoutMs) {
      const message = `must be at least the time between readings and the time-out, ${repeatMs + timeoutMs}ms`;
      problems.push({ path: ['slaves', i, 'max-gap'], message, found: `${gap}ms` });
    }
    const streams = profile.blocks.flatMap((b) =>
      streamsOf(s, b, timeoutMs * profile.blocks.length, repeatMs),
    );
    return [{ id: s.id, unit: s.unit, profile, everyMs: s.every, repeatMs, timeoutMs, streams }];
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: { id: entry.id, line, slaves } };
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

/** Looks up what the slaves name, even when the rest of the entry is wrong: all problems at once. */
function profilesOf(raw: unknown, profiles: ProfileSource) {
  const found = new Map<string, Profile>();
  const problems: Problem[] = [];
  for (const [i, node] of slavesIn(raw).entries()) {
    const name: unknown = node['profile'];
    if (typeof name !== 'string' || found.has(name)) continue;
    const path = ['slaves', i, 'profile'];
    const source = profiles(name);
    if (source === undefined || source === null) {
      problems.push({ path, message: 'is not a profile in config/profiles', found: name });
      continue;
    }
    const checked = checkProfile(name, source);
    if (checked.ok) found.set(name, checked.value);
    // Its problems lie in its own document, which configuration knows by the profile's name.
    else problems.push(...checked.problems.map((p) => ({ ...p, file: name })));
  }
  return { found, problems };
}

function duplicates(raw: unknown): Problem[] {
  return (['id', 'unit'] as const).flatMap((key) => {
    const first = new Map<unknown, number>();
    return slavesIn(raw).flatMap((node, i): Problem[] => {
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

function slavesIn(raw: unknown): Record<string, unknown>[] {
  const loose = z
    .looseObject({ slaves: z.array(z.record(z.string(), z.unknown()).catch({})) })
    .safeParse(raw);
  return loose.success ? loose.data.slaves : [];
}
