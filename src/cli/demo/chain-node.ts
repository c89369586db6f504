import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { AnchorError } from '../../domain/errors.ts';
import { endOf, stopChild } from './child.ts';

export const CHAIN_ID = 31_337;
const BLOCK_S = 1;
/** The chain calls a block final when so many more stand on it. */
const FINAL_DEPTH = 2;
const TIMEOUT_MS = 10_000;

const answerShape = z.object({ result: z.unknown(), error: z.object({ message: z.string() }).optional() });

/** A chain in a process of its own, on loopback. */
export type ChainNode = AsyncDisposable & {
  readonly url: string;
  /** True when there is a contract at this address. */
  holds(contract: string): Promise<boolean>;
  /** From now on a block comes every second, as on a chain with other members; before, at once. */
  keepTime(): Promise<void>;
};

/**
 * Starts anvil, the binary itself, so that signals reach it.
 * @param stateFile what the chain is continued from and kept in
 * @throws AnchorError UNREACHABLE when there is none for this machine or it does not come up
 */
export async function startChainNode(stateFile: string, signal: AbortSignal): Promise<ChainNode> {
  const child = spawn(
    anvilBinary(),
    [
      '--port=0',
      `--chain-id=${CHAIN_ID}`,
      // As on most consortium chains nobody pays for gas, so that no account needs funds.
      '--base-fee=0',
      '--gas-price=0',
      '--disable-min-priority-fee',
      '--slots-in-an-epoch=1',
      `--state=${stateFile}`,
      '--state-interval=10',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const stop = stopChild(child);
  try {
    const url = await Promise.race([listening(child), failed(child, signal)]);
    // A chain that is continued remembers no state of older blocks: what is final must be newer.
    await call(url, 'anvil_mine', [FINAL_DEPTH + 1]);
    return {
      url,
      holds: async (contract) => (await call(url, 'eth_getCode', [contract, 'latest'])) !== '0x',
      keepTime: async () => void (await call(url, 'evm_setIntervalMining', [BLOCK_S])),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Goes on reading what it says, for a full pipe would stop it. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4096);
      const address = /^Listening on (\S+)\n/m.exec(said)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    });
  });
}

async function failed(child: ChildProcess, signal: AbortSignal): Promise<never> {
  let complaint = '';
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-500)));
  const why = await endOf(child, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  signal.throwIfAborted();
  throw new AnchorError('UNREACHABLE', `anvil ${why}: ${complaint}`.trim());
}

async function call(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { result, error } = answerShape.parse(await response.json());
  if (error !== undefined) throw new AnchorError('REJECTED', `${method}: ${error.message}`);
  return result;
}

/** The npm package only wraps the binary of its platform's package. */
function anvilBinary(): string {
  const require = createRequire(import.meta.url);
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = `@foundry-rs/anvil-${process.platform}-${arch}`;
  const binary = process.platform === 'win32' ? 'bin/anvil.exe' : 'bin/anvil';
  try {
    const wrapper = dirname(require.resolve('@foundry-rs/anvil/package.json'));
    return join(dirname(require.resolve(`${name}/package.json`, { paths: [wrapper] })), binary);
  } catch (error) {
    throw new AnchorError(
      'UNREACHABLE',
      `the demo's chain node, the npm package ${name}, is not installed; npm ci in a clone brings it`,
      { cause: error },
    );
  }
}
