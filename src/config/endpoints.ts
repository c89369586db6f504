import { existsSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Configuration, LedgerSettings } from './configuration.ts';
import { placeOfKey } from './keys.ts';
import { valueAt, type Problems } from './problems.ts';
import * as schema from './schema.ts';
import type { SecretStore } from './secret.ts';
import type { Source } from './source.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Reads `listen:`; anything but loopback needs TLS, so that no token crosses a wire in the clear. */
export function readListen(
  source: Source,
  problems: Problems,
  secrets: SecretStore,
  directory: string,
): Configuration<never, never>['listen'] | undefined {
  const raw = valueAt(source.value, ['listen']) ?? {};
  const listen = problems.read(source, ['listen'], raw, schema.listen);
  checkHost(source, problems, raw);
  const certificate = valueAt(raw, ['tls', 'certificate']);
  if (schema.path.safeParse(certificate).success && !existsSync(resolve(directory, String(certificate)))) {
    problems.at(source, ['listen', 'tls', 'certificate'], 'names a file that does not exist');
  }
  problems.secret(source, ['listen', 'tls', 'key'], secrets);
  if (listen === undefined) return undefined;
  const { host, port, names = [], tls, tlog } = listen;
  return {
    host,
    port,
    names,
    tls: tls === undefined ? null : { certificate: resolve(directory, tls.certificate), key: tls.key },
    tlog,
  };
}

/** What a host asks of the other keys, also of a section in which something else is wrong. */
function checkHost(source: Source, problems: Problems, raw: unknown): void {
  const host = valueAt(raw, ['host']);
  if (typeof host !== 'string' || !schema.listeningHost.safeParse(host).success || isLoopback(host)) return;
  if (valueAt(raw, ['tls']) === undefined) {
    problems.at(
      source,
      ['listen', 'host'],
      'is reached from other machines and needs listen.tls with certificate and key; or use 127.0.0.1',
    );
  }
  if (schema.isEvery(host) && valueAt(raw, ['names']) === undefined) {
    problems.at(
      source,
      ['listen', 'names'],
      `is missing; with host ${host} it must list the names and addresses the gateway is asked for by, such as [gateway.local, 192.0.2.2]`,
    );
  }
}

/** Whether an address or name is this machine itself. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host === 'localhost';
  return LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

export function readLedger(source: Source, problems: Problems, secrets: SecretStore): LedgerSettings | null {
  const raw = valueAt(source.value, ['ledger']);
  if (raw === undefined) return null;
  const ledger = problems.read(source, ['ledger'], raw, schema.ledger);
  for (const key of ['account-key', 'ledger-key']) problems.secret(source, ['ledger', key], secrets);
  if (ledger === undefined) return null;
  return {
    kind: ledger.kind,
    url: ledger.url,
    chainId: ledger['chain-id'],
    contract: ledger.contract,
    registry: ledger.registry ?? null,
    finality: ledger.finality,
    accountKey: ledger['account-key'],
    ledgerKey: placeOfKey(ledger['ledger-key']),
  };
}
