import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseDocument } from 'yaml';
import { SecretStore } from '../../config/secret.ts';
import { StorageError } from '../../domain/errors.ts';
import { shipped } from '../../gateway/site/site.ts';
import { UsageError } from '../failure.ts';
import { QUORUM, type Member } from './witnesses.ts';

/** What the demo started and its configuration must name. */
export type Started = {
  /** Near end of a serial line, or the port where the probes listen on loopback. */
  readonly probes: { readonly serial: string } | { readonly tcp: number };
  readonly brokerPort: number;
  readonly phoneUrl: string;
  readonly chainUrl: string;
  readonly contract: string;
  readonly members: readonly Member[];
};

const SECRETS = ['admin-key', 'account-key', 'ledger-key', 'phone-secret'] as const;
type SecretName = (typeof SECRETS)[number];

/** The data directory of a demo, with its configuration, rules and keys in it. */
export class DemoDirectory {
  readonly path: string;
  readonly config: string;
  readonly #secrets: SecretStore;

  private constructor(path: string) {
    this.path = path;
    this.config = join(path, 'demo.yaml');
    this.#secrets = new SecretStore(path, { checked: true, directory: null });
  }

  /**
   * Takes a directory for a demo: emptied unless it is to be kept. Only a directory that a demo made
   * is ever emptied.
   * @throws UsageError for a directory with something else in it, StorageError BUSY
   */
  static take(path: string, keep: boolean): DemoDirectory {
    const taken = new DemoDirectory(path);
    const found = existsSync(path) ? readdirSync(path) : [];
    if (found.length > 0 && !existsSync(taken.config)) {
      throw new UsageError(`${path} holds something that no demo made; name another folder with --data`);
    }
    refuseBusy(path);
    if (!keep) for (const name of found) rmSync(join(path, name), { recursive: true });
    mkdirSync(join(path, 'rules'), { recursive: true, mode: 0o700 });
    const rules = join(path, 'rules/demo.yaml');
    if (!existsSync(rules)) cpSync(join(shipped('rules'), 'demo.yaml'), rules);
    if (!existsSync(taken.config)) cpSync(join(dirname(shipped('rules')), 'demo.yaml'), taken.config);
    for (const name of SECRETS) writeOnce(join(path, name), randomBytes(32).toString('hex'));
    return taken;
  }

  secret(name: SecretName): ReturnType<SecretStore['read']> {
    return this.#secrets.read(`file:${name}`);
  }

  /** Address of the contract that the configuration names. */
  contract(): string {
    return String(this.#document().getIn(['ledger', 'contract']));
  }

  /** Writes into the configuration what was started; all else in it stays as it is. */
  fillIn(started: Started): void {
    const doc = this.#document();
    const { probes } = started;
    doc.set('data', '.');
    doc.setIn(['listen', 'port'], 0);
    doc.setIn(['devices', 0, 'driver'], 'serial' in probes ? 'modbus-rtu' : 'modbus-tcp');
    if ('serial' in probes) {
      doc.deleteIn(['devices', 0, 'host']);
      doc.setIn(['devices', 0, 'port'], probes.serial);
    } else {
      doc.setIn(['devices', 0, 'host'], '127.0.0.1');
      doc.setIn(['devices', 0, 'port'], probes.tcp);
    }
    doc.setIn(['devices', 1, 'listen'], `127.0.0.1:${started.brokerPort}`);
    doc.setIn(['notify', 'channels', 0, 'url'], started.phoneUrl);
    doc.setIn(['notify', 'channels', 0, 'secret'], 'file:phone-secret');
    doc.set(
      'witnesses',
      started.members.map(({ url, vkey, owner }) => ({ url, vkey, owner })),
    );
    doc.set('quorum', QUORUM);
    doc.setIn(['ledger', 'url'], started.chainUrl);
    doc.setIn(['ledger', 'contract'], started.contract);
    doc.setIn(['ledger', 'account-key'], 'file:account-key');
    doc.setIn(['ledger', 'ledger-key'], 'file:ledger-key');
    writeFileSync(this.config, doc.toString({ lineWidth: 0 }));
  }

  #document(): ReturnType<typeof parseDocument> {
    return parseDocument(readFileSync(this.config, 'utf8'));
  }
}

/** Asks for the lock of the journal before anything under a running gateway is touched, and gives it back. */
function refuseBusy(path: string): void {
  const file = join(path, 'lock.db');
  if (!existsSync(file)) return;
  const db = new DatabaseSync(file, { timeout: 200 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    throw new StorageError('BUSY', `a demo is running on ${path}; stop it, or name another with --data`, {
      cause: error,
    });
  } finally {
    db.close();
  }
}

function writeOnce(path: string, secret: string): void {
  if (!existsSync(path)) writeFileSync(path, `${secret}\n`, { flag: 'wx', mode: 0o600 });
}
