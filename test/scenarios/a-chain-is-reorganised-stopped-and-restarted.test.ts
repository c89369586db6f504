import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openArchive } from '../../src/buffer/archive.ts';
import { RecordType, StatementKind } from '../../src/domain/record.ts';
import { hexOf } from '../../src/anchoring/hex.ts';
import { loadViem } from '../../src/anchoring/evm/contract.ts';
import type { Hex } from '../../src/anchoring/port.ts';
import { logId } from '../../src/evidence/checkpoint.ts';
import { rootAt } from '../../src/evidence/log-tree.ts';
import { sha256 } from '../../src/gateway/site/primitives.ts';
import { nodesOf } from '../../src/gateway/recording/recovery.ts';
import { ANVIL_CHAIN_ID, ANVIL_SECRETS, type Anvil, startAnvil } from '../anvil.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { ledgerOn } from '../evm-world.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const [ADMIN, GATEWAY] = ANVIL_SECRETS;
const LEDGER_KEY = '4c0883a69102937d6231471b5dbb6204fe512961708279f1d2a1c8d3f5a1b0c7';
/** Until the contract is there. */
const NOT_YET = '0x0000000000000000000000000000000000000000';

function site(url: string): Site {
  return writeSite({
    block: '3s',
    devices: `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:0
    devices: [{ id: probe-1, topic: site/p, profile: json-generic, every: 10s, zone: cold-1 }]`,
    more: `
ledger:
  kind: evm
  url: ${url}
  chain-id: ${ANVIL_CHAIN_ID}
  contract: '${NOT_YET}'
  finality: { depth: 1 }
  account-key: file:account.key
  ledger-key: file:ledger.key
`,
    files: { 'admin.key': ADMIN, 'account.key': GATEWAY, 'ledger.key': LEDGER_KEY },
  });
}

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await bailee(...args);
  expect(code, err).toBe(0);
  return out.trim();
}

/** A chain with other members: a block every second, whatever we do. */
async function chain(folder: string, port = 0): Promise<Anvil> {
  const anvil = await startAnvil({ stateFile: join(folder, 'chain.json'), port });
  await anvil.rpc('anvil_mine', '0x3');
  await anvil.rpc('evm_setIntervalMining', 1);
  return anvil;
}

type Block = { readonly transactions: readonly { readonly hash: string; readonly to: string | null }[] };

/** Waits until the newest block holds an anchor, and gives its transaction. */
async function anchorInABlock(anvil: Anvil, contract: string): Promise<string> {
  const found = await eventually(
    'an anchor is in the newest block',
    async () => {
      const { transactions } = await anvil.rpc<Block>('eth_getBlockByNumber', 'latest', true);
      return transactions.find((t) => t.to?.toLowerCase() === contract.toLowerCase());
    },
    (t) => t !== undefined,
    20_000,
  );
  return found?.hash ?? '';
}

function finalSize(daemon: Daemon): Promise<number> {
  return daemon.status().then(({ anchor }) => anchor.lastFinalSize ?? 0);
}

it('the chain is reorganised, stopped and restarted, the gateway is killed in between: every anchor is final at the end, once', async () => {
  using place = site('http://127.0.0.1:1');
  await using opening = new AsyncDisposableStack();
  let anvil = opening.use(await chain(place.folder));
  const { file } = place;
  const admin = `file:${join(place.folder, 'admin.key')}`;
  const node = ['--url', anvil.url, '--chain-id', String(ANVIL_CHAIN_ID), '--account-key', admin];
  const contract = await done('ledger', 'deploy', ...node, '--key-delay', '60s');
  place.edit((text) => text.replace('http://127.0.0.1:1', anvil.url).replace(NOT_YET, contract));
  // The log key is made at the first start; before the log is enrolled the contract knows nothing of it.
  await (await Daemon.start(file)).stop();
  const enrolled = await done('ledger', 'enrol', '--config', file, '--account-key', admin);
  expect(enrolled).toBe(`scenario.example/gw/b0b1b2b3b4b5b6b7/0 ${contract}`);

  let daemon = opening.use(await Daemon.start(file));
  await eventually(
    'a first anchor is final',
    () => finalSize(daemon),
    (size) => size > 0,
    20_000,
  );

  // The block that holds the next anchor is taken back before it is final, and the power goes with it.
  // A gateway that lives on sends the same bytes again after a minute; one that starts does at once.
  const lost = await anchorInABlock(anvil, contract);
  const { journal: before } = await daemon.status();
  await anvil.rpc('anvil_reorg', 1, []);
  await daemon.cut();
  expect(await anvil.rpc('eth_getTransactionReceipt', lost)).toBeNull();
  daemon = opening.use(await Daemon.start(file));
  await eventually(
    'what was sealed is final after all',
    () => finalSize(daemon),
    (size) => size >= before.size,
    30_000,
  );
  expect(await anvil.rpc('eth_getTransactionReceipt', lost)).toMatchObject({ status: '0x1' });

  // The chain is away: sealing goes on, and nobody says that all is well.
  await eventually(
    'nothing is on its way',
    () => daemon.status(),
    ({ anchor }) => anchor.state === 'idle',
    20_000,
  );
  await anvil.stop();
  const { journal: atStop } = await daemon.status();
  const failing = await eventually(
    'the outage is told',
    () => daemon.status(),
    (s) => s.anchor.state === 'failing' && s.journal.size > atStop.size + 1,
    20_000,
  );
  expect(failing.anchor.lastError).toMatch(/^UNREACHABLE: /);
  expect(failing.health.find((c) => c.name === 'anchor')?.state).toBe('degraded');
  await daemon.cut();

  // After a start nothing is known of the chain, which may hold more of our log than this journal.
  daemon = opening.use(await Daemon.start(file));
  const guarding = await eventually(
    'the outage is told again',
    () => daemon.status(),
    (s) => s.anchor.lastError !== null && s.journal.size > failing.journal.size + 1,
    20_000,
  );
  expect(guarding.anchor.state).toBe('unknown');
  expect(guarding.health.find((c) => c.name === 'anchor')?.state).toBe('unknown');

  anvil = opening.use(await chain(place.folder, anvil.port));
  await eventually(
    'what was sealed in the outage is final',
    () => finalSize(daemon),
    (size) => size > guarding.journal.size,
    40_000,
  );
  await daemon.stop();

  const outcomes = journalRecords(place.data, RecordType.statement)
    .filter((r) => r.body[0] === StatementKind.anchorOutcome)
    .map((r) => [r.body[1], Number(r.body[2])] as const);
  expect(outcomes.every(([said]) => said === 'final')).toBe(true);
  const sizes = outcomes.map(([, size]) => size);
  expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b));
  // The last one may have been on its way when the gateway stopped: it is in a block once nothing waits for one.
  await eventually(
    'no transaction waits for a block',
    () => anvil.rpc<{ pending: string }>('txpool_status'),
    ({ pending }) => Number(pending) === 0,
    20_000,
  );
  const onChain = await anchored(anvil, contract);
  expect(onChain.slice(0, sizes.length)).toEqual(sizes);
  expect(onChain.slice(sizes.length + 1)).toEqual([]);
  await expectHead(anvil.url, contract as Hex, place.data, onChain.at(-1) ?? 0);

  await expectSound(place.data);
}, 180_000);

/** Sizes that the contract took, in the order of the chain. */
async function anchored(anvil: Anvil, contract: string): Promise<number[]> {
  const viem = await loadViem();
  const topic = viem.toEventSelector('Anchored(bytes32,uint64,uint64,bytes32,uint16)');
  const filter = { address: contract, fromBlock: '0x0', topics: [topic] };
  const logs = await anvil.rpc<{ data: string }[]>('eth_getLogs', filter);
  return logs.map(({ data }) => Number(`0x${data.slice(66, 130)}`));
}

/** The contract's head is our journal's root of that size. */
async function expectHead(url: string, contract: Hex, data: string, size: number): Promise<void> {
  using archive = openArchive(data);
  const origin = archive.meta('origin') ?? '';
  const id = hexOf(logId(sha256, origin));
  const head = await ledgerOn(url, contract).head(id, 'latest', AbortSignal.timeout(5000));
  expect(Number(head.size)).toBe(size);
  expect(head.root).toEqual(rootAt(sha256, Number(head.size), nodesOf(archive)));
}
