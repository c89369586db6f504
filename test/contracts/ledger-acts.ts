import { expect } from 'vitest';
import { anchorNote } from '../../src/anchoring/anchor-note.ts';
import { hexOf } from '../../src/anchoring/hex.ts';
import { keyHash } from '../../src/anchoring/key-possession.ts';
import type { AnchorCall } from '../../src/anchoring/memory/anchor-rules.ts';
import type {
  AnchorRequest,
  CheckpointLedger,
  Hex32,
  KeyOp,
  LedgerProof,
  Refusal,
  Submission,
} from '../../src/anchoring/port.ts';
import type { Secp256k1Key } from '../../src/anchoring/secp256k1-key.ts';
import { AnchoredLog, keyNamed, LOG_KEY } from '../anchored-log.ts';
import type { LedgerWorld } from './ledger-world.ts';

export const key = keyNamed('ledger key');
export const next = keyNamed('next ledger key');
export const thief = keyNamed('thief');

let gateways = 0;

export const soon = (): AbortSignal => AbortSignal.timeout(5000);

export const shortly = (): AbortSignal => AbortSignal.timeout(250);

export const code = (why: Refusal | null): string | null => why?.code ?? null;

export function newGateway(): string {
  return `a.example/gw/${(++gateways).toString(16).padStart(16, '0')}`;
}

export function rawAnchor(log: AnchoredLog, oldSize: number, size: number): AnchorCall {
  const { root, ledgerSignatures } = anchorNote(log.note(size, key));
  const proof = log.consistency(oldSize, size).map(hexOf);
  const sig = hexOf(ledgerSignatures[0] ?? new Uint8Array());
  return { fn: 'anchor', origin: log.origin, oldSize, newSize: size, root: hexOf(root), proof, sig };
}

export async function concluded(
  ledger: CheckpointLedger,
  s: Submission,
): Promise<LedgerProof | null | Refusal> {
  const outcome = await ledger.outcome(s, soon());
  if (outcome.kind === 'refused') return outcome.why;
  if (outcome.kind !== 'final') throw new Error(`still ${outcome.kind}`);
  return outcome.proof;
}

/** What the cases say in one word; a fresh gateway for each, so that they may share a chain. */
export function actsIn(world: () => LedgerWorld) {
  async function enrolled(origin = `${newGateway()}/0`, prev: Hex32 | null = null): Promise<AnchoredLog> {
    const log = new AnchoredLog(origin);
    expect(await enrol(log, prev)).toBeNull();
    return log;
  }

  function enrol(
    log: AnchoredLog,
    prev: Hex32 | null,
    signer = key,
    proposalNo = 0,
  ): Promise<Refusal | null> {
    const sig = hexOf(signer.sign(possession(log.logId, proposalNo, key)));
    const logKey = hexOf(LOG_KEY.publicKey);
    return world().act({
      fn: 'enrol',
      origin: log.origin,
      prev,
      ledgerKey: key.address,
      logKey,
      maxSilence: 60,
      sig,
    });
  }

  function possession(logId: Hex32, proposalNo: number, k: Secp256k1Key): Uint8Array {
    const { chainId, contract } = world();
    return keyHash({ chainId, contract, logId, proposalNo, ledgerKey: k.address, logKey: LOG_KEY.publicKey });
  }

  function proposal(log: AnchoredLog, no: number, to: Secp256k1Key, by: Secp256k1Key | null): KeyOp {
    const hash = possession(log.logId, no, to);
    const oldSig = by === null ? new Uint8Array() : by.sign(hash);
    return {
      logId: log.logId,
      ledgerKey: to.address,
      logKey: LOG_KEY.publicKey,
      newSig: to.sign(hash),
      oldSig,
    };
  }

  async function ready(op: AnchorRequest | KeyOp, ledger = world().ledger): Promise<Submission> {
    const prepared = await ledger.prepare(op, soon());
    if (prepared.kind === 'refused') throw new Error(`refused: ${prepared.why.code}`);
    return prepared.submission;
  }

  async function submit(
    op: AnchorRequest | KeyOp,
    ledger = world().ledger,
  ): Promise<LedgerProof | null | Refusal> {
    const prepared = await ledger.prepare(op, soon());
    if (prepared.kind === 'refused') return prepared.why;
    await ledger.broadcast(prepared.submission, soon());
    await world().finalise();
    return concluded(ledger, prepared.submission);
  }

  async function anchored(
    log: AnchoredLog,
    oldSize: number,
    size: number,
    ...keys: Secp256k1Key[]
  ): Promise<void> {
    const done = await submit(log.request(oldSize, size, ...(keys.length === 0 ? [key] : keys)));
    expect(done).toMatchObject({ logId: log.logId, size: BigInt(size) });
  }

  async function refusal(op: AnchorRequest | KeyOp, ledger = world().ledger): Promise<string | null> {
    const prepared = await ledger.prepare(op, soon());
    return prepared.kind === 'refused' ? prepared.why.code : null;
  }

  const head = (log: AnchoredLog) => world().ledger.head(log.logId, 'latest', soon());

  return {
    enrolled,
    enrol,
    possession,
    proposal,
    ready,
    submit,
    anchored,
    refusal,
    head,
  };
}
