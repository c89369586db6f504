import * as z from 'zod';
import { readListen } from '../endpoint.ts';
import { closed, deviceId, duration, fail, secretReference } from '../schema.ts';
import { readUrl } from './broker-url.ts';
import { isTopicFilter } from './topic-tree.ts';

const DAY_MS = 86_400_000;

const filter = z.string().refine(isTopicFilter, 'is not a topic filter; + and # stand alone, # at the end');

const user = z.string().min(1).max(64);

export const deviceSchema = closed({
  id: deviceId,
  topic: filter.refine((text) => !text.includes('#'), 'must name one device; # cannot stand in it'),
  /** What the profile's `{address}` stands for: a devEui, a probe's id. */
  address: z
    .string()
    .regex(/^[A-Za-z0-9:._-]{1,64}$/, 'must be letters, digits or : . _ -')
    .optional(),
  profile: z.string().min(1),
  every: duration(20, DAY_MS),
  'max-gap': duration(20, 7 * DAY_MS).optional(),
  zone: deviceId.optional(),
  /** The account of the embedded broker that this device signs in with. */
  account: user.optional(),
  /** How far the source is authenticated; only to say less than the transport would give. */
  src: z.literal([0, 1, 2]).optional(),
});

const account = closed({
  user,
  password: secretReference,
  /** What it may publish besides the topics of its devices, e.g. `zigbee2mqtt/#`. */
  topics: z.array(filter).default([]),
});

/** A connection but for its devices. */
export const connectionSchema = closed({
  id: deviceId,
  driver: z.literal('mqtt').optional(),
  url: z
    .string()
    .transform(
      (text, ctx) => readUrl(text) ?? fail(ctx, 'must be like mqtt://broker.local:1883 or mqtts://…'),
    )
    .optional(),
  broker: z.literal('embedded').optional(),
  listen: z
    .string()
    .transform((text, ctx) => readListen(text) ?? fail(ctx, 'must be like 127.0.0.1:1883'))
    .optional(),
  version: z.literal(['3.1.1', 5]).default('3.1.1'),
  'client-id': z
    .string()
    .regex(/^[A-Za-z0-9-]{1,23}$/, 'must be 1 to 23 letters, digits or "-"')
    .optional(),
  user: user.optional(),
  password: secretReference.optional(),
  ca: secretReference.optional(),
  cert: secretReference.optional(),
  key: secretReference.optional(),
  accounts: z.array(account).default([]),
  subscribe: z.array(filter).default([]),
  ignore: z.array(filter).default([]),
  'max-packet': z.int().min(256).max(1_048_576).default(8192),
  'max-connections': z.int().min(1).max(4096).default(256),
  'max-rate': z.int().min(1).max(100_000).default(2000),
});

export const settingsSchema = closed({
  ...connectionSchema.shape,
  devices: z.array(deviceSchema).min(1),
});

export type Settings = z.output<typeof settingsSchema>;
export type DeviceSettings = Settings['devices'][number];

/** Keys that only a client, or only the embedded broker, can have. */
export const CLIENT_KEYS = ['url', 'client-id', 'user', 'password', 'subscribe'] as const;
export const BROKER_KEYS = ['listen', 'accounts', 'max-connections', 'max-rate'] as const;
