import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Sink } from '../../domain/device.ts';
import { DeviceError, type Problem } from '../../domain/errors.ts';
import type { DeviceEnv, OpenConnection } from '../port.ts';
import { mapOf, readable } from '../schema.ts';
import { readTlsFiles } from '../tls-files.ts';
import { MqttClient } from './client.ts';
import { connectionSchema } from './settings.ts';

const { shape } = connectionSchema;

/** The keys of an entry that is a client of somebody's broker; a driver adds its own. */
export const SUBSCRIPTION_KEYS = {
  id: shape.id,
  url: shape.url.unwrap(),
  version: shape.version,
  'client-id': shape['client-id'],
  user: shape.user,
  password: shape.password,
  ca: shape.ca,
  cert: shape.cert,
  key: shape.key,
  'max-packet': shape['max-packet'],
};

const settings = z.object(SUBSCRIPTION_KEYS);
export type SubscriptionSettings = z.output<typeof settings>;

/** What listens to the messages of a broker, and is told how the connection stands. */
export type Ear = {
  /** `committed` must be called once what the message brought is durable, also when that is nothing. */
  message(topic: string, payload: Uint8Array, retained: boolean, committed: () => void): void;
  /** The broker, or a message that was too large to be kept, was at fault. */
  refuse(detail: string, committed?: () => void): void;
  up(): void;
  down(reason: string): void;
  /** Ten times a second. */
  tick(): void;
};

/** QoS 1: resolves when the broker has it; rejects with PORT_LOST. */
export type Publish = (topic: string, payload: Uint8Array, retain?: boolean) => Promise<void>;

/** What the broker keeps of us, retained: by our own word when we go, by its will when we are lost. */
type Farewell = { readonly topic: string; readonly payload: string };

/** Topics listened to, and who listens. */
export type Subscription = {
  readonly filters: readonly string[];
  readonly listen: (sink: Sink, publish: Publish) => Ear;
  readonly farewell?: Farewell;
};

const TICK_MS = 100;
const RETRY_MS = 5000;
/** So long a stop waits for the broker at most. */
const FAREWELL_MS = 1000;

/** What fields of such an entry must be because of others. */
export function subscriptionProblems(raw: unknown): Problem[] {
  const written = mapOf(raw);
  const own = Object.fromEntries(Object.entries(written).filter(([key]) => key in SUBSCRIPTION_KEYS));
  const { url } = readable(settings.partial(), own);
  const problems: Problem[] = [];
  if (url?.tls === false && ('ca' in written || 'cert' in written)) {
    problems.push({ path: ['url'], message: 'must be mqtts:// to use certificates', found: 'mqtt://' });
  }
  if ('cert' in written !== 'key' in written) {
    problems.push({ path: ['cert'], message: 'and key: go together' });
  }
  if ('password' in written && !('user' in written)) {
    problems.push({ path: ['password'], message: 'needs user:' });
  }
  return problems;
}

/** What stands where a secret belongs may be one: it is not shown. */
export function withoutSecret({ found, ...problem }: Problem): Problem {
  const isSecret = ['password', 'key'].includes(String(problem.path.at(-1)));
  return isSecret || found === undefined ? problem : { ...problem, found };
}

/** Opens a checked entry; nothing is called before `subscribe`. */
export function openSubscription(
  own: SubscriptionSettings,
  subscription: Subscription,
  env: DeviceEnv,
): OpenConnection {
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    polled: [],
    pushing: [
      {
        id: own.id,
        subscribe: (sink, signal) => {
          running = keepRunning(own, subscription, env, sink, AbortSignal.any([signal, stopped.signal]));
          return running;
        },
      },
    ],
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await running;
    },
  };
}

async function keepRunning(
  own: SubscriptionSettings,
  subscription: Subscription,
  env: DeviceEnv,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  let client: MqttClient | null = null;
  const publish: Publish = async (topic, payload, retain) => {
    if (client === null) throw new DeviceError('PORT_LOST', `${own.id} is not connected`);
    env.trace?.(own.id, 'out', payload, topic);
    await client.publish(topic, Buffer.from(payload), retain);
  };
  const ear = subscription.listen(sink, publish);
  const left = new AbortController();
  const leave = async (): Promise<void> => {
    if (subscription.farewell !== undefined) await sayFarewell(subscription.farewell, publish);
    left.abort();
  };
  // It never rejects.
  signal.addEventListener('abort', () => void leave(), { once: true });
  const ticking = setInterval(() => ear.tick(), TICK_MS);
  try {
    while (!signal.aborted) {
      try {
        client = await clientOf(own, subscription, env, ear);
        await client.run(left.signal);
      } catch (error) {
        // A secret that cannot be read: said, and tried again.
        env.log('warn', `${own.id} cannot start: ${error instanceof Error ? error.message : String(error)}`);
        ear.down('cannot-start');
        await delay(RETRY_MS, undefined, { signal }).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      }
    }
  } finally {
    clearInterval(ticking);
  }
}

/** A clean end makes the broker forget the will, so its word is said before. */
async function sayFarewell({ topic, payload }: Farewell, publish: Publish): Promise<void> {
  const said = publish(topic, Buffer.from(payload), true).catch((error: unknown) => {
    // Then the broker says it.
    if (!(error instanceof DeviceError)) throw error;
  });
  await Promise.race([said, delay(FAREWELL_MS, undefined, { ref: false })]);
}

async function clientOf(
  {
    id,
    url,
    version,
    user,
    password,
    'client-id': clientId,
    'max-packet': maxPacket,
    ...rest
  }: SubscriptionSettings,
  { filters, farewell }: Subscription,
  env: DeviceEnv,
  ear: Ear,
): Promise<MqttClient> {
  const tls = await readTlsFiles({ ca: rest.ca, cert: rest.cert, key: rest.key }, env.secret);
  const session = {
    clientId: clientId ?? `bailee-${id}`,
    version: version === 5 ? (5 as const) : (4 as const),
    user: user ?? null,
    password: password === undefined ? null : await env.secret(password),
    filters,
    maxPacket,
    ...(farewell === undefined ? {} : { will: { ...farewell, retain: true } }),
  };
  const where = `${url.host}:${url.port}`;
  return new MqttClient(
    { host: url.host, port: url.port, tls: url.tls ? tls : null, session },
    {
      message: (topic, payload, retained, committed) => {
        env.trace?.(id, 'in', payload, topic);
        ear.message(topic, payload, retained, committed);
      },
      oversize: ({ topic, bytes }, committed) => {
        ear.refuse(`${topic.slice(0, 100)}: a message of ${bytes} bytes, at most ${maxPacket}`, committed);
      },
      denied: (filter) => ear.refuse(`the broker does not let us subscribe to ${filter}`),
      ready: () => {
        env.log('info', `${id} is connected to ${where}`);
        ear.up();
      },
      lost: (reason) => {
        env.log('warn', `${id} lost ${where}: ${reason}`);
        ear.down('port-lost');
      },
    },
  );
}
