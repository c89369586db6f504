import { once } from 'node:events';
import { ConfigError } from '../../domain/errors.ts';
import type { DeviceEnv } from '../port.ts';
import { readTlsFiles, type TlsFiles } from '../tls-files.ts';
import type { Account } from './broker.ts';
import { MqttClient } from './client.ts';
import type { Inbox } from './inbox.ts';
import type { Plan } from './plan.ts';
import { covers } from './topic-tree.ts';

export type Publish = (topic: string, payload: string) => Promise<void>;

type Give = (publish: Publish) => void;

/** Keeps a client at the configured broker until the signal aborts. Rejects when a secret is missing. */
export async function runClient(
  plan: Plan,
  env: DeviceEnv,
  inbox: Inbox,
  signal: AbortSignal,
  give: Give,
): Promise<void> {
  const { id, url, user, version, 'max-packet': maxPacket, 'client-id': clientId } = plan.settings;
  if (url === undefined) throw new ConfigError([{ path: ['url'], message: 'is missing' }]);
  const password = plan.settings.password === undefined ? null : await env.secret(plan.settings.password);
  const client = new MqttClient(
    {
      host: url.host,
      port: url.port,
      tls: url.tls ? await tlsOf(plan, env) : null,
      session: {
        clientId: clientId ?? `bailee-${id}`,
        version: version === 5 ? 5 : 4,
        user: user ?? null,
        password,
        filters: filtersOf(plan),
        maxPacket,
      },
    },
    {
      message: (topic, payload, retained, committed) => inbox.accept(topic, payload, retained, committed),
      oversize: (packet, committed) => inbox.refuseOversize(packet.topic, packet.bytes, committed),
      denied: (filter) => inbox.refuse(`the broker does not let us subscribe to ${filter}`),
      ready: () => {
        env.log('info', `${id} is connected to ${url.host}:${url.port}`);
        inbox.note(true, 'ok');
      },
      lost: (reason) => {
        env.log('warn', `${id} lost ${url.host}:${url.port}: ${reason}`);
        inbox.note(false, 'port-lost');
      },
    },
  );
  give((topic, payload) => client.publish(topic, payload));
  await client.run(signal);
}

/** Runs the embedded broker until the signal aborts. Rejects when the address is taken. */
export async function runBroker(
  plan: Plan,
  env: DeviceEnv,
  inbox: Inbox,
  signal: AbortSignal,
  give: Give,
): Promise<void> {
  const {
    id,
    listen,
    'max-packet': maxPacket,
    'max-connections': maxConnections,
    'max-rate': maxRate,
  } = plan.settings;
  const { cert, key, ca } = await tlsOf(plan, env);
  // A client of somebody's broker has no use for one, nor for its memory.
  const { EmbeddedBroker } = await import('./broker.ts');
  await using broker = await EmbeddedBroker.listen(
    {
      host: listen?.host ?? '127.0.0.1',
      port: listen?.port ?? 1883,
      tls:
        cert === undefined || key === undefined ? null : { cert, key, ...(ca === undefined ? {} : { ca }) },
      accounts: await accountsOf(plan, env),
      maxPacket,
      maxConnections,
      maxRate,
    },
    inbox,
  );
  const { address, port } = broker.address;
  env.log('info', `${id} listens on ${address}:${port}`, { address, port });
  inbox.note(true, 'ok');
  give((topic, payload) => broker.publish(topic, payload));
  if (!signal.aborted) await once(signal, 'abort');
}

/** What to subscribe to: the filters asked for and the devices' topics, none inside another. */
function filtersOf(plan: Plan): string[] {
  const wide = plan.settings.subscribe;
  const confirmed = [...plan.commands.values()].flatMap((verbs) =>
    [...verbs.values()].flatMap((c) => c.confirm?.topic ?? []),
  );
  const all = [...new Set([...wide, ...plan.maps.map((m) => m.topic), ...confirmed])];
  const wild = all.filter((f) => /[+#]/.test(f));
  // Overlapping subscriptions would bring a message twice.
  return all.filter((t) => !wild.some((f) => f !== t && covers(f, t)));
}

async function tlsOf({ settings }: Plan, env: DeviceEnv): Promise<TlsFiles> {
  return await readTlsFiles({ ca: settings.ca, cert: settings.cert, key: settings.key }, env.secret);
}

/** A device may publish under its own topics and hear its own orders, nothing else. */
async function accountsOf(plan: Plan, env: DeviceEnv): Promise<ReadonlyMap<string, Account>> {
  const accounts = new Map<string, Account>();
  for (const { user, password, topics } of plan.settings.accounts) {
    const own = new Set(plan.settings.devices.filter((d) => d.account === user).map((d) => d.id));
    const orders = [...plan.commands]
      .filter(([id]) => own.has(id))
      .flatMap(([, verbs]) => [...verbs.values()]);
    const published = plan.maps.filter((m) => own.has(m.device)).map((m) => m.topic);
    accounts.set(user, {
      password: await env.secret(password),
      publish: [...topics, ...published, ...orders.flatMap((c) => c.confirm?.topic ?? [])],
      subscribe: [...topics, ...orders.map((c) => c.topic)],
    });
  }
  return accounts;
}
