import * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { closed, duration } from '../schema.ts';
import type { AreaPlan } from '../talker/area.ts';
import { AREAS, areaPlans, areaProblems } from '../talker/area-settings.ts';
import type { News } from '../talker/change-report.ts';
import type { Talker } from '../talker/connection.ts';
import { TALKER_KEYS, checkTalker, lineOf, streamOf } from '../talker/settings.ts';
import type { Packet } from './codec.ts';

/** A checked `ti-iwr6843` entry. */
export type RadarPlan = {
  readonly talker: Omit<Talker<Packet>, 'format' | 'understand'>;
  readonly holdMs: number;
  readonly areas: readonly AreaPlan[];
};

const USUAL = { baud: 921_600, dataBits: 8, parity: 'none', stopBits: 1 } as const;

const schema = closed({
  ...TALKER_KEYS,
  driver: z.literal('ti-iwr6843'),
  /** Presence ends after so long without anybody. */
  hold: duration(0, 3_600_000).default(1000),
  /** A distance that moved by at most so many mm is no news. */
  deadband: z.int().min(0).max(10_000).default(200),
  urgent: z.boolean().default(true),
  areas: AREAS,
});

export function planIwr6843(raw: unknown): Checked<RadarPlan> {
  const checked = checkTalker(schema, raw, areaProblems(raw));
  if (!checked.ok) return checked;
  const entry = checked.value;
  const { spacing, deadband, urgent } = entry;
  const atOnce = { deadband: 0, spacingMs: 0 };
  const stream = (
    ch: string,
    quantity: string,
    unit: string,
    isUrgent: boolean,
    zone = entry.zone,
  ): StreamSpec => streamOf({ ...entry, zone }, { ch, quantity, unit, exp: 0, urgent: isUrgent });
  const told: [StreamSpec, News][] = [
    [stream('presence', 'presence', '1', urgent), atOnce],
    [stream('targets', 'targets', '1', false), { deadband: 0, spacingMs: spacing }],
    [stream('nearest', 'distance', 'mm', false), { deadband, spacingMs: spacing }],
    ...entry.areas.flatMap(({ name, zone }): [StreamSpec, News][] => [
      [stream(`in-${name}`, 'presence', '1', urgent, zone), atOnce],
      [stream(`entry-${name}`, 'entry', '1', false, zone), atOnce],
    ]),
  ];
  const streams = told.map(([s]) => s);
  const news = new Map(told.map(([s, when]) => [s.id, when]));
  const { id, every: everyMs, timeout: timeoutMs } = entry;
  const talker = { id, everyMs, timeoutMs, streams, news, line: lineOf(entry, USUAL) };
  return { ok: true, value: { talker, holdMs: entry.hold, areas: areaPlans(entry) } };
}
