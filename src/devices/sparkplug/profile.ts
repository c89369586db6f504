import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import { parseDecimal, ucumOf } from '../../domain/units.ts';
import { check, closed, fail, mapsIn } from '../schema.ts';

/** Which metrics of a device are streams: data in config/profiles, so that a new one needs no code. */

const name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be small letters, digits or "-"');

/** An exact decimal; quoted, or a number short enough to be written as it was meant. */
const decimal = z
  .union([z.string(), z.number()])
  .transform((value, ctx) => parseDecimal(String(value)) ?? fail(ctx, 'is not a decimal like 0.1'));

const channel = closed({
  id: name,
  /** The metric's name, as the birth gives it. */
  metric: z.string().min(1).max(200),
  quantity: name,
  unit: z.string().transform((text, ctx) => ucumOf(text) ?? fail(ctx, 'is not a known unit')),
  exp: z.int().min(-9).max(9),
  plausible: z.tuple([decimal, decimal]).optional(),
  urgent: z.boolean().default(false),
  /** What each word is as a scaled value; true and false are words too. */
  words: z.record(z.string(), z.int()).optional(),
  /** Cut to the stream's resolution; without it a finer number is refused. */
  round: z.boolean().default(false),
  scale: decimal.optional(),
  offset: decimal.optional(),
});

/** An order: what the metric becomes, and is said to be when it was carried out. */
const command = closed({
  verb: name,
  metric: z.string().min(1).max(200),
  value: z.union([z.boolean(), z.number(), z.string().max(1024)]),
});

const schema = closed({
  driver: z.literal('sparkplug'),
  title: z.string().min(1),
  channels: z.array(channel).min(1),
  commands: z.array(command).default([]),
});

export type Profile = z.output<typeof schema>;

/** Checks a profile; paths of problems are relative to its document. */
export function checkProfile(raw: unknown): Checked<Profile> {
  const checked = check(schema, raw);
  const problems = [
    ...(checked.ok ? [] : checked.problems),
    ...twice(raw, 'channels', 'id'),
    ...twice(raw, 'channels', 'metric'),
    ...twice(raw, 'commands', 'verb'),
  ];
  return checked.ok && problems.length === 0 ? checked : { ok: false, problems };
}

function twice(raw: unknown, list: 'channels' | 'commands', key: 'id' | 'metric' | 'verb'): Problem[] {
  const all = mapsIn(raw, list).map((c) => c[key]);
  return all.flatMap((value, i): Problem[] =>
    typeof value === 'string' && all.indexOf(value) !== i
      ? [{ path: [list, i, key], message: 'stands here twice', found: value }]
      : [],
  );
}
