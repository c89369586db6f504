import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamId, StreamSpec } from '../../domain/stream.ts';
import { formatDuration, scale, type Decimal } from '../../domain/units.ts';
import { SUBSCRIPTION_KEYS, subscriptionProblems, withoutSecret } from '../mqtt/subscription.ts';
import type { SubscriptionSettings } from '../mqtt/subscription.ts';
import type { ValueRule } from '../mqtt/value-field.ts';
import { namedProfiles } from '../named-profiles.ts';
import type { ProfileSource } from '../port.ts';
import { check, closed, deviceId, display, duration, mapsIn, readable } from '../schema.ts';
import { checkProfile, type Profile } from './profile.ts';

const DAY_MS = 86_400_000;

const element = z.string().regex(/^[^+#/\0]{1,128}$/, 'must be one level of a topic');

const deviceSchema = closed({
  id: deviceId,
  group: element,
  node: element,
  /** Left out for metrics of the edge node itself. */
  device: element.optional(),
  profile: z.string().min(1),
  /** An unchanged value is told again after this time. */
  every: duration(1000, DAY_MS).default(10_000),
  'max-gap': duration(1000, 7 * DAY_MS).optional(),
  zone: deviceId.optional(),
});

const schema = closed({
  ...SUBSCRIPTION_KEYS,
  driver: z.literal('sparkplug'),
  /** Our name as the primary host that edge nodes wait for; left out where we are none. */
  host: element.optional(),
  'max-packet': SUBSCRIPTION_KEYS['max-packet'].unwrap().default(65_536),
  /** How long a message may be late behind those that were sent after it. */
  reorder: duration(100, 60_000).default(2000),
  /** Least time between two requests for a rebirth to one node. */
  'rebirth-spacing': duration(1000, 3_600_000).default(10_000),
  devices: z.array(deviceSchema).min(1),
});

/** One metric that is a stream. */
export type MetricField = {
  readonly metric: string;
  readonly stream: StreamId;
  readonly rule: ValueRule;
  readonly least: number;
  readonly most: number;
  readonly maxGapMs: number;
};

/** What an order makes of a metric. */
type MetricCommand = Profile['commands'][number];

/** One device of an edge node, or the node itself. */
export type PlannedDevice = {
  readonly id: string;
  readonly group: string;
  readonly node: string;
  readonly device: string | null;
  readonly everyMs: number;
  readonly fields: readonly MetricField[];
  /** By verb. */
  readonly commands: ReadonlyMap<string, MetricCommand>;
};

/** A checked `sparkplug` entry. */
export type SparkplugPlan = {
  readonly settings: SubscriptionSettings;
  /** Null where we are no primary host. */
  readonly host: string | null;
  readonly reorderMs: number;
  readonly spacingMs: number;
  readonly devices: readonly PlannedDevice[];
  readonly streams: readonly StreamSpec[];
  readonly profiles: readonly string[];
};

type DeviceSettings = z.output<typeof deviceSchema>;

/** Checks everything and gives all problems at once. */
export function planSparkplug(raw: unknown, profiles: ProfileSource): Checked<SparkplugPlan> {
  const checked = check(schema, raw);
  const { found, problems } = namedProfiles(raw, 'devices', profiles, checkProfile);
  if (!checked.ok) problems.push(...checked.problems.map(withoutSecret));
  problems.push(...subscriptionProblems(raw), ...deviceProblems(raw));
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  const settings = checked.value;
  const { reorder, 'rebirth-spacing': spacing, devices } = settings;
  const planned = devices.flatMap((d) => {
    const profile = found.get(d.profile);
    return profile === undefined ? [] : [planDevice(d, profile)];
  });
  return {
    ok: true,
    value: {
      settings,
      host: settings.host ?? null,
      reorderMs: reorder,
      spacingMs: spacing,
      devices: planned.map((p) => p.device),
      streams: planned.flatMap((p) => p.streams),
      profiles: [...found.keys()],
    },
  };
}

function planDevice(d: DeviceSettings, profile: Profile) {
  const streams = profile.channels.map((c) => streamOf(d, c));
  const fields = profile.channels.map((c): MetricField => {
    const rule: ValueRule = {
      exp: c.exp,
      words: c.words === undefined ? null : new Map(Object.entries(c.words)),
      numberAsText: false,
      round: c.round,
      scale: c.scale ?? null,
      offset: c.offset ?? null,
    };
    return {
      metric: c.metric,
      stream: `${d.id}/${c.id}`,
      rule,
      least: bound(c.plausible?.[0], c.exp, Number.NEGATIVE_INFINITY),
      most: bound(c.plausible?.[1], c.exp, Number.POSITIVE_INFINITY),
      maxGapMs: maxGapOf(d),
    };
  });
  const { id, group, node, device = null, every } = d;
  const commands = new Map(profile.commands.map((c) => [c.verb, c]));
  return { device: { id, group, node, device, everyMs: every, fields, commands }, streams };
}

/** A broker elsewhere vouches for itself, not for who published: source level 1. */
function streamOf(d: DeviceSettings, c: Profile['channels'][number]): StreamSpec {
  return {
    id: `${d.id}/${c.id}`,
    dev: d.id,
    ch: c.id,
    kind: 1,
    quantity: c.quantity,
    unit: c.unit,
    exp: c.exp,
    cadenceMs: d.every,
    maxGapMs: maxGapOf(d),
    place: d.zone ?? '',
    src: 1,
    urgent: c.urgent,
  };
}

function maxGapOf(d: DeviceSettings): number {
  return d['max-gap'] ?? 3 * d.every;
}

function bound(limit: Decimal | undefined, exp: number, none: number): number {
  return limit === undefined ? none : (scale(limit, exp) ?? limit.digits * 10 ** (limit.exp - exp));
}

function deviceProblems(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const ids: unknown[] = [];
  const sources: string[] = [];
  for (const [i, written] of mapsIn(raw, 'devices').entries()) {
    const d = readable(deviceSchema.partial(), written);
    if (d.id !== undefined && ids.includes(d.id)) {
      problems.push({ path: ['devices', i, 'id'], message: 'is the id of another device', found: d.id });
    }
    ids.push(d.id);
    const source = JSON.stringify([d.group, d.node, d.device ?? null]);
    if (d.group !== undefined && d.node !== undefined && sources.includes(source)) {
      const message = 'is read by another entry already';
      problems.push({ path: ['devices', i, 'device'], message, found: display(d.device ?? d.node) });
    }
    sources.push(source);
    const [gap, every = 10_000] = [d['max-gap'], d.every];
    if (gap !== undefined && gap < every) {
      const message = `must be at least every, ${formatDuration(every)}`;
      problems.push({ path: ['devices', i, 'max-gap'], message, found: formatDuration(gap) });
    }
  }
  return problems;
}
