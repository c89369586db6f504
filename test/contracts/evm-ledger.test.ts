import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCall, loadViem } from '../../src/anchoring/evm/contract.ts';
import { bytesOfHex, hexOf } from '../../src/anchoring/hex.ts';
import { keyHash, sha256 } from '../../src/anchoring/key-possession.ts';
import type { Hex } from '../../src/anchoring/port.ts';
import { recoverAddress } from '../../src/anchoring/secp256k1-key.ts';
import { checkpointText } from '../../src/evidence/checkpoint.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { AnchoredLog, keyNamed, LOG_KEY } from '../anchored-log.ts';
import { ANVIL_CHAIN_ID, type Anvil, startAnvil } from '../anvil.ts';
import { soon } from './ledger-acts.ts';
import { ANVIL_ACCOUNTS, consortiumOn, ledgerOn } from '../evm-world.ts';

describe.each([
  { name: 'with a base fee', options: {}, type: 'eip1559' },
  { name: 'without a base fee', options: { baseFee: 0 }, type: 'legacy' },
])('an EVM ledger on a chain $name', ({ options, type }) => {
  let anvil: Anvil;
  let contract: Hex;
  const log = new AnchoredLog('consortium.example/gw/b0b1b2b3b4b5b6b7/0');
  const key = keyNamed('ledger key');

  beforeAll(async () => {
    anvil = await startAnvil(options);
    contract = await consortiumOn(anvil.url).deploy(60, soon());
    const logKey = LOG_KEY.publicKey;
    const enrolment = { origin: log.origin, prev: null, ledgerKey: key, logKey, maxSilence: 60 };
    expect(await consortiumOn(anvil.url).enrol(contract, enrolment, soon())).toBeNull();
  });
  afterAll(() => anvil.stop());

  async function view(name: 'textHash' | 'keyHash', args: readonly unknown[]): Promise<Uint8Array> {
    const data = encodeCall(await loadViem(), name, args);
    return bytesOfHex(await anvil.rpc<string>('eth_call', { to: contract, data }, 'latest'));
  }

  async function signed() {
    const prepared = await ledgerOn(anvil.url, contract).prepare(log.request(0, 5, key), soon());
    if (prepared.kind === 'refused') throw new Error(prepared.why.code);
    return prepared.submission;
  }

  it.each([1, 9, 10, 65_536, 2 ** 53 - 1])('hashes the checkpoint text of size %i as we do', async (size) => {
    const root = sha256(utf8(`root of ${size}`));
    const ours = sha256(utf8(checkpointText(log.origin, size, root)));
    expect(await view('textHash', [hexOf(utf8(log.origin)), BigInt(size), hexOf(root)])).toEqual(ours);
  });

  it.each([0, 1, 65_535])('hashes the claim of proposal %i as we do', async (proposalNo) => {
    const { logId } = log;
    const claim = { logId, proposalNo, ledgerKey: key.address, logKey: LOG_KEY.publicKey };
    const args = [logId, proposalNo, key.address, hexOf(LOG_KEY.publicKey)];
    expect(await view('keyHash', args)).toEqual(keyHash({ chainId: ANVIL_CHAIN_ID, contract, ...claim }));
  });

  it('signs locally, in the form that suits the chain, for this chain only', async () => {
    const viem = await loadViem();
    const { raw, id, sender } = await signed();
    const tx = viem.parseTransaction(hexOf(raw));
    expect(tx).toMatchObject({ type, chainId: ANVIL_CHAIN_ID });
    expect(viem.keccak256(raw)).toBe(id);
    expect(sender).toBe(ANVIL_ACCOUNTS[1].address);
  });

  it('is unanimous with the chain on the sender, and final', async () => {
    const ledger = ledgerOn(anvil.url, contract);
    const s = await signed();
    await ledger.broadcast(s, soon());
    await anvil.rpc('anvil_mine', '0x3');
    expect(await ledger.outcome(s, soon())).toMatchObject({ kind: 'final', proof: { size: 5n } });
    const tx = await anvil.rpc<{ from: string }>('eth_getTransactionByHash', s.id);
    expect(tx.from).toBe(s.sender);
  });

  it('refuses a node of another chain', async () => {
    const ledger = ledgerOn(anvil.url, contract, { chainId: 1 });
    await expect(ledger.head(log.logId, 'latest', soon())).rejects.toMatchObject({
      code: 'REJECTED',
      message: 'the node is on chain 31337, 1 is configured',
    });
  });

  it('finds no head, and takes no success, where there is no contract', async () => {
    const ledger = ledgerOn(anvil.url, `0x${'11'.repeat(20)}`);
    expect(await ledger.head(log.logId, 'latest', soon())).toMatchObject({ size: 0n, status: 'none' });
    const prepared = await ledger.prepare(log.request(0, 5, key), soon());
    if (prepared.kind === 'refused') throw new Error('an address without code takes every call');
    await ledger.broadcast(prepared.submission, soon());
    await anvil.rpc('anvil_mine', '0x3');
    const outcome = await ledger.outcome(prepared.submission, soon());
    expect(outcome).toEqual({ kind: 'refused', why: { code: 'INVALID' } });
  });

  it('says when the node will not have the transaction: an account without funds', async () => {
    const ledger = ledgerOn(anvil.url, contract, { account: keyNamed('a poor account') });
    const prepared = await ledger.prepare(log.request(5, 6, key), soon());
    if (prepared.kind === 'refused') throw new Error(prepared.why.code);
    const broadcasting = ledger.broadcast(prepared.submission, soon());
    await expect(broadcasting).rejects.toMatchObject({ name: 'AnchorError', code: 'REJECTED' });
  });

  it('recovers the address that signed, and nothing from a defect', () => {
    const digest = sha256(utf8('a digest'));
    const signature = key.sign(digest);
    expect(recoverAddress(digest, signature)).toBe(key.address);
    expect(recoverAddress(sha256(digest), signature)).not.toBe(key.address);
    expect(recoverAddress(digest, signature.slice(0, 64))).toBeNull();
    expect(recoverAddress(digest, signature.with(64, 29))).toBeNull();
    expect(recoverAddress(digest, new Uint8Array(65).with(64, 27))).toBeNull();
  });
});
