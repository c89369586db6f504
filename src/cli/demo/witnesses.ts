import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WitnessConfiguration } from '../../config/configuration.ts';
import { ConfigError } from '../../domain/errors.ts';
import { policyFileOf } from '../../gateway/keys/policy.ts';
import type { openLog } from '../../gateway/site/log.ts';
import { loadWitness } from '../../gateway/site/site.ts';
import { openWitness, witnessKey } from '../../gateway/witness.ts';
import { freePort } from './free-port.ts';

/** Members of the demo's consortium; a head counts when two of them have cosigned it. */
const OWNERS = ['bank', 'insurer', 'regulator'] as const;
export const QUORUM = 2;

const NO_CREDENTIALS = { checked: true, directory: null } as const;

/** A member's witness before it runs, as the gateway's configuration names it. */
export type Member = {
  readonly owner: string;
  readonly url: string;
  readonly vkey: string;
  readonly file: string;
};

/** Makes the members' configurations and keys in the folder `witnesses`; those that are there stay. */
export async function prepareWitnesses(data: string): Promise<readonly Member[]> {
  const folder = join(data, 'witnesses');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const members: Member[] = [];
  for (const owner of OWNERS) {
    const file = join(folder, `${owner}.yaml`);
    const port = await freePort();
    write(file, owner, port, []);
    members.push({ owner, url: `http://127.0.0.1:${port}/`, vkey: witnessKey(load(file)), file });
  }
  return members;
}

/** Tells the members the gateway's log key and lets them run as `bailee witness` does; gives what closes them. */
export async function openWitnesses(
  members: readonly Member[],
  data: string,
  world: { readonly log: ReturnType<typeof openLog>; readonly onFatal: (error: unknown) => void },
  stack: AsyncDisposableStack,
): Promise<void> {
  const keys = logKeysOf(data);
  for (const { owner, url, file } of members) {
    write(file, owner, Number(new URL(url).port), keys);
    stack.use(await openWitness(load(file), { ...world, credentials: NO_CREDENTIALS }));
  }
}

/** The log's keys, as `bailee policy` tells them to anybody. */
function logKeysOf(data: string): readonly string[] {
  const policy = policyFileOf(data);
  if (!policy.ok) throw new ConfigError([{ path: ['data'], message: policy.why }]);
  return [...policy.value.matchAll(/"key": "([^"]+)"/g)].map(([, key = '']) => key);
}

function write(file: string, owner: string, port: number, keys: readonly string[]): void {
  const logs = keys.map((key) => `\n  - { key: '${key}' }`).join('');
  const text = `# Witness of the demo's ${owner}: run it alone with "bailee witness ${owner}.yaml".
name: witness.${owner}.example/demo
state: ${owner}
listen: { host: 127.0.0.1, port: ${port} }
logs:${logs === '' ? ' []' : logs}
`;
  writeFileSync(file, text);
}

function load(file: string): WitnessConfiguration {
  const loaded = loadWitness(file, NO_CREDENTIALS);
  if (!loaded.ok) throw new ConfigError(loaded.problems);
  return loaded.value;
}
