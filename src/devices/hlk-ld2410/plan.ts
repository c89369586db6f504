import * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import type { News } from '../talker/change-report.ts';
import type { Talker } from '../talker/connection.ts';
import { TALKER_KEYS, checkTalker, lineOf, streamOf } from '../talker/settings.ts';
import { closed, duration } from '../schema.ts';
import type { Frame } from './codec.ts';

/** A checked `hlk-ld2410` entry. */
export type RadarPlan = {
  readonly talker: Omit<Talker<Frame>, 'format' | 'understand' | 'greeting'>;
  readonly holdMs: number;
  readonly engineering: boolean;
};

const USUAL = { baud: 256_000, dataBits: 8, parity: 'none', stopBits: 1 } as const;
/** An energy that moved by less is no news, percent; of the light sensor, steps. */
const ENERGY_DEADBAND = 10;

const schema = closed({
  ...TALKER_KEYS,
  driver: z.literal('hlk-ld2410'),
  /** Presence ends after so long without a target. */
  hold: duration(0, 3_600_000).default(2000),
  /** A distance that moved by at most so many cm is no news. */
  deadband: z.int().min(0).max(1000).default(30),
  urgent: z.boolean().default(true),
  engineering: z.boolean().default(false),
});

export const GATE_NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;

export function planLd2410(raw: unknown): Checked<RadarPlan> {
  const checked = checkTalker(schema, raw);
  if (!checked.ok) return checked;
  const entry = checked.value;
  const { spacing, deadband, urgent, engineering } = entry;
  const streams: StreamSpec[] = [];
  const news = new Map<StreamSpec['id'], News>();
  const add = (ch: string, quantity: string, unit: string, when: News, isUrgent = false): void => {
    const stream = streamOf(entry, { ch, quantity, unit, exp: 0, urgent: isUrgent });
    streams.push(stream);
    news.set(stream.id, when);
  };
  const distance = { deadband, spacingMs: spacing };
  const energy = { deadband: ENERGY_DEADBAND, spacingMs: spacing };
  const state = { deadband: 0, spacingMs: spacing };
  add('presence', 'presence', '1', { deadband: 0, spacingMs: 0 }, urgent);
  add('moving', 'moving', '1', state);
  add('stationary', 'stationary', '1', state);
  add('distance', 'distance', 'cm', distance);
  for (const kind of ['moving', 'stationary']) {
    add(`${kind}-distance`, 'distance', 'cm', distance);
    add(`${kind}-energy`, 'energy', '%', energy);
  }
  if (engineering) {
    for (const n of GATE_NUMBERS) {
      add(`moving-gate-${n}`, 'energy', '%', energy);
      add(`stationary-gate-${n}`, 'energy', '%', energy);
    }
    add('light', 'light', '1', energy);
    add('out', 'out', '1', state);
  }
  const { id, every: everyMs, timeout: timeoutMs } = entry;
  const talker = { id, everyMs, timeoutMs, streams, news, line: lineOf(entry, USUAL) };
  return { ok: true, value: { talker, holdMs: entry.hold, engineering } };
}
