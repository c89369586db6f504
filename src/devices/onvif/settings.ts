import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { SourceLevel, StreamId, StreamSpec } from '../../domain/stream.ts';
import { formatDuration } from '../../domain/units.ts';
import { check, closed, deviceId, display, duration, fail, mapsIn, secretReference } from '../schema.ts';
import { CONDITIONS, MEANINGS, type Condition, type Meaning } from './conditions.ts';
import { withoutPrefixes } from './event-message.ts';

const DAY_MS = 86_400_000;

const address = z.string().transform((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return url;
  return fail(ctx, 'must be like http://192.0.2.64/onvif/device_service, without user and password');
});

const inputSchema = closed({
  id: deviceId,
  is: z.enum(CONDITIONS).optional(),
  topic: z
    .string()
    .regex(/^[^\s]{1,200}$/, 'must be a topic without spaces')
    .optional(),
  item: z.string().min(1).max(64).optional(),
  /** Only events one of whose source items has this value. */
  source: z.string().min(1).max(128).optional(),
  /** How long what has no state counts as on. */
  hold: duration(1000, 3_600_000).default(5000),
  quantity: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be small letters, digits or "-"')
    .optional(),
  zone: deviceId.optional(),
});

const settingsSchema = closed({
  id: deviceId,
  driver: z.literal('onvif').optional(),
  url: address,
  user: z.string().regex(/^[^\p{Cc}]{1,64}$/u, 'must be a user name of at most 64 signs'),
  password: secretReference,
  fingerprint: z
    .string()
    .regex(/^([0-9A-Fa-f]{2}:?){32}$/, 'must be the SHA-256 of the certificate, 64 hex digits')
    .transform((text) => text.replaceAll(':', '').toUpperCase())
    .optional(),
  /** A sign of life at least so often. */
  every: duration(1000, 600_000).default(30_000),
  'max-gap': duration(1000, DAY_MS).optional(),
  zone: deviceId.optional(),
  inputs: z.array(inputSchema).max(64).default([]),
  /** The media profile that pictures are of; the first that has an encoder when left out. */
  profile: z.string().min(1).max(64).optional(),
  'picture-url': address.optional(),
  /** Pictures that are only compared, to find one that is frozen. */
  pictures: closed({ every: duration(1000, DAY_MS) }).optional(),
});

export type Settings = z.output<typeof settingsSchema>;

/** One input with what it listens for and its stream. */
export type Input = {
  readonly stream: StreamId;
  readonly meanings: readonly Meaning[];
  readonly source: string | null;
  readonly holdMs: number;
};

export type Plan = {
  readonly settings: Settings;
  readonly maxGapMs: number;
  readonly inputs: readonly Input[];
  readonly streams: readonly StreamSpec[];
};

export const LINK = 'link';
export const FROZEN = 'picture-frozen';
const OWN_STREAMS = [LINK, FROZEN];

/** Checks everything and gives all problems at once. */
export function planOnvif(raw: unknown): Checked<Plan> {
  const checked = check(settingsSchema, raw);
  const problems = [...(checked.ok ? [] : checked.problems.map(withoutSecret)), ...relations(raw)];
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  const settings = checked.value;
  const maxGapMs = settings['max-gap'] ?? 3 * settings.every;
  return {
    ok: true,
    value: {
      settings,
      maxGapMs,
      inputs: settings.inputs.map((input) => ({
        stream: `${settings.id}/${input.id}`,
        meanings: meaningsOf(input),
        source: input.source ?? null,
        holdMs: input.hold,
      })),
      streams: streamsOf(settings, maxGapMs),
    },
  };
}

function meaningsOf({ is, topic, item }: Settings['inputs'][number]): readonly Meaning[] {
  if (is !== undefined) return MEANINGS[is];
  const items = item === undefined ? [] : [item];
  return [{ topic: withoutPrefixes(topic ?? ''), items, isPulse: item === undefined }];
}

const QUANTITIES: Readonly<Record<Condition, string>> = {
  motion: 'motion',
  'line-crossing': 'line-crossing',
  intrusion: 'intrusion',
  person: 'person',
  tamper: 'tamper',
  'digital-input': 'digital-input',
};

function streamsOf(settings: Settings, maxGapMs: number): StreamSpec[] {
  const { id: dev, every, zone = '', pictures, inputs } = settings;
  // A certificate that is known speaks for the channel; a login over HTTP does not speak for the answers.
  const src: SourceLevel = settings.fingerprint === undefined ? 1 : 2;
  const shared = { dev, kind: 1, unit: '1', exp: 0, cadenceMs: every, maxGapMs, place: zone, src } as const;
  const link: StreamSpec = { ...shared, id: `${dev}/${LINK}`, ch: LINK, quantity: LINK, urgent: false };
  const frozen: StreamSpec[] =
    pictures === undefined
      ? []
      : [
          {
            ...shared,
            id: `${dev}/${FROZEN}`,
            ch: FROZEN,
            quantity: 'frozen',
            urgent: false,
            cadenceMs: pictures.every,
            maxGapMs: 3 * pictures.every,
          },
        ];
  return [
    link,
    ...inputs.map((input): StreamSpec => {
      const quantity = input.quantity ?? (input.is === undefined ? 'event' : QUANTITIES[input.is]);
      const place = input.zone ?? zone;
      return { ...shared, id: `${dev}/${input.id}`, ch: input.id, quantity, place, urgent: true };
    }),
    ...frozen,
  ];
}

/** What fields must be because of others. */
function relations(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const gaps = check(z.object({ every: settingsSchema.shape.every, 'max-gap': duration(1000, DAY_MS) }), raw);
  if (gaps.ok && gaps.value['max-gap'] < gaps.value.every) {
    const message = `must be at least every, ${formatDuration(gaps.value.every)}`;
    problems.push({ path: ['max-gap'], message, found: formatDuration(gaps.value['max-gap']) });
  }
  const tls = check(z.object({ url: address, fingerprint: z.string() }), raw);
  if (tls.ok && tls.value.url.protocol !== 'https:') {
    const message = 'has no meaning over http; the certificate is one of https';
    problems.push({ path: ['fingerprint'], message });
  }
  const [ids, meanings] = [new Set<unknown>(), new Set<string>()];
  for (const [i, { id, is, topic, item, source }] of mapsIn(raw, 'inputs').entries()) {
    const path = ['inputs', i];
    if (ids.has(id) || OWN_STREAMS.some((own) => own === id)) {
      const message = ids.has(id)
        ? 'is an id of this camera, too'
        : 'is the name of a stream of every camera';
      problems.push({ path: [...path, 'id'], message, found: display(id) });
    }
    ids.add(id);
    if ((is === undefined) === (topic === undefined)) {
      problems.push({ path, message: 'must have one of is and topic' });
    }
    if (item !== undefined && topic === undefined) {
      problems.push({
        path: [...path, 'item'],
        message: 'has a meaning only with topic',
        found: display(item),
      });
    }
    const meaning = JSON.stringify([is, topic, item, source]);
    if (meanings.has(meaning)) problems.push({ path, message: 'means the same events as another input' });
    meanings.add(meaning);
  }
  return problems;
}

/** What stands where a reference belongs may be the password, and so may a part of an address. */
function withoutSecret({ found, ...problem }: Problem): Problem {
  const isSecret = ['password', 'url', 'picture-url'].includes(String(problem.path.at(-1)));
  return isSecret || found === undefined ? problem : { ...problem, found };
}
