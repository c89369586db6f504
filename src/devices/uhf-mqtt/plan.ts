import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { formatDuration } from '../../domain/units.ts';
import type { DwellSettings } from '../dwell.ts';
import { SUBSCRIPTION_KEYS, subscriptionProblems, withoutSecret } from '../mqtt/subscription.ts';
import type { SubscriptionSettings } from '../mqtt/subscription.ts';
import { check, closed, deviceId, duration, mapsIn, readable } from '../schema.ts';
import type { Point } from '../tags/read-points.ts';

const DAY_MS = 86_400_000;

const topic = z.string().regex(/^[^+#\0]{1,256}$/, 'must be one topic, without + and #');

const pointSchema = closed({
  name: deviceId,
  antennas: z.array(z.int().min(1).max(64)).min(1),
  zone: deviceId.optional(),
});

const readerSchema = closed({
  id: deviceId,
  /** Of its tag data, and of its health where that has a topic of its own. */
  topics: z.array(topic).min(1),
  /** What the broker says when the reader is gone, as set up in the reader. */
  will: closed({ topic, says: z.string().min(1).max(200) }).optional(),
  /** A reader of which nothing at all was heard for so long is silent. */
  timeout: duration(1000, DAY_MS).default(30_000),
  every: duration(1000, DAY_MS).default(10_000),
  'max-gap': duration(1000, 7 * DAY_MS).optional(),
  /** With more than nothing a new tag is acknowledged before it is on disk. */
  settle: duration(0, 60_000).default(0),
  gone: duration(500, DAY_MS).default(5000),
  /** Tags that are always there, so that a reader that works has something to say; they are no goods. */
  reference: z.array(z.string().regex(/^(?:[0-9A-Fa-f]{2})+$/, 'must be an EPC in hex')).default([]),
  points: z.array(pointSchema).min(1),
});

const schema = closed({
  ...SUBSCRIPTION_KEYS,
  driver: z.enum(['impinj-iot', 'zebra-iot']),
  'max-packet': SUBSCRIPTION_KEYS['max-packet'].unwrap().default(65_536),
  readers: z.array(readerSchema).min(1),
});

type ReaderSettings = z.output<typeof readerSchema>;

/** One reader, as its entry was understood. */
export type PlannedReader = {
  readonly id: string;
  readonly topics: readonly string[];
  readonly will: { readonly topic: string; readonly says: string } | null;
  readonly timeoutMs: number;
  readonly everyMs: number;
  readonly dwell: DwellSettings;
  /** Lower-case hex. */
  readonly reference: ReadonlySet<string>;
  readonly points: readonly Point[];
};

/** A checked `impinj-iot` or `zebra-iot` entry. */
export type TagPlan = {
  readonly settings: SubscriptionSettings;
  readonly readers: readonly PlannedReader[];
  readonly streams: readonly StreamSpec[];
};

/** Checks everything and gives all problems at once. */
export function planTags(raw: unknown): Checked<TagPlan> {
  const checked = check(schema, raw);
  const problems = checked.ok ? [] : checked.problems.map(withoutSecret);
  problems.push(...subscriptionProblems(raw), ...readerProblems(raw));
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  const settings = checked.value;
  return {
    ok: true,
    value: {
      settings,
      readers: settings.readers.map(plannedOf),
      streams: settings.readers.flatMap(streamsOf),
    },
  };
}

function plannedOf(r: ReaderSettings): PlannedReader {
  return {
    id: r.id,
    topics: r.topics,
    will: r.will ?? null,
    timeoutMs: r.timeout,
    everyMs: r.every,
    dwell: { settleMs: r.settle, refreshMs: r.every, goneMs: r.gone },
    reference: new Set(r.reference.map((epc) => epc.toLowerCase())),
    points: r.points.map((p) => ({
      name: p.name,
      antennas: p.antennas,
      seen: `${r.id}/${p.name}`,
      count: `${r.id}/${p.name}-tags`,
    })),
  };
}

/** A broker elsewhere vouches for itself, not for who published: source level 1. */
function streamsOf(r: ReaderSettings): StreamSpec[] {
  return r.points.flatMap((p): StreamSpec[] => {
    const common = {
      dev: r.id,
      unit: '1',
      exp: 0,
      cadenceMs: r.every,
      maxGapMs: r['max-gap'] ?? 3 * r.every + r.timeout,
      place: p.zone ?? '',
      src: 1,
      urgent: false,
    } as const;
    return [
      { ...common, id: `${r.id}/${p.name}`, ch: p.name, kind: 2, quantity: 'tag' },
      { ...common, id: `${r.id}/${p.name}-tags`, ch: `${p.name}-tags`, kind: 1, quantity: 'tags' },
    ];
  });
}

function readerProblems(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const ids: string[] = [];
  const topics: string[] = [];
  for (const [i, written] of mapsIn(raw, 'readers').entries()) {
    const r = readable(readerSchema.partial(), written);
    const at = ['readers', i];
    if (r.id !== undefined && ids.includes(r.id)) {
      problems.push({ path: [...at, 'id'], message: 'is the id of another reader', found: r.id });
    }
    if (r.id !== undefined) ids.push(r.id);
    (r.topics ?? []).forEach((own, k) => {
      if (topics.includes(own)) {
        problems.push({ path: [...at, 'topics', k], message: 'is read by a reader already', found: own });
      }
      topics.push(own);
    });
    const [gap, every = 10_000] = [r['max-gap'], r.every];
    if (gap !== undefined && gap <= every) {
      const message = `must be more than every, ${formatDuration(every)}`;
      problems.push({ path: [...at, 'max-gap'], message, found: formatDuration(gap) });
    }
    problems.push(...pointProblems(written, at));
  }
  return problems;
}

function pointProblems(written: unknown, at: readonly (string | number)[]): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<number, string>();
  const names: string[] = [];
  for (const [k, point] of mapsIn(written, 'points').entries()) {
    const { name, antennas = [] } = readable(pointSchema.partial(), point);
    if (name !== undefined) {
      const taken = names.some((own) => [own, `${own}-tags`].includes(name) || own === `${name}-tags`);
      if (taken) {
        problems.push({
          path: [...at, 'points', k, 'name'],
          message: 'is the name of another read point',
          found: name,
        });
      }
      names.push(name);
    }
    antennas.forEach((antenna, n) => {
      const owner = owners.get(antenna);
      if (owner === undefined) owners.set(antenna, name ?? 'another read point');
      else {
        const path = [...at, 'points', k, 'antennas', n];
        problems.push({ path, message: `looks at ${owner} already`, found: String(antenna) });
      }
    });
  }
  return problems;
}
