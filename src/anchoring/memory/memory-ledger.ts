import { AnchorError } from '../../domain/errors.ts';
import { fromUtf8, utf8 } from '../../evidence/encodings.ts';
import { anchorNote } from '../anchor-note.ts';
import { bytesOfHex, hexOf } from '../hex.ts';
import { sha256 } from '../key-possession.ts';
import type {
  AnchorRequest,
  CheckpointLedger,
  Head,
  Hex,
  Hex32,
  KeyOp,
  LedgerProfile,
  LedgerProof,
  Outcome,
  Prepared,
  Submission,
} from '../port.ts';
import type { LedgerKey } from '../key-proposer.ts';
import type { LogSigner } from '../signer.ts';
import type { LedgerCall } from './anchor-rules.ts';
import { type MemoryBlock, MemoryChain, type MemoryTx } from './memory-chain.ts';

/** Nothing is void: the greatest number of the contract. */
const MAX_SIZE = 2n ** 64n - 1n;

export type MemoryLedgerOptions = {
  readonly chain: MemoryChain;
  readonly sender: string;
  /** Signs ledger proofs: a test key. */
  readonly signer: LogSigner;
  readonly pollMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** The reference ledger: all rules of AnchorLog, on a chain with switches for everything that goes wrong. */
export class MemoryLedger implements CheckpointLedger {
  readonly profile: LedgerProfile = { network: 'memory', finality: { kind: 'tag' } };
  readonly #options: MemoryLedgerOptions;

  constructor(options: MemoryLedgerOptions) {
    this.#options = options;
  }

  async prepare(op: AnchorRequest | KeyOp, signal: AbortSignal): Promise<Prepared> {
    const { chain, sender } = this.#options;
    await this.#answer(signal);
    let prepared: Prepared = { kind: 'refused', why: { code: 'BAD_SIGNATURE' } };
    for (const call of callsOf(op)) {
      const why = chain.simulate(call, sender);
      if (why === null) return { kind: 'ready', submission: this.submission(call) };
      prepared = { kind: 'refused', why };
      if (why.code !== 'BAD_SIGNATURE') break;
    }
    return prepared;
  }

  /** Any call as a transaction of this sender; the ledger is not asked what it thinks of it. */
  submission(call: LedgerCall): Submission {
    const { chain, sender } = this.#options;
    const nonce = chain.latest.nonces.get(sender) ?? 0;
    const raw = utf8(JSON.stringify({ sender, nonce, call }));
    return { id: hexOf(sha256(raw)), raw, sender, nonce: BigInt(nonce) };
  }

  async broadcast(s: Submission, signal: AbortSignal): Promise<void> {
    const { chain } = this.#options;
    await this.#answer(signal);
    const tx: Omit<MemoryTx, 'id'> = JSON.parse(fromUtf8(s.raw) ?? '');
    chain.submit({ ...tx, id: s.id });
    if (chain.broadcasts !== 'arrive')
      throw new AnchorError('UNREACHABLE', 'the memory ledger lost an answer');
  }

  async outcome(s: Submission, signal: AbortSignal): Promise<Outcome> {
    const { pollMs, sleep, chain } = this.#options;
    let known: Outcome = { kind: 'unknown' };
    while (!signal.aborted) {
      known = chain.silent ? { kind: 'unknown' } : this.#look(s);
      if (known.kind !== 'unknown' && known.kind !== 'included') return known;
      await sleep(pollMs, signal);
    }
    return known;
  }

  async head(logId: Hex32, at: 'final' | 'latest', signal: AbortSignal): Promise<Head> {
    await this.#answer(signal);
    const log = this.#options.chain[at].state.logs.get(logId);
    if (log === undefined)
      return { size: 0n, validSize: 0n, root: null, keyNo: 0, proposalNo: 0, status: 'none', at: 0n };
    const { root, keyNo, proposalNo, status } = log;
    const validSize = log.validSize === Infinity ? MAX_SIZE : BigInt(log.validSize);
    return { size: BigInt(log.size), validSize, root, keyNo, proposalNo, status, at: BigInt(log.at) };
  }

  /** The key of this number, null for none. @throws AnchorError UNREACHABLE */
  async key(
    logId: Hex32,
    keyNo: number,
    at: 'final' | 'latest',
    signal: AbortSignal,
  ): Promise<LedgerKey | null> {
    await this.#answer(signal);
    const key = this.#options.chain[at].state.logs.get(logId)?.keys[keyNo];
    if (key === undefined) return null;
    return { ...key, fromSize: BigInt(key.fromSize), logKey: bytesOfHex(key.logKey) };
  }

  /** Address of the key that is proposed and not in force yet; null for none. @throws AnchorError UNREACHABLE */
  async proposed(logId: Hex32, at: 'final' | 'latest', signal: AbortSignal): Promise<Hex | null> {
    await this.#answer(signal);
    return this.#options.chain[at].state.logs.get(logId)?.pending?.ledgerKey ?? null;
  }

  async #answer(signal: AbortSignal): Promise<void> {
    await this.#options.sleep(0, signal);
    if (this.#options.chain.silent) throw new AnchorError('UNREACHABLE', 'the memory ledger is silent');
  }

  #look(s: Submission): Outcome {
    const { chain } = this.#options;
    const block = chain.find(s.id);
    if (block === undefined) {
      const passed = BigInt(chain.final.nonces.get(s.sender) ?? 0) > s.nonce;
      return passed ? { kind: 'dropped' } : { kind: 'unknown' };
    }
    const { height, hash } = block;
    const point = { height: BigInt(height), hash, tx: s.id };
    if (height > chain.final.height) return { kind: 'included', point };
    const why = block.results.get(s.id) ?? null;
    return why === null ? { kind: 'final', proof: this.#proof(s, block) } : { kind: 'refused', why };
  }

  #proof(s: Submission, block: MemoryBlock): LedgerProof | null {
    const { call }: { call: LedgerCall } = JSON.parse(fromUtf8(s.raw) ?? '');
    if (call.fn !== 'anchor') return null;
    const unsigned = {
      kind: 'memory',
      network: this.profile.network,
      contract: MemoryChain.contract,
      logId: hexOf(sha256(utf8(call.origin))),
      size: BigInt(call.newSize),
      root: call.root,
      at: { height: BigInt(block.height), hash: block.hash, tx: s.id },
    } as const;
    return { ...unsigned, bytes: this.#options.signer.sign(memoryProofMessage(unsigned)) };
  }
}

/** What the test key signs: every field of the proof. */
export function memoryProofMessage(proof: Omit<LedgerProof, 'bytes'>): Uint8Array {
  const { network, contract, logId, size, root, at } = proof;
  return utf8([network, contract, logId, size, root, at.height, hexOf(at.hash), at.tx].join('\n'));
}

/** A call per ledger line of the note, the newest key's first. */
function callsOf(op: AnchorRequest | KeyOp): LedgerCall[] {
  if (!('note' in op)) {
    const { logId, ledgerKey, logKey, newSig, oldSig } = op;
    const sigs = { newSig: hexOf(newSig), oldSig: hexOf(oldSig) };
    return [{ fn: 'proposeKey', logId, ledgerKey, logKey: hexOf(logKey), ...sigs }];
  }
  const { origin, size, root, ledgerSignatures } = anchorNote(op.note);
  return ledgerSignatures.toReversed().map((sig) => ({
    fn: 'anchor',
    origin,
    oldSize: Number(op.oldSize),
    newSize: size,
    root: hexOf(root),
    proof: op.proof.map(hexOf),
    sig: hexOf(sig),
  }));
}
