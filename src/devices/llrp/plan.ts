import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { formatDuration } from '../../domain/units.ts';
import type { DwellSettings } from '../dwell.ts';
import {
  check,
  closed,
  deviceId,
  duration,
  fail,
  mapOf,
  mapsIn,
  readable,
  secretReference,
} from '../schema.ts';
import type { Point } from '../tags/read-points.ts';
import type { TcpOptions } from '../tcp-line.ts';
import type { TlsFiles } from '../tls-files.ts';

const DAY_MS = 86_400_000;

/** `27 dBm`, to 1/100. */
const power = z.string().transform((text, ctx) => {
  const match = /^(\d{1,2}(?:\.\d{1,2})?) ?dBm$/.exec(text);
  return match === null ? fail(ctx, 'must be like 27 dBm') : Math.round(Number(match[1]) * 100);
});

const point = closed({
  name: deviceId,
  antennas: z.array(z.int().min(1).max(255)).min(1),
  power: power.optional(),
  zone: deviceId.optional(),
});

const tls = closed({
  /** Whom we trust to be the reader: the authority that signed its certificate, or that itself. */
  ca: secretReference,
  /** The name in the reader's certificate, where it is not its host. */
  name: z.string().min(1).max(253).optional(),
  /** Who we are, for a reader that asks. */
  cert: secretReference.optional(),
  key: secretReference.optional(),
});

/** LLRP 1.1, and its port under TLS. */
const [PORT, SECURE_PORT] = [5084, 5085];

const schema = closed({
  id: deviceId,
  driver: z.literal('llrp').optional(),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).optional(),
  tls: tls.optional(),
  session: z.literal([0, 1, 2, 3]).default(1),
  population: z.int().min(1).max(65_535).default(32),
  mode: z.int().min(0).max(65_535).optional(),
  tid: z.boolean().default(false),
  keepalive: duration(500, 60_000).default(5000),
  every: duration(1000, DAY_MS).default(10_000),
  'max-gap': duration(1000, 7 * DAY_MS).optional(),
  settle: duration(0, 60_000).default(1000),
  gone: duration(500, DAY_MS).default(5000),
  points: z.array(point).min(1),
});

type Settings = z.output<typeof schema>;

/** What the reader is told to do. */
export type Inventory = {
  readonly session: 0 | 1 | 2 | 3;
  readonly population: number;
  /** Index of an RF mode of the reader; null leaves it to the reader. */
  readonly mode: number | null;
  readonly tid: boolean;
  readonly keepaliveMs: number;
  /** In 1/100 dBm; null leaves it to the reader. */
  readonly antennas: readonly { readonly id: number; readonly power: number | null }[];
};

/** A checked `devices:` entry. */
export type LlrpPlan = {
  readonly id: string;
  readonly line: Pick<TcpOptions, 'host' | 'port'>;
  /** References to the files; null for a reader that speaks in clear. */
  readonly tls: {
    readonly files: Record<keyof TlsFiles, string | undefined>;
    readonly name: string | null;
  } | null;
  readonly inventory: Inventory;
  readonly everyMs: number;
  readonly dwell: DwellSettings;
  readonly points: readonly Point[];
  readonly streams: readonly StreamSpec[];
};

/** Checks an entry; all problems at once. */
export function planLlrp(raw: unknown): Checked<LlrpPlan> {
  const checked = check(schema, raw);
  const problems = [...(checked.ok ? [] : checked.problems), ...relations(raw)];
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  const s = checked.value;
  const points = s.points.map((p): Point => {
    return { name: p.name, antennas: p.antennas, seen: `${s.id}/${p.name}`, count: `${s.id}/${p.name}-tags` };
  });
  return {
    ok: true,
    value: {
      id: s.id,
      line: { host: s.host, port: s.port ?? (s.tls === undefined ? PORT : SECURE_PORT) },
      tls: tlsOf(s),
      inventory: {
        session: s.session,
        population: s.population,
        mode: s.mode ?? null,
        tid: s.tid,
        keepaliveMs: s.keepalive,
        antennas: s.points.flatMap((p) => p.antennas.map((id) => ({ id, power: p.power ?? null }))),
      },
      everyMs: s.every,
      dwell: { settleMs: s.settle, refreshMs: s.every, goneMs: s.gone },
      points,
      streams: s.points.flatMap((p, i) => streamsOf(s, p.zone ?? '', points[i])),
    },
  };
}

function tlsOf({ tls: written }: Settings): LlrpPlan['tls'] {
  if (written === undefined) return null;
  const { ca, cert, key, name = null } = written;
  return { files: { ca, cert, key }, name };
}

function streamsOf(settings: Settings, place: string, own: Point | undefined): StreamSpec[] {
  if (own === undefined) return [];
  const common = {
    dev: settings.id,
    unit: '1',
    exp: 0,
    cadenceMs: settings.every,
    maxGapMs: settings['max-gap'] ?? 3 * settings.every + 3 * settings.keepalive,
    place,
    src: settings.tls === undefined ? (1 as const) : (2 as const),
    urgent: false,
  };
  return [
    { ...common, id: own.seen, ch: own.name, kind: 2, quantity: 'tag' },
    { ...common, id: own.count, ch: `${own.name}-tags`, kind: 1, quantity: 'tags' },
  ];
}

function relations(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<number, string>();
  const names = new Set<string>();
  mapsIn(raw, 'points').forEach((written, i) => {
    const { name, antennas = [] } = readable(point.partial(), written);
    if (name !== undefined && (names.has(name) || names.has(name.replace(/-tags$/, '')))) {
      problems.push({
        path: ['points', i, 'name'],
        message: 'is the name of another read point',
        found: name,
      });
    }
    if (name !== undefined) names.add(name);
    antennas.forEach((id, k) => {
      const owner = owners.get(id);
      if (owner === undefined) owners.set(id, name ?? '');
      else {
        const message = `looks at ${owner === '' ? 'another read point' : owner} already`;
        problems.push({ path: ['points', i, 'antennas', k], message, found: String(id) });
      }
    });
  });
  const { cert, key } = readable(tls.partial(), mapOf(raw)['tls']);
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? 'cert' : 'key';
    problems.push({ path: ['tls', missing], message: 'is missing; cert and key belong together' });
  }
  const fields = readable(
    closed({ every: schema.shape.every, 'max-gap': schema.shape['max-gap'] }).partial(),
    {
      ...('every' in mapOf(raw) && { every: mapOf(raw)['every'] }),
      ...('max-gap' in mapOf(raw) && { 'max-gap': mapOf(raw)['max-gap'] }),
    },
  );
  const [every, gap] = [fields.every ?? 10_000, fields['max-gap']];
  if (gap !== undefined && gap <= every) {
    const message = `must be more than every, ${formatDuration(every)}`;
    problems.push({ path: ['max-gap'], message, found: formatDuration(gap) });
  }
  return problems;
}
