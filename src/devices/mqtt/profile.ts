import * as z from 'zod';
import { parseDecimal, ucumOf } from '../../domain/units.ts';
import type { Checked } from '../../domain/errors.ts';
import { check, closed, fail } from '../schema.ts';
import { DECODER_NAMES } from './decoders.ts';
import { isJsonPath } from './json-path.ts';
import { relationProblems } from './profile-relations.ts';
import { TIME_FORMS } from './time-field.ts';

/** Payload maps as they stand in config/profiles: data, so that a new sensor needs no code. */

const path = z.string().refine(isJsonPath, 'is not a path like a.b.0.c or *[Id=x].c');

/** A topic with `{topic}` and `{address}` of the device entry in it. */
const topic = z.string().regex(/^[^+#\0]{1,200}$/, 'must be a topic with {topic} in it and no wildcard');

const name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be small letters, digits or "-"');

const exponent = z.int().min(-9).max(9);

const unit = z.string().transform((text, ctx) => ucumOf(text) ?? fail(ctx, 'is not a known unit'));

/** An exact decimal; quoted, or a number short enough to be written as it was meant. */
const decimal = z
  .union([z.string(), z.number()])
  .transform((value, ctx) => parseDecimal(String(value)) ?? fail(ctx, 'is not a decimal like 0.1'));

const channel = closed({
  id: name,
  quantity: name,
  unit,
  exp: exponent,
  /** Outside of it a value is nonsense: kept, with quality outsideRange. */
  plausible: z.tuple([decimal, decimal]).optional(),
  urgent: z.boolean().default(false),
});

const value = closed({
  channel: name,
  path,
  required: z.boolean().default(false),
  /** What each word of the device is as a scaled value; JSON true and false are words too. */
  words: z.record(z.string(), z.int()).optional(),
  'number-as-text': z.boolean().default(false),
  round: z.boolean().default(false),
  scale: decimal.optional(),
  offset: decimal.optional(),
});

/** What must be so, or the message is refused: the body names this device, degrees are Celsius. */
const requirements = z
  .array(closed({ path, equals: z.string(), optional: z.boolean().default(false) }))
  .default([]);

const time = closed({ path, form: z.enum(TIME_FORMS), required: z.boolean().default(false) });

const health = closed({
  /** Without a path the whole payload is the word. */
  path: path.optional(),
  healthy: z.array(z.string()).default([]),
  unhealthy: z.array(z.string()).min(1),
  reason: path.optional(),
});

const message = closed({
  topic,
  require: requirements,
  time: time.optional(),
  /** What tells a repeat from a new message: `time`, or the path of a counter. */
  repeat: path.optional(),
  /** Values are in `object` when that is there, else in the bytes of `data` that the decoder reads. */
  binary: closed({
    decoder: z.enum(DECODER_NAMES),
    object: path.optional(),
    data: path,
    encoding: z.enum(['base64', 'hex']).default('base64'),
    /** Messages of the ports in `ignore` are known and say nothing of values. */
    port: closed({ path, is: z.int(), ignore: z.array(z.int()).default([]) }).optional(),
    /** What must be so of the decoded values. */
    require: requirements,
  }).optional(),
  values: z.array(value).default([]),
  /** Stored records in the same message, each with its own time. */
  history: closed({ path, time: closed({ path, form: z.enum(TIME_FORMS) }) }).optional(),
  health: health.optional(),
});

const command = closed({
  verb: name,
  topic,
  /** `{arg}` stands for the order's argument. */
  payload: z.string().max(1024),
  /** Where the device says that it did it; without it the broker's word is all there is. */
  confirm: closed({ topic, path: path.optional(), equals: z.string() }).optional(),
});

export const profileSchema = closed({
  driver: z.literal('mqtt'),
  title: z.string().min(1),
  channels: z.array(channel).default([]),
  messages: z.array(message).min(1),
  commands: z.array(command).default([]),
});

/** Checks a payload map; paths of problems are relative to the profile's document. */
export function checkProfile(raw: unknown): Checked<Profile> {
  const checked = check(profileSchema, raw);
  const problems = [...(checked.ok ? [] : checked.problems), ...relationProblems(raw)];
  return checked.ok && problems.length === 0 ? checked : { ok: false, problems };
}

export type Profile = z.output<typeof profileSchema>;
export type ProfileMessage = Profile['messages'][number];
export type ProfileCommand = Profile['commands'][number];

/** All templates of a profile, to see what a device entry must give. */
export function placeholdersOf(profile: Profile): ReadonlySet<string> {
  const found = JSON.stringify([profile.messages, profile.commands]).matchAll(/\{(topic|address)\}/g);
  return new Set([...found].map((m) => m[1] ?? ''));
}

/** Fills `{topic}`, `{address}` and `{arg}`; other braces stand for themselves. */
export function fill(template: string, by: Readonly<Record<string, string>>): string {
  return template.replace(/\{(topic|address|arg)\}/g, (whole, key: string) => by[key] ?? whole);
}
