import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openArchive } from '../../src/buffer/archive.ts';
import { RecordType } from '../../src/domain/record.ts';
import { ANVIL_CHAIN_ID, ANVIL_SECRETS, type Anvil, startAnvil } from '../anvil.ts';
import { bailee, Daemon, type Ended } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { MqttPublisher } from '../mqtt-publisher.ts';

const [ADMIN, GATEWAY] = ANVIL_SECRETS;
const LEDGER_KEY = '4c0883a69102937d6231471b5dbb6204fe512961708279f1d2a1c8d3f5a1b0c7';
export const TEMPERATURE = 'probe-1/temperature';

/** A gateway whose log is enrolled on a chain of its own, with a probe that publishes to it. */
export class ChainedSite implements AsyncDisposable {
  readonly site: Site;
  readonly anvil: Anvil;
  readonly contract: string;
  readonly #port: number;

  private constructor(site: Site, anvil: Anvil, contract: string, port: number) {
    this.site = site;
    this.anvil = anvil;
    this.contract = contract;
    this.#port = port;
  }

  /** @param keyDelay from the proposal of a key until it counts, e.g. `3s` */
  static async open(keyDelay: string): Promise<ChainedSite> {
    const anvil = await startAnvil();
    await anvil.rpc('anvil_mine', '0x3');
    await anvil.rpc('evm_setIntervalMining', 1);
    const port = await freePort();
    const site = writeSite({
      block: '2s',
      devices: `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:${port}
    devices: [{ id: probe-1, topic: site/p, profile: json-generic, every: 1s, max-gap: 60s, zone: cold-1 }]`,
      more: `
ledger:
  kind: evm
  url: ${anvil.url}
  chain-id: ${ANVIL_CHAIN_ID}
  contract: 'CONTRACT'
  finality: { depth: 1 }
  account-key: file:account.key
  ledger-key: file:ledger.key
`,
      files: { 'admin.key': ADMIN, 'account.key': GATEWAY, 'ledger.key': LEDGER_KEY },
    });
    const node = ['--url', anvil.url, '--chain-id', String(ANVIL_CHAIN_ID)];
    const admin = ['--account-key', `file:${join(site.folder, 'admin.key')}`];
    const contract = await done('ledger', 'deploy', ...node, ...admin, '--key-delay', keyDelay);
    site.edit((text) => text.replace('CONTRACT', contract));
    // The log key is made at the first start.
    await (await Daemon.start(site.file)).stop();
    const chained = new ChainedSite(site, anvil, contract, port);
    await chained.asConsortium('enrol');
    return chained;
  }

  /** A command of the consortium's people on this gateway's log. */
  asConsortium(act: string, ...args: readonly string[]): Promise<string> {
    const admin = `file:${join(this.site.folder, 'admin.key')}`;
    return done('ledger', act, '--config', this.site.file, '--account-key', admin, ...args);
  }

  /** Publishes five readings a second until it is stopped; gives how many were acknowledged. */
  load(): { stop(): Promise<number> } {
    const stop = new AbortController();
    let acknowledged = 0;
    const run = async (): Promise<number> => {
      let publisher: MqttPublisher | null = null;
      for (let seq = 0; !stop.signal.aborted; seq += 1) {
        try {
          if (publisher?.isLost !== false) publisher = await MqttPublisher.open(this.#port, 'probe');
          const body = { time: new Date().toISOString(), seq, temperature: 4 + (seq % 50) / 100 };
          await publisher.publish('site/p', JSON.stringify(body));
          acknowledged += 1;
        } catch {
          // The gateway was killed: what was not acknowledged is lost with this device, which stores nothing.
          publisher?.[Symbol.dispose]();
          publisher = null;
        }
        await delay(200);
      }
      publisher?.[Symbol.dispose]();
      return acknowledged;
    };
    const running = run();
    return {
      stop() {
        stop.abort();
        return running;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.anvil.stop();
    this.site[Symbol.dispose]();
  }
}

/** Runs a command that must end well, and gives what it printed. */
export async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await bailee(...args);
  if (code !== 0) throw new Error(`${args.slice(0, 2).join(' ')} ended with ${code}:\n${out}${err}`);
  return out.trim();
}

/** From the first to the last reading that is sealed, as `export` takes it. */
export function sealedWindow(data: string): readonly string[] {
  using archive = openArchive(data);
  const last = archive.block(archive.size() - 1)?.t1 ?? 0;
  const times = journalRecords(data, RecordType.reading).flatMap(({ t }) => (t < last ? [t] : []));
  const at = (i: number): string => new Date(times.at(i) ?? 0).toISOString();
  return ['--from', at(0), '--to', at(-1)];
}

/** Asks the verifier about a bundle. */
export async function verdictOf(
  bundle: string,
  policy: string,
): Promise<{
  readonly evidence: string;
  readonly answer: string;
  readonly failure: { code: string } | null;
}> {
  const { out, err }: Ended = await bailee('verify', bundle, '--policy', policy, '--json');
  if (out === '') throw new Error(err);
  return JSON.parse(out) as {
    readonly evidence: string;
    readonly answer: string;
    readonly failure: { code: string } | null;
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
