import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFunctionData } from 'viem/utils';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hexOf } from '../src/anchoring/hex.ts';
import { AnchoredLog } from '../test/anchored-log.ts';
import { type Anvil, startAnvil } from '../test/anvil.ts';
import { compile } from './compile.ts';

type Case = {
  readonly id: string;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
};

const vectors: { cases: Case[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../test/fixtures/vectors/merkle/consistency.json'), 'utf8'),
);

const OPEN_DOOR = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;
import {ConsistencyProof} from "./ConsistencyProof.sol";
import {GatewayOrigin} from "./GatewayOrigin.sol";
contract OpenDoor {
    function holds(uint64 a, bytes32 ra, uint64 b, bytes32 rb, bytes32[] calldata proof) external view returns (bool) {
        return ConsistencyProof.holds(a, ra, b, rb, proof);
    }
    function parse(bytes calldata origin) external pure returns (bool ok, bytes32 gateway, uint16 epoch) {
        return GatewayOrigin.parse(origin);
    }
}`;

const hex = (base64: string): `0x${string}` => `0x${Buffer.from(base64, 'base64').toString('hex')}`;
const text = (ascii: string): `0x${string}` => `0x${Buffer.from(ascii).toString('hex')}`;

describe('the libraries on a chain', () => {
  const door = compile('OpenDoor.sol', 'OpenDoor', OPEN_DOOR);
  let anvil: Anvil;
  let to: string;

  beforeAll(async () => {
    anvil = await startAnvil({ hardfork: 'london' });
    const [from] = await anvil.rpc<string[]>('eth_accounts');
    const tx = await anvil.rpc('eth_sendTransaction', { from, data: door.bytecode });
    await vi.waitFor(async () => {
      const receipt = await anvil.rpc<{ contractAddress: string } | null>('eth_getTransactionReceipt', tx);
      to = receipt?.contractAddress ?? '';
      expect(to).not.toBe('');
    });
  });
  afterAll(() => anvil.stop());

  function ask(functionName: string, args: readonly unknown[]): Promise<string> {
    const data = encodeFunctionData({ abi: door.abi, functionName, args });
    return anvil.rpc<string>('eth_call', { to, data }, 'latest');
  }

  // A hash of another length cannot even be asked: bytes32 is the type.
  const cases = vectors.cases.filter((c) => [c.root1, c.root2, ...(c.proof ?? [])].every(is32));

  it('has cases of both kinds', () => {
    expect(cases.filter((c) => c.wantErr).length).toBeGreaterThan(30);
    expect(cases.filter((c) => !c.wantErr).length).toBeGreaterThan(2);
  });

  it('agrees with the consistency vectors of transparency-dev/merkle', async () => {
    const wrong: string[] = [];
    for (const c of cases) {
      const args = [BigInt(c.size1), hex(c.root1), BigInt(c.size2), hex(c.root2), (c.proof ?? []).map(hex)];
      const holds = BigInt(await ask('holds', args)) === 1n;
      if (holds === c.wantErr) wrong.push(c.id);
    }
    expect(wrong).toEqual([]);
  });

  it('holds between any two sizes of a log, and not of two logs', async () => {
    const log = new AnchoredLog('a.example/gw/b0b1b2b3b4b5b6b7/0');
    const other = new AnchoredLog(log.origin, { forkAt: 0 });
    for (let size = 1; size <= 17; size++) {
      for (let old = 1; old <= size; old++) {
        const proof = log.consistency(old, size).map(hexOf);
        const args = [BigInt(old), hexOf(log.rootAt(old)), BigInt(size)];
        expect(BigInt(await ask('holds', [...args, hexOf(log.rootAt(size)), proof])), `${old} ${size}`).toBe(
          1n,
        );
        expect(
          BigInt(await ask('holds', [...args, hexOf(other.rootAt(size)), proof])),
          `${old} ${size}`,
        ).toBe(0n);
      }
    }
  });

  it.each([
    ['a.example/gw/b0b1b2b3b4b5b6b7/0', 0],
    ['a.example/gw/b0b1b2b3b4b5b6b7/7', 7],
    ['a.example/gw/b0b1b2b3b4b5b6b7/65535', 65_535],
    ['x/gw/0000000000000000/10', 10],
  ])('reads the origin %s', async (origin, epoch) => {
    const words = (await ask('parse', [text(origin)])).slice(2).match(/.{64}/g) ?? [];
    const gateway = hash('sha256', origin.replace(/\/\d+$/, ''));
    expect(words.map((w) => BigInt(`0x${w}`))).toEqual([1n, BigInt(`0x${gateway}`), BigInt(epoch)]);
  });

  it.each([
    '',
    '0',
    '/0',
    'a.example/gw/b0b1b2b3b4b5b6b7/',
    'a.example/gw/b0b1b2b3b4b5b6b7',
    'a.example/gw/b0b1b2b3b4b5b6b7/00',
    'a.example/gw/b0b1b2b3b4b5b6b7/01',
    'a.example/gw/b0b1b2b3b4b5b6b7/65536',
    'a.example/gw/b0b1b2b3b4b5b6b7/100000',
    'a.example/gw/b0b1b2b3b4b5b6b7/4294967296',
    'a.example/gw/b0b1b2b3b4b5b6b/0',
    'a.example/gw/b0b1b2b3b4b5b6b7b8/0',
    'a.example/gw/B0b1b2b3b4b5b6b7/0',
    'a.example/gw/g0b1b2b3b4b5b6b7/0',
    'a.example/gx/b0b1b2b3b4b5b6b7/0',
    '/gw/b0b1b2b3b4b5b6b7/0',
    'a.example/b/gw/b0b1b2b3b4b5b6b7/0',
    'A.example/gw/b0b1b2b3b4b5b6b7/0',
    'a example/gw/b0b1b2b3b4b5b6b7/0',
    `${'a'.repeat(75)}/gw/b0b1b2b3b4b5b6b7/0`,
  ])('refuses the origin %j', async (origin) => {
    expect(BigInt((await ask('parse', [text(origin)])).slice(0, 66))).toBe(0n);
  });
});

function is32(base64: string): boolean {
  return Buffer.from(base64, 'base64').length === 32;
}
