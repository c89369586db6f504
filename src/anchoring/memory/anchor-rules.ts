import { checkpointText, parseOrigin } from '../../evidence/checkpoint.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { mth, verifyConsistency } from '../../evidence/merkle.ts';
import { bytesOfHex, hexOf } from '../hex.ts';
import { keyHash, sha256 } from '../key-possession.ts';
import type { Hex, Hex32, LogStatus, Refusal } from '../port.ts';
import { recoverAddress } from '../secp256k1-key.ts';

/**
 * AnchorLog once more, in TypeScript: the reference that the contract is compared with. Names,
 * refusals and their order are those of AnchorLog.sol; a call either changes the state or is refused.
 */

export type AnchorCall = {
  readonly fn: 'anchor';
  readonly origin: string;
  readonly oldSize: number;
  readonly newSize: number;
  readonly root: Hex32;
  readonly proof: readonly Hex32[];
  readonly sig: Hex;
};
export type EnrolCall = {
  readonly fn: 'enrol';
  readonly origin: string;
  readonly prev: Hex32 | null;
  readonly ledgerKey: Hex;
  readonly logKey: Hex32;
  readonly maxSilence: number;
  readonly sig: Hex;
};
export type ProposeKeyCall = {
  readonly fn: 'proposeKey';
  readonly logId: Hex32;
  readonly ledgerKey: Hex;
  readonly logKey: Hex32;
  readonly newSig: Hex;
  readonly oldSig: Hex;
};
export type ProveForkCall = {
  readonly fn: 'proveFork';
  readonly origin: string;
  readonly keyNo: number;
  readonly size: number;
  readonly root: Hex32;
  readonly proof: readonly Hex32[];
  readonly forkRoot: Hex32;
  readonly forkSig: Hex;
};
export type RevokerCall =
  | { readonly fn: 'cancelKey'; readonly logId: Hex32 }
  | { readonly fn: 'setSuspended'; readonly logId: Hex32; readonly on: boolean }
  | { readonly fn: 'revoke'; readonly logId: Hex32; readonly validSize: number };
export type LedgerCall = AnchorCall | EnrolCall | ProposeKeyCall | ProveForkCall | RevokerCall;

type Key = { readonly ledgerKey: Hex; readonly fromSize: number; readonly logKey: Hex32 };
export type LogState = {
  root: Uint8Array | null;
  size: number;
  validSize: number;
  at: number;
  keyNo: number;
  proposalNo: number;
  readonly epoch: number;
  readonly maxSilence: number;
  status: LogStatus;
  readonly keys: Key[];
  pending: { readonly ledgerKey: Hex; readonly ripeAt: number; readonly logKey: Hex32 } | null;
};
/** Logs by logId, newest log by gateway. */
export type LedgerState = { readonly logs: Map<string, LogState>; readonly current: Map<string, Hex32> };

/** What a call finds: the chain, the block's time in seconds, and the caller's roles. */
export type CallEnv = {
  readonly chainId: number;
  readonly contract: Hex;
  readonly keyDelay: number;
  readonly time: number;
  readonly registrar: boolean;
  readonly revoker: boolean;
};

const EMPTY_ROOT = mth(sha256, []);
const no = (code: Exclude<Refusal['code'], 'STALE_HEAD'>): Refusal => ({ code });

export function applyCall(state: LedgerState, call: LedgerCall, env: CallEnv): Refusal | null {
  if (call.fn === 'enrol') return enrol(state, call, env);
  if (call.fn === 'anchor') return anchor(state, call, env);
  if (call.fn === 'proposeKey') return proposeKey(state, call, env);
  if (call.fn === 'proveFork') return proveFork(state, call);
  return env.revoker ? revokerAct(state, call, env) : no('NOT_PERMITTED');
}

function enrol({ logs, current }: LedgerState, call: EnrolCall, env: CallEnv): Refusal | null {
  if (!env.registrar) return no('NOT_PERMITTED');
  const logId = hexOf(sha256(utf8(call.origin)));
  if (logs.has(logId)) return no('INVALID');
  if (!possesses(call.ledgerKey, { ...env, logId, proposalNo: 0 }, call, call.sig))
    return no('BAD_SIGNATURE');
  const origin = parseOrigin(call.origin);
  if (origin === null) return no('INVALID');
  const gateway = `${origin.domain}/gw/${origin.gw}`;
  const prev = current.get(gateway) ?? null;
  if (call.prev !== prev) return no('INVALID');
  const before = prev === null ? undefined : logs.get(prev);
  if (before !== undefined) {
    if (origin.epoch <= before.epoch) return no('INVALID');
    if (before.status === 'active' || before.status === 'suspended') end(before, 'revoked', before.size);
  }
  logs.set(logId, {
    root: null,
    size: 0,
    validSize: Infinity,
    at: 0,
    keyNo: 0,
    proposalNo: 0,
    epoch: origin.epoch,
    maxSilence: call.maxSilence,
    status: 'active',
    keys: [{ ledgerKey: call.ledgerKey, fromSize: 0, logKey: call.logKey }],
    pending: null,
  });
  current.set(gateway, logId);
  return null;
}

function anchor({ logs }: LedgerState, call: AnchorCall, env: CallEnv): Refusal | null {
  const log = logs.get(hexOf(sha256(utf8(call.origin))));
  if (log?.status !== 'active') return no('NOT_ACTIVE');
  if (call.oldSize !== log.size || call.newSize <= call.oldSize)
    return { code: 'STALE_HEAD', size: BigInt(log.size), root: log.root };
  const signer = recoverAddress(textHash(call.origin, call.newSize, call.root), bytesOfHex(call.sig));
  const ripe = log.pending !== null && log.pending.ripeAt <= env.time ? log.pending : null;
  if (signer === null || (signer !== log.keys[log.keyNo]?.ledgerKey && signer !== ripe?.ledgerKey))
    return no('BAD_SIGNATURE');
  const root = bytesOfHex(call.root);
  const proof = call.proof.map(bytesOfHex);
  if (!verifyConsistency(sha256, log.size, call.newSize, log.root ?? EMPTY_ROOT, root, proof))
    return no('INCONSISTENT');
  if (signer !== log.keys[log.keyNo]?.ledgerKey) accept(log);
  log.root = root;
  log.size = call.newSize;
  log.at = env.time;
  return null;
}

function proposeKey({ logs }: LedgerState, call: ProposeKeyCall, env: CallEnv): Refusal | null {
  const log = logs.get(call.logId);
  const open = log?.status === 'active' || (log?.status === 'suspended' && env.registrar);
  if (log === undefined || !open) return no('NOT_ACTIVE');
  if (log.pending !== null) return no('INVALID');
  const current = log.keys[log.keyNo]?.ledgerKey ?? '0x';
  if (call.ledgerKey === current) return no('INVALID');
  const proposal = { ...env, logId: call.logId, proposalNo: log.proposalNo + 1 };
  if (!possesses(call.ledgerKey, proposal, call, call.newSig)) return no('BAD_SIGNATURE');
  if (!env.registrar && !possesses(current, proposal, call, call.oldSig)) return no('BAD_SIGNATURE');
  log.proposalNo++;
  log.pending = { ledgerKey: call.ledgerKey, ripeAt: env.time + env.keyDelay, logKey: call.logKey };
  return null;
}

function proveFork({ logs }: LedgerState, call: ProveForkCall): Refusal | null {
  const log = logs.get(hexOf(sha256(utf8(call.origin))));
  const key = log?.keys[call.keyNo];
  if (log?.root === undefined || log.root === null || key === undefined) return no('INVALID');
  if (log.status !== 'active' && log.status !== 'suspended') return no('INVALID');
  const last = log.keys[call.keyNo + 1]?.fromSize ?? log.size;
  if (call.root === call.forkRoot || call.size <= key.fromSize || call.size > last) return no('INVALID');
  const [root, proof] = [bytesOfHex(call.root), call.proof.map(bytesOfHex)];
  if (!verifyConsistency(sha256, call.size, log.size, root, log.root, proof)) return no('INCONSISTENT');
  const signer = recoverAddress(textHash(call.origin, call.size, call.forkRoot), bytesOfHex(call.forkSig));
  if (signer !== key.ledgerKey) return no('BAD_SIGNATURE');
  if (call.keyNo === log.keyNo) end(log, 'faulted', log.size);
  return null;
}

function revokerAct({ logs }: LedgerState, call: RevokerCall, env: CallEnv): Refusal | null {
  const log = logs.get(call.logId);
  if (call.fn === 'setSuspended') {
    if (log?.status !== (call.on ? 'active' : 'suspended')) return no('NOT_ACTIVE');
    if (call.on) log.pending = null;
    else if (log.pending !== null && log.pending.ripeAt <= env.time) accept(log);
    log.status = call.on ? 'suspended' : 'active';
    return null;
  }
  if (log === undefined) return no('INVALID');
  if (call.fn === 'cancelKey') {
    if (log.pending === null) return no('INVALID');
    log.pending = null;
    return null;
  }
  if (call.validSize > log.size || call.validSize > log.validSize) return no('INVALID');
  end(log, 'revoked', call.validSize);
  return null;
}

function end(log: LogState, status: 'revoked' | 'faulted', validSize: number): void {
  log.status = status;
  log.validSize = validSize;
}

/** Puts the proposed key in force; it counts for sizes above the present one. */
function accept(log: LogState): void {
  if (log.pending === null) return;
  const { ledgerKey, logKey } = log.pending;
  log.keys.push({ ledgerKey, fromSize: log.size, logKey });
  log.keyNo++;
  log.pending = null;
}

function possesses(
  signer: Hex,
  where: { chainId: number; contract: Hex; logId: Hex32; proposalNo: number },
  claimed: { ledgerKey: Hex; logKey: Hex32 },
  sig: Hex,
): boolean {
  const { chainId, contract, logId, proposalNo } = where;
  const { ledgerKey, logKey } = claimed;
  const digest = keyHash({ chainId, contract, logId, proposalNo, ledgerKey, logKey: bytesOfHex(logKey) });
  return recoverAddress(digest, bytesOfHex(sig)) === signer;
}

function textHash(origin: string, size: number, root: Hex32): Uint8Array {
  return sha256(utf8(checkpointText(origin, size, bytesOfHex(root))));
}
