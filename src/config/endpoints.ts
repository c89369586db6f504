import { existsSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Configuration, LedgerSettings } from './configuration.ts';
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
  const listen = problems.read(source, ['listen'], valueAt(source.value, ['listen']) ?? {}, schema.listen);
  if (listen === undefined) return undefined;
  const { host, port, tls } = listen;
  if (tls === undefined) {
    if (!isLoopback(host)) {
      problems.at(
        source,
        ['listen', 'host'],
        'is reached from other machines and needs listen.tls with certificate and key; or use 127.0.0.1',
      );
    }
    return { host, port, tls: null };
  }
  const certificate = resolve(directory, tls.certificate);
  if (!existsSync(certificate)) {
    problems.at(source, ['listen', 'tls', 'certificate'], 'names a file that does not exist');
  }
  problems.secret(source, ['listen', 'tls', 'key'], tls.key, secrets);
  return { host, port, tls: { certificate, key: tls.key } };
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

export function readLedger(source: Source, problems: Problems, secrets: SecretStore): LedgerSettings | null {
  const raw = valueAt(source.value, ['ledger']);
  if (raw === undefined) return null;
  const ledger = problems.read(source, ['ledger'], raw, schema.ledger);
  if (ledger === undefined) return null;
  for (const key of ['account-key', 'ledger-key'] as const) {
    problems.secret(source, ['ledger', key], ledger[key], secrets);
  }
  return {
    kind: ledger.kind,
    url: ledger.url,
    chainId: ledger['chain-id'],
    contract: ledger.contract,
    finality: ledger.finality,
    accountKey: ledger['account-key'],
    ledgerKey: ledger['ledger-key'],
  };
}
