import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SqliteJournal } from '../../buffer/journal.ts';
import type { SecretStore } from '../../config/secret.ts';
import { ConfigError } from '../../domain/errors.ts';
import { Gate } from '../../gate/gate.ts';
import type { Goods } from '../../goods/goods.ts';
import type { DeviceHealth } from '../../intake/device-health.ts';
import type { Input } from '../../intake/input.ts';
import type { Command } from '../../notify/port.ts';
import { finalityOf } from '../heads/finality.ts';
import { RegistryOrders } from '../heads/gate-ledger.ts';
import { hexAddress, keyOf } from '../keys/ledger-key.ts';
import type { Core } from '../recording/core.ts';
import type { SiteConfiguration } from '../site/site.ts';
import { CommandedBarrier } from './commanded-barrier.ts';
import { GatewayFacts } from './local-facts.ts';
import { ReleaseRecords } from './release-records.ts';

/** A person waits at the gate, and hears soon that the ledger is away. */
const TIMEOUT_MS = 3000;
const POLL_MS = 100;

export type GatesParts = {
  readonly site: SiteConfiguration;
  readonly secrets: SecretStore;
  readonly core: Core;
  readonly goods: Goods;
  readonly journal: SqliteJournal;
  readonly health: DeviceHealth;
  readonly add: (input: Input) => boolean;
  /** Moves a device, past the interlocks. */
  readonly command: Command;
  readonly over: AbortSignal;
  readonly log: Logger;
  readonly onError: (error: unknown) => void;
};

/** The gates of the site, each with its own account; they serve until disposed. */
export class Gates implements AsyncDisposable {
  readonly #gates: readonly Gate[];
  readonly #stop = new AbortController();
  readonly #over: AbortSignal;
  readonly #onError: (error: unknown) => void;
  #running: Promise<unknown> = Promise.resolve();

  /** @throws ConfigError for an account key that is none */
  constructor(parts: GatesParts) {
    this.#gates = gatesOf(parts);
    this.#over = parts.over;
    this.#onError = parts.onError;
  }

  start(): void {
    const signal = AbortSignal.any([this.#stop.signal, this.#over]);
    const run = (gate: Gate): Promise<void> =>
      gate.run(signal).catch((error: unknown) => {
        if (!signal.aborted) this.#onError(error);
      });
    this.#running = Promise.all(this.#gates.map(run));
  }

  /** The gate of a portal; undefined for one that opens nothing here. */
  at(portal: string): Gate | undefined {
    return this.#gates.find((gate) => gate.portal === portal);
  }

  /** Something was committed: whoever waits for goods looks again. */
  poke(): void {
    for (const gate of this.#gates) gate.poke();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

function gatesOf(parts: GatesParts): Gate[] {
  const { site, secrets, core, goods, journal, add, command, over, log } = parts;
  const { ledger } = site;
  if (ledger === null || ledger.registry === null) return [];
  const registry = hexAddress(ledger.registry);
  const records = new ReleaseRecords(core, add, over);
  const now = (): number => core.clock.now();
  const taken = new Map([[keyOf(secrets.read(ledger.accountKey), 'account-key').address, 'the ledger']]);
  return (site.goods?.portals ?? []).flatMap((portal, i): Gate[] => {
    const { id, gate } = portal;
    if (gate === null) return [];
    const account = keyOf(secrets.read(gate.accountKey), `account of the gate ${id}`);
    const other = taken.get(account.address);
    if (other !== undefined) {
      const message = `is the account of ${other}: one transaction of an account is in flight, so each needs its own`;
      throw new ConfigError([{ path: ['goods', 'portals', i, 'account-key'], message }]);
    }
    taken.set(account.address, id);
    const options = {
      url: ledger.url,
      chainId: ledger.chainId,
      finality: finalityOf(ledger.finality),
      account,
      timeoutMs: TIMEOUT_MS,
      pollMs: POLL_MS,
      sleep: rest,
    };
    const facts = { deciding: core.deciding, health: parts.health, streams: core.streams, now };
    return [
      new Gate({
        portal: id,
        openForMs: gate.openForMs,
        ledger: new RegistryOrders(options, registry),
        store: journal.submissions,
        records,
        local: new GatewayFacts(portal, goods, facts),
        barrier: gate.barrier === null ? null : new CommandedBarrier(gate.barrier, command, records, now),
        monotonic: () => performance.now(),
        sleep: rest,
        log: (message, fields) => log.info({ gate: id, ...fields }, message),
      }),
    ];
  });
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
