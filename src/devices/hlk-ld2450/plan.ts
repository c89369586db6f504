import * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import type { News } from '../talker/change-report.ts';
import type { Talker } from '../talker/connection.ts';
import { TALKER_KEYS, checkTalker, lineOf, streamOf } from '../talker/settings.ts';
import { closed, duration } from '../schema.ts';
import type { AreaPlan } from '../talker/area.ts';
import { AREAS, areaPlans, areaProblems } from '../talker/area-settings.ts';
import type { Targets } from './codec.ts';

/** A checked `hlk-ld2450` entry. */
export type RadarPlan = {
  readonly talker: Omit<Talker<Targets>, 'format' | 'understand'>;
  readonly holdMs: number;
  /** Whether each target's place and speed are streams too. */
  readonly positions: boolean;
  readonly areas: readonly AreaPlan[];
};

const USUAL = { baud: 256_000, dataBits: 8, parity: 'none', stopBits: 1 } as const;

const HOUR_MS = 3_600_000;
const schema = closed({
  ...TALKER_KEYS,
  driver: z.literal('hlk-ld2450'),
  /** Presence ends after so long without a target: the radar loses who stands still. */
  hold: duration(0, HOUR_MS).default(2000),
  /** A distance that moved by at most so many mm is no news. */
  deadband: z.int().min(0).max(10_000).default(200),
  urgent: z.boolean().default(true),
  positions: z.boolean().default(false),
  areas: AREAS,
});

export function planLd2450(raw: unknown): Checked<RadarPlan> {
  const checked = checkTalker(schema, raw, areaProblems(raw));
  if (!checked.ok) return checked;
  const entry = checked.value;
  const { spacing, deadband, urgent } = entry;
  const streams: StreamSpec[] = [];
  const news = new Map<StreamSpec['id'], News>();
  const add = (
    ch: string,
    quantity: string,
    unit: string,
    when: News,
    isUrgent = false,
    zone = entry.zone,
  ) => {
    const stream = streamOf({ ...entry, zone }, { ch, quantity, unit, exp: 0, urgent: isUrgent });
    streams.push(stream);
    news.set(stream.id, when);
  };
  const atOnce = { deadband: 0, spacingMs: 0 };
  const moving = { deadband, spacingMs: spacing };
  add('presence', 'presence', '1', atOnce, urgent);
  add('targets', 'targets', '1', { deadband: 0, spacingMs: spacing });
  add('nearest', 'distance', 'mm', moving);
  for (const n of entry.positions ? [1, 2, 3] : []) {
    add(`x-${n}`, 'position', 'mm', moving);
    add(`y-${n}`, 'position', 'mm', moving);
    add(`speed-${n}`, 'speed', 'cm/s', { deadband: Math.ceil(deadband / 10), spacingMs: spacing });
  }
  for (const { name, zone } of entry.areas) {
    add(`in-${name}`, 'presence', '1', atOnce, urgent, zone ?? entry.zone);
    add(`entry-${name}`, 'entry', '1', atOnce, false, zone ?? entry.zone);
  }
  const { id, every: everyMs, timeout: timeoutMs } = entry;
  return {
    ok: true,
    value: {
      talker: { id, everyMs, timeoutMs, streams, news, line: lineOf(entry, USUAL) },
      holdMs: entry.hold,
      positions: entry.positions,
      areas: areaPlans(entry),
    },
  };
}
