import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { anchorNote } from '../src/anchoring/anchor-note.ts';
import { keyHash } from '../src/anchoring/key-possession.ts';
import { hexOf } from '../src/anchoring/hex.ts';
import { encodeCall, loadViem, type AnchorLogFunction } from '../src/anchoring/evm/contract.ts';
import { anchorCalls } from '../src/anchoring/evm/calls.ts';
import { anchorLogBytecode } from '../src/anchoring/evm/generated/anchor-log.ts';
import type { Hex } from '../src/anchoring/port.ts';
import { utf8 } from '../src/evidence/encodings.ts';
import { AnchoredLog, keyNamed, LOG_KEY } from '../test/anchored-log.ts';
import { ANVIL_CHAIN_ID, type Anvil, startAnvil } from '../test/anvil.ts';

/** Gas, ledger section 4. */
const BUDGET = {
  deploy: 3_200_000,
  enrol: 155_000,
  first: 76_000,
  nine: 70_000,
  eight: 72_000,
  million: 85_000,
  newKey: 135_000,
  proposeKey: 105_000,
  resume: 92_000,
  proveFork: 95_000,
  revoke: 45_000,
};

const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7';
/** Where the sizes below lie. */
const CHUNKS = [0, 51, 488, 512, 976, 977];
const NONE = `0x${'00'.repeat(32)}`;
const viem = await loadViem();

describe.each(['london', 'osaka'] as const)('gas on %s', (hardfork) => {
  let anvil: Anvil;
  let from: Hex;
  let contract: Hex;
  const key = keyNamed('ledger key');
  const newer = keyNamed('newer ledger key');

  beforeAll(async () => {
    anvil = await startAnvil({ hardfork });
    [from = '0x'] = await anvil.rpc<Hex[]>('eth_accounts');
  });
  afterAll(() => anvil.stop());

  type Receipt = { gasUsed: Hex; status: Hex; contractAddress: Hex };

  async function send(tx: { to?: Hex; data: Hex }): Promise<Receipt> {
    const id = await anvil.rpc('eth_sendTransaction', { from, ...tx });
    const receipt = await vi.waitFor(async () => {
      const found = await anvil.rpc<Receipt | null>('eth_getTransactionReceipt', id);
      if (found === null) throw new Error(`${String(id)} is not mined yet`);
      return found;
    });
    expect(receipt.status).toBe('0x1');
    return receipt;
  }

  async function gas(name: AnchorLogFunction, ...args: readonly unknown[]): Promise<number> {
    return Number((await send({ to: contract, data: encodeCall(viem, name, args) })).gasUsed);
  }

  async function gasOfAnchor(log: AnchoredLog, oldSize: number, size: number, signer = key): Promise<number> {
    const [data = '0x'] = anchorCalls(viem, log.request(oldSize, size, signer));
    return Number((await send({ to: contract, data })).gasUsed);
  }

  function possession(log: AnchoredLog, proposalNo: number, k: typeof key): Uint8Array {
    const { logId } = log;
    const at = { chainId: ANVIL_CHAIN_ID, contract, logId, proposalNo };
    return keyHash({ ...at, ledgerKey: k.address, logKey: LOG_KEY.publicKey });
  }

  function enrol(log: AnchoredLog, prev: string): Promise<number> {
    const sig = hexOf(key.sign(possession(log, 0, key)));
    const logKey = hexOf(LOG_KEY.publicKey);
    return gas('enrol', hexOf(utf8(log.origin)), prev, key.address, logKey, 3600, sig);
  }

  function propose(log: AnchoredLog, proposalNo: number): Promise<number> {
    const hash = possession(log, proposalNo, newer);
    const sigs = [hexOf(newer.sign(hash)), hexOf(key.sign(hash))];
    return gas('proposeKey', log.logId, newer.address, hexOf(LOG_KEY.publicKey), ...sigs);
  }

  it('deploying', async () => {
    const args = viem.encodeAbiParameters([{ type: 'address' }, { type: 'uint32' }], [from, 0]);
    const receipt = await send({ data: viem.concatHex([anchorLogBytecode, args]) });
    contract = receipt.contractAddress;
    for (const role of ['REGISTRAR', 'REVOKER']) {
      await gas('grantRole', hexOf(utf8(role.padEnd(32, '\0'))), from);
    }
    expect(Number(receipt.gasUsed)).toBeLessThan(BUDGET.deploy);
  });

  it('enrolling, and with an epoch before', async () => {
    const first = new AnchoredLog(`${ORIGIN}/0`);
    expect(await enrol(first, NONE)).toBeLessThan(BUDGET.enrol);
    await gasOfAnchor(first, 0, 1);
    expect(await enrol(new AnchoredLog(`${ORIGIN}/1`), first.logId)).toBeLessThan(BUDGET.enrol);
  });

  it('anchoring', async () => {
    const log = new AnchoredLog('a.example/gw/0000000000000001/0', { chunks: CHUNKS });
    await enrol(log, NONE);
    expect(await gasOfAnchor(log, 0, 145)).toBeLessThan(BUDGET.first);
    expect(log.consistency(145, 200)).toHaveLength(9);
    expect(await gasOfAnchor(log, 145, 200)).toBeLessThan(BUDGET.nine);
    await gasOfAnchor(log, 200, 52_560);
    expect(log.consistency(52_560, 52_561)).toHaveLength(8);
    expect(await gasOfAnchor(log, 52_560, 52_561)).toBeLessThan(BUDGET.eight);
  });

  it.each([
    [999_425, 16],
    [524_289, 21],
  ])('anchoring from %i to a million', async (size, hashes) => {
    const log = new AnchoredLog(`a.example/gw/00000000000000${hashes}/0`, { chunks: CHUNKS });
    await enrol(log, NONE);
    await gasOfAnchor(log, 0, size);
    expect(log.consistency(size, 1_000_000)).toHaveLength(hashes);
    expect(await gasOfAnchor(log, size, 1_000_000)).toBeLessThan(BUDGET.million);
  });

  it('rotating a key by an anchor', async () => {
    const log = new AnchoredLog('a.example/gw/0000000000000002/0');
    await enrol(log, NONE);
    await gasOfAnchor(log, 0, 145);
    expect(await propose(log, 1)).toBeLessThan(BUDGET.proposeKey);
    expect(await gasOfAnchor(log, 145, 200, newer)).toBeLessThan(BUDGET.newKey);
  });

  it('suspending and resuming with a key, then revoking', async () => {
    const log = new AnchoredLog('a.example/gw/0000000000000003/0');
    await enrol(log, NONE);
    await gasOfAnchor(log, 0, 10);
    await gas('setSuspended', log.logId, true, NONE);
    await propose(log, 1);
    expect(await gas('setSuspended', log.logId, false, NONE)).toBeLessThan(BUDGET.resume);
    expect(await gas('revoke', log.logId, 5n, NONE)).toBeLessThan(BUDGET.revoke);
  });

  it('proving a fork', async () => {
    const log = new AnchoredLog('a.example/gw/0000000000000004/0', { chunks: CHUNKS });
    await enrol(log, NONE);
    await gasOfAnchor(log, 0, 1_000_900);
    const size = 500_001;
    const forked = new AnchoredLog(log.origin, { chunks: CHUNKS, forkAt: 500_000 });
    const proof = log.consistency(size, 1_000_900).map(hexOf);
    expect(proof.length).toBeGreaterThanOrEqual(18);
    const [sig = new Uint8Array()] = anchorNote(forked.note(size, key)).ledgerSignatures;
    const roots = [hexOf(log.rootAt(size)), proof, hexOf(forked.rootAt(size))];
    const used = await gas('proveFork', hexOf(utf8(log.origin)), 0, BigInt(size), ...roots, hexOf(sig));
    expect(used).toBeLessThan(BUDGET.proveFork);
  });
});
