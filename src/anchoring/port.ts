/** What the anchorer asks of a ledger; every method takes an AbortSignal as its last argument. */

export type Hex = `0x${string}`;
/** 32 bytes. */
export type Hex32 = Hex;

/** Puts operations on a ledger so that a crash at any point can be told from one that never began. */
export interface Submitter<Op, Why = Refusal> {
  /** Builds and signs, without any effect; or says what the ledger would refuse now. @throws AnchorError UNREACHABLE */
  prepare(op: Op, signal: AbortSignal): Promise<Prepared<Why>>;
  /** Idempotent. @throws AnchorError UNREACHABLE: nobody knows whether it arrived; REJECTED: the node will not have it */
  broadcast(s: Submission, signal: AbortSignal): Promise<void>;
  /** Waits for final, refused or dropped; when aborted, gives what is known then: included or unknown. */
  outcome(s: Submission, signal: AbortSignal): Promise<Outcome<Why>>;
}

export interface CheckpointLedger extends Submitter<AnchorRequest | KeyOp> {
  readonly profile: LedgerProfile;
  /** `latest` may still be reorganised away. @throws AnchorError UNREACHABLE */
  head(logId: Hex32, at: 'final' | 'latest', signal: AbortSignal): Promise<Head>;
}

/** The request of C2SP tlog-witness: old size, consistency proof, signed checkpoint. */
export type AnchorRequest = {
  readonly oldSize: bigint;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
};

/** One exchange with a witness, repeatable. @throws AnchorError UNREACHABLE, REJECTED for an answer without its signature */
export type Witness = (ask: AnchorRequest, signal: AbortSignal) => Promise<Cosigned>;

export type Cosigned =
  /** A note's signature line, with its newline, checked under the witness' key. */
  | { readonly kind: 'signed'; readonly line: string }
  /** Of a stale head a witness names the size alone, so its root is null. */
  | { readonly kind: 'refused'; readonly why: Refusal };

/** A new key pair; `newSig` and `oldSig` are over the key hash, 65 bytes r‖s‖v (oldSig empty from a registrar). */
export type KeyOp = {
  readonly logId: Hex32;
  /** Address of a secp256k1 key, 20 bytes. */
  readonly ledgerKey: Hex;
  readonly logKey: Uint8Array;
  readonly newSig: Uint8Array;
  readonly oldSig: Uint8Array;
};

export type Prepared<Why = Refusal> =
  | { readonly kind: 'ready'; readonly submission: Submission }
  | { readonly kind: 'refused'; readonly why: Why };

/** A signed transaction, not yet sent. Its id is known beforehand. */
export type Submission = {
  readonly id: string;
  readonly raw: Uint8Array;
  readonly sender: string;
  readonly nonce: bigint;
};

export type LogStatus = 'none' | 'active' | 'suspended' | 'revoked' | 'faulted';

/** `root` is null at size 0; heads above `validSize` are void; `at` is the time of the newest anchor on the ledger, seconds since 1970. */
export type Head = {
  readonly size: bigint;
  readonly validSize: bigint;
  readonly root: Uint8Array | null;
  readonly keyNo: number;
  readonly proposalNo: number;
  readonly status: LogStatus;
  readonly at: bigint;
};

/** Where on the ledger a transaction stands. */
export type Point = { readonly height: bigint; readonly hash: Uint8Array; readonly tx: string };

/** What a ledger gives back for an anchor. Stored and shown; not checked offline in version 1. */
export type LedgerProof = {
  readonly kind: 'memory' | 'evm';
  readonly network: string;
  readonly contract: string;
  readonly logId: Hex32;
  readonly size: bigint;
  readonly root: Hex32;
  readonly at: Point;
  readonly bytes: Uint8Array;
};

export type Outcome<Why = Refusal> =
  /** `proof` is null for an operation that anchors nothing. */
  | { readonly kind: 'final'; readonly proof: LedgerProof | null }
  | { readonly kind: 'included'; readonly point: Point }
  | { readonly kind: 'refused'; readonly why: Why }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'unknown' };

export type Refusal =
  | { readonly code: 'STALE_HEAD'; readonly size: bigint; readonly root: Uint8Array | null }
  | { readonly code: 'INCONSISTENT' | 'BAD_SIGNATURE' | 'NOT_ACTIVE' | 'NOT_PERMITTED' | 'INVALID' };

/** Final at once, by the chain's own `finalized` tag, or `depth` heights below the newest. */
export type Finality =
  | { readonly kind: 'instant' }
  | { readonly kind: 'tag' }
  | { readonly kind: 'depth'; readonly depth: number };

/** `network` names the chain, e.g. `eip155:31337`. */
export type LedgerProfile = { readonly network: string; readonly finality: Finality };
