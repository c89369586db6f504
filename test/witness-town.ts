import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { bailee } from './daemon.ts';
import type { Site } from './gateway-site.ts';
import { WitnessProcess, WitnessSite } from './witnesses.ts';

export const OWNERS = ['bank-a', 'bank-b', 'regulator'] as const;

/** One member of the consortium with its witness: started, stopped and started again on the same port. */
export class Member implements AsyncDisposable {
  readonly owner: string;
  readonly #site: WitnessSite;
  readonly logKey: string;
  #process: WitnessProcess | null = null;
  #url = '';
  vkey = '';

  constructor(owner: string, logKey: string) {
    this.owner = owner;
    this.logKey = logKey;
    this.#site = new WitnessSite(`witness.${owner}.example/1`, [{ key: logKey }]);
  }

  get url(): string {
    return this.#url;
  }

  get state(): string {
    return this.#site.state;
  }

  /** The head it cosigned last. */
  async shownHead(): Promise<string> {
    const origin = this.logKey.split('+')[0] ?? '';
    return await (await fetch(new URL(`heads/${origin}`, this.#url))).text();
  }

  async start(): Promise<void> {
    this.#process = await WitnessProcess.start(this.#site.file);
    this.#url = this.#process.url;
    this.vkey = this.#process.vkey;
    this.#site.write([{ key: this.logKey }], Number(new URL(this.#url).port));
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#site[Symbol.dispose]();
  }
}

/** The log's verifier key, as the gateway's owner hands it to the members. */
export async function logKeyOf(data: string): Promise<string> {
  const { out, err, code } = await bailee('policy', '--data', data);
  if (code !== 0) throw new Error(err);
  const policy = JSON.parse(out) as { origins: Record<string, { keys: { key: string }[] }> };
  const [origin] = Object.values(policy.origins);
  return origin?.keys[0]?.key ?? '';
}

const NAMED = /^witnesses:\n(?: {2}.*\n)*quorum: .*\n/m;

/** Writes the members into the gateway's configuration, instead of those that were there. */
export function nameWitnesses(
  site: Site,
  quorum: number,
  members: readonly Pick<Member, 'url' | 'vkey' | 'owner'>[],
): void {
  const entries = members.map((m) => `  - { url: '${m.url}', vkey: '${m.vkey}', owner: ${m.owner} }`);
  const text = `witnesses:\n${entries.join('\n')}\nquorum: ${quorum}\n`;
  site.edit((before) => (NAMED.test(before) ? before.replace(NAMED, () => text) : before + text));
}

/** Takes all witnesses out of the gateway's configuration. */
export function unnameWitnesses(site: Site): void {
  site.edit((text) => text.replace(NAMED, ''));
}

/** Stands where a member's witness is expected and claims a size that was never signed. */
export async function openLiar(size: number): Promise<AsyncDisposable & { readonly url: string }> {
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${size}\n`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
