import { setTimeout as delay } from 'node:timers/promises';
import { fromHex } from '../src/evidence/encodings.ts';
import { EvmConsortium } from '../src/anchoring/evm/consortium.ts';
import { EvmLedger, type EvmLedgerOptions } from '../src/anchoring/evm/evm-ledger.ts';
import type { Hex } from '../src/anchoring/port.ts';
import { type Secp256k1Key, secp256k1Key } from '../src/anchoring/secp256k1-key.ts';
import { ANVIL_CHAIN_ID, ANVIL_SECRETS } from './anvil.ts';

/** The consortium's admin, a gateway, a stranger. */
export const ANVIL_ACCOUNTS = [developer(0), developer(1), developer(2)] as const;

function developer(no: number): Secp256k1Key {
  const secret = fromHex(ANVIL_SECRETS[no] ?? '');
  if (secret === null) throw new RangeError(`anvil has no account ${no} in these tests`);
  return secp256k1Key(secret);
}

/** Resolves when time is up or the signal says so. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** Fast enough for tests that take seconds. */
const QUICK = { chainId: ANVIL_CHAIN_ID, timeoutMs: 1000, pollMs: 20, sleep } as const;

export function consortiumOn(url: string, account: Secp256k1Key = ANVIL_ACCOUNTS[0]): EvmConsortium {
  return new EvmConsortium({ ...QUICK, url, account });
}

export function ledgerOn(url: string, contract: Hex, options: Partial<EvmLedgerOptions> = {}): EvmLedger {
  return new EvmLedger({
    ...QUICK,
    url,
    contract,
    finality: { kind: 'tag' },
    account: ANVIL_ACCOUNTS[1],
    ...options,
  });
}
