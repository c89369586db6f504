import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Anchorer } from '../../src/anchoring/anchorer.ts';
import type { AnchorEvent } from '../../src/anchoring/anchor-status.ts';
import { encodeCall, loadViem } from '../../src/anchoring/evm/contract.ts';
import type { Hex } from '../../src/anchoring/port.ts';
import type { SqliteSubmissions } from '../../src/buffer/submissions.ts';
import { AnchoredLog, keyNamed, LOG_KEY } from '../anchored-log.ts';
import { newStore } from '../anchoring-site.ts';
import { type Anvil, type AnvilOptions, startAnvil } from '../anvil.ts';
import { ANVIL_ACCOUNTS, consortiumOn, ledgerOn, sleep } from '../evm-world.ts';

/** An hour of back-off passes in under four seconds. */
const FASTER = 1000;

describe('anchoring on a real node', { timeout: 30_000 }, () => {
  const log = new AnchoredLog('a.example/gw/b0b1b2b3b4b5b6b7/0');
  const key = keyNamed('ledger key');
  const [, account] = ANVIL_ACCOUNTS;
  let directory: string;
  let anvil: Anvil;
  let contract: Hex;
  let store: SqliteSubmissions;
  let events: AnchorEvent[];
  let size: number;
  let stop: AbortController;
  let running: Promise<void>;
  let anchorer: Anchorer;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bailee-anvil-'));
    anvil = await startAnvil(kept());
    const consortium = consortiumOn(anvil.url);
    const soon = AbortSignal.timeout(10_000);
    contract = await consortium.deploy(60, soon);
    const logKey = LOG_KEY.publicKey;
    const log0 = { origin: log.origin, prev: null, ledgerKey: key, logKey, maxSilence: 3600 };
    expect(await consortium.enrol(contract, log0, soon)).toBeNull();
    await mine(3);
    [store, events, size] = [newStore(), [], 0];
  });

  afterEach(async () => {
    await stopDaemon();
    await anvil.stop();
    await rm(directory, { recursive: true });
  });

  function kept(): AnvilOptions {
    return { stateFile: join(directory, 'chain.json') };
  }

  async function mine(blocks: number): Promise<void> {
    await anvil.rpc('anvil_mine', `0x${blocks.toString(16)}`);
  }

  function startDaemon(): void {
    stop = new AbortController();
    anchorer = new Anchorer({
      ledger: ledgerOn(anvil.url, contract, { timeoutMs: 200 }),
      logId: log.logId,
      log: {
        newest: () => (size === 0 ? null : { size, note: log.note(size, key) }),
        signedSize: () => size,
        rootAt: (n) => log.rootAt(n),
        consistency: (from, to) => log.consistency(from, to),
      },
      store,
      onOutcome: (event) => events.push(event),
      onAlarm: (alarm) => expect.fail(`alarm ${JSON.stringify(alarm)}`),
      patienceMs: 300 * FASTER,
      now: Date.now,
      random: Math.random,
      sleep: (ms, signal) => sleep(ms / FASTER, signal),
    });
    running = anchorer.run(stop.signal);
  }

  async function stopDaemon(): Promise<void> {
    stop.abort();
    await running;
  }

  function sign(to: number): void {
    size = to;
    anchorer.signed();
  }

  async function until(kind: AnchorEvent['kind'], at: number, blocks = false): Promise<void> {
    await vi.waitFor(
      async () => {
        if (blocks) await mine(1);
        expect(events).toContainEqual(expect.objectContaining({ kind, size: at }));
      },
      { timeout: 15_000, interval: 50 },
    );
  }

  /** Sizes of all heads on the chain, in order. */
  async function anchors(): Promise<number[]> {
    const viem = await loadViem();
    const topic = viem.toEventSelector('Anchored(bytes32,uint64,uint64,bytes32,uint16)');
    const filter = { address: contract, fromBlock: '0x0', topics: [topic] };
    const logs = await anvil.rpc<{ data: Hex }[]>('eth_getLogs', filter);
    return logs.map(({ data }) => Number(`0x${data.slice(66, 130)}`));
  }

  async function expectFinalOnce(...sizes: number[]): Promise<void> {
    expect(await anchors()).toEqual(sizes);
    expect(events.filter((e) => e.kind === 'final').map((e) => e.size)).toEqual(sizes);
    expect(store.inFlight()).toEqual([]);
    const data = encodeCall(await loadViem(), 'log', [log.logId]);
    const answer = await anvil.rpc<Hex>('eth_call', { to: contract, data }, 'finalized');
    expect(answer.slice(2, 66)).toBe(Buffer.from(log.rootAt(sizes.at(-1) ?? 0)).toString('hex'));
    const nonce = await anvil.rpc<Hex>('eth_getTransactionCount', account.address, 'latest');
    expect(Number(nonce)).toBe(sizes.length);
  }

  it('is final once after the block that held it was reorganised away', async () => {
    startDaemon();
    sign(5);
    await until('included', 5);
    await anvil.rpc('anvil_reorg', 1, []);
    expect(await anchors()).toEqual([]);
    await until('reorganised', 5);
    await until('final', 5, true);
    await expectFinalOnce(5);
  });

  it('is final once after the node was silent for a while, with all that was sealed meanwhile', async () => {
    startDaemon();
    sign(5);
    await until('final', 5, true);
    anvil.pause();
    for (let n = 6; n <= 9; n++) {
      sign(n);
      await sleep(150, stop.signal);
    }
    await vi.waitFor(() => {
      expect(anchorer.status()).toMatchObject({ state: 'retrying', lastError: { code: 'UNREACHABLE' } });
    }, 5000);
    anvil.resume();
    await until('final', 9, true);
    await expectFinalOnce(5, 9);
  });

  it('is final once after the node fell silent with the transaction in its pool', async () => {
    startDaemon();
    await anvil.rpc('evm_setAutomine', false);
    sign(5);
    await until('unknown', 5);
    anvil.pause();
    await sleep(500, stop.signal);
    anvil.resume();
    await anvil.rpc('evm_setAutomine', true);
    await until('final', 5, true);
    await expectFinalOnce(5);
  });

  it('is final once after the pool forgot it', async () => {
    startDaemon();
    await anvil.rpc('evm_setAutomine', false);
    sign(5);
    await until('unknown', 5);
    const [flying] = store.inFlight();
    await anvil.rpc('anvil_dropTransaction', flying?.id);
    await anvil.rpc('evm_setAutomine', true);
    await until('final', 5, true);
    expect(store.find(flying?.id ?? '')).toMatchObject({ state: 'final' });
    await expectFinalOnce(5);
  });

  it('is final once after node and daemon were both restarted', async () => {
    startDaemon();
    sign(5);
    await until('included', 5);
    const [flying] = store.inFlight();
    await stopDaemon();
    const { port } = anvil;
    await anvil.stop();
    startDaemon();
    size = 7;
    await sleep(300, stop.signal);
    expect([anchorer.maySign(), anchorer.status().state]).toEqual([false, 'guarding']);
    anvil = await startAnvil({ ...kept(), port });
    await until('final', 7, true);
    expect(anchorer.maySign()).toBe(true);
    expect(store.find(flying?.id ?? '')).toMatchObject({ state: 'final' });
    await expectFinalOnce(5, 7);
  });
});
