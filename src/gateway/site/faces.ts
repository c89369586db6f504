import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type {
  Answering,
  Counting,
  Credential,
  Operator,
  RuleSetting,
  View,
  Archive,
  Bundles,
  Erasing,
  Granting,
  Feed,
  Tlog,
} from '../../api/port.ts';
import type { ReceiptShowing } from '../../api/receipt-port.ts';
import type { Pushing } from '../../api/push-types.ts';
import type { Incidents } from '../../api/incident-port.ts';
import type { Check } from '../../api/types.ts';
import type { Orders } from '../../api/order-port.ts';
import type { Epcis } from '../../api/epcis.ts';
import type { Standings } from '../../api/standing-port.ts';
import type { GoodsKeeping } from '../../api/goods-port.ts';
import type { Seen } from '../../api/seen-port.ts';
import { openApi, type Api } from '../../api/server.ts';
import { ConfigError } from '../../domain/errors.ts';
import type { SecretStore } from '../../config/secret.ts';
import { isAlive, type Health } from '../../ops/health.ts';
import type { LagMeter } from '../../ops/lag.ts';
import { Watchdog } from '../../ops/watchdog.ts';
import type { SiteConfiguration } from './site.ts';
import type { World } from './world.ts';

/** A sign of life for those who look on, ms. */
const HEARTBEAT_MS = 5000;

/** Opens the HTTP face of a gateway; its `url` is the one that is told to people. @throws ConfigError for an address that is taken */
export async function openFaces(parts: {
  readonly site: Pick<SiteConfiguration, 'listen'>;
  readonly world: Pick<World, 'webRoot' | 'log'>;
  readonly secrets: SecretStore;
  readonly view: View;
  readonly archive: Archive;
  readonly incidents: Incidents;
  readonly pushing: Pushing;
  readonly bundles: Bundles;
  readonly erasing: Erasing;
  readonly answering: Answering;
  readonly tlog: Tlog;
  readonly feed: Feed;
  readonly operator: Operator;
  readonly credentials: readonly Credential[];
  readonly granting: Granting;
  readonly rules: RuleSetting;
  readonly seen: Seen;
  readonly epcis: Epcis | null;
  readonly counting: Counting;
  readonly standings: Standings;
  readonly receipts: ReceiptShowing | null;
  readonly keeping: GoodsKeeping | null;
  readonly orders: Orders;
  readonly ready: () => boolean;
  readonly metrics: () => Promise<string>;
}): Promise<Api> {
  const { site, world, secrets, ready, metrics } = parts;
  const { host, port, names, tls } = site.listen;
  const api = await openApi(
    {
      host,
      port,
      tls:
        tls === null
          ? null
          : { certificate: readFileSync(tls.certificate, 'utf8'), key: secrets.read(tls.key).reveal() },
      hosts: [...new Set([...LOOPBACK, host, ...(names.length > 0 ? names : [hostname()])].map(hostOf))],
      publicTlog: site.listen.tlog === 'public',
      pageFolder: world.webRoot,
      heartbeatMs: HEARTBEAT_MS,
    },
    {
      view: parts.view,
      archive: parts.archive,
      incidents: parts.incidents,
      pushing: parts.pushing,
      bundles: parts.bundles,
      erasing: parts.erasing,
      answering: parts.answering,
      tlog: parts.tlog,
      feed: parts.feed,
      operator: parts.operator,
      probe: { ready, metrics },
      credentials: parts.credentials,
      granting: parts.granting,
      rules: parts.rules,
      seen: parts.seen,
      epcis: parts.epcis,
      counting: parts.counting,
      standings: parts.standings,
      receipts: parts.receipts,
      keeping: parts.keeping,
      orders: parts.orders,
      onError: (error) => world.log.error({ err: error }, 'a call failed'),
    },
  ).catch((error: unknown) => {
    throw addressProblem(error, site.listen);
  });
  const [name] = names;
  return name === undefined
    ? api
    : { ...api, url: `${tls === null ? 'http' : 'https'}://${hostOf(name)}:${api.port}` };
}

/** An address that cannot be listened on is a mistake in the configuration; other errors stay as they are. */
export function addressProblem(error: unknown, { host, port }: SiteConfiguration['listen']): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const problem = WRONG_ADDRESS.get(code);
  return problem === undefined ? error : new ConfigError([{ ...problem, found: `${hostOf(host)}:${port}` }]);
}

const WRONG_ADDRESS: ReadonlyMap<unknown, { readonly path: readonly string[]; readonly message: string }> =
  new Map([
    [
      'EADDRINUSE',
      { path: ['listen', 'port'], message: 'is taken by another program; end that or choose another port' },
    ],
    ['EACCES', { path: ['listen', 'port'], message: 'is not open to this user; choose one above 1023' }],
    ['EADDRNOTAVAIL', { path: ['listen', 'host'], message: 'is no address of this machine' }],
  ]);

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** A name or address as a browser puts it into a Host header: small letters, IPv6 short and in brackets. */
function hostOf(name: string): string {
  return isIP(name) === 6 ? new URL(`http://[${name}]`).hostname : name.toLowerCase();
}

export function checksOf(health: Health): Check[] {
  return Object.entries(health.report().checks).map(([name, { state, detail }]) => ({ name, state, detail }));
}

export function watchdogOf(world: World, waiting: { oldestMs(): number | null }, lag: LagMeter): Watchdog {
  return new Watchdog({
    socket: world.notifySocket,
    alive: () => isAlive(waiting.oldestMs(), lag.lagMs),
    log: world.log,
  });
}
