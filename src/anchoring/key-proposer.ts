import type { KeyOp, Hex, Hex32, Outcome, Submission, Submitter, Head, Refusal } from './port.ts';

/** What of a ledger shows how far a new key has come. Every read at `final`: nothing of it is undone. */
export interface KeyLedger extends Submitter<KeyOp> {
  head(logId: Hex32, at: 'final', signal: AbortSignal): Promise<Head>;
  /** The key of this number, null for none. */
  key(logId: Hex32, keyNo: number, at: 'final', signal: AbortSignal): Promise<LedgerKey | null>;
  /** Address of the key that is proposed and not in force yet; null for none. */
  proposed(logId: Hex32, at: 'final', signal: AbortSignal): Promise<Hex | null>;
}

/** A key of a log as a ledger holds it: it counts for sizes above `fromSize`. */
export type LedgerKey = { readonly ledgerKey: Hex; readonly fromSize: bigint; readonly logKey: Uint8Array };

/** The key pair that is announced in our log and shall stand on the ledger. */
export type WantedKey = { readonly no: number; readonly ledgerKey: Hex };

/** What happened to it, told once each. */
export type KeyEvent =
  | { readonly kind: 'accepted'; readonly no: number; readonly fromSize: number }
  | { readonly kind: 'cancelled'; readonly no: number }
  | { readonly kind: 'refused'; readonly no: number; readonly why: Refusal };

export type StagedKey = {
  readonly id: string;
  readonly kind: 'key';
  readonly log: Hex32;
  readonly size: null;
  /** JSON of what was asked. */
  readonly request: string;
  readonly makes: null;
  readonly raw: Uint8Array;
  readonly sender: string;
  readonly nonce: number;
};

export type KeySubmission = Omit<StagedKey, 'kind' | 'log' | 'size' | 'makes' | 'nonce'> & {
  readonly kind: string;
  readonly log: string | null;
  readonly nonce: number | null;
};

/** Durable before it returns. */
export type KeyStore = {
  stage(s: StagedKey): void;
  update(
    id: string,
    change:
      | { readonly state: 'submitted' }
      | { readonly state: 'final'; readonly proof: null }
      | { readonly state: 'refused' | 'dropped'; readonly why: string },
  ): void;
  inFlight(): readonly KeySubmission[];
  /** Whether a proposal asked for with this JSON became final. */
  isFinal(log: string, request: string): boolean;
};

export type KeyProposerParts = {
  readonly ledger: KeyLedger;
  readonly logId: Hex32;
  readonly store: KeyStore;
  /** null while no rotation is under way. */
  readonly wanted: () => WantedKey | null;
  /** The proposal with both keys' signatures over its number (proof of possession and consent). */
  readonly sign: (no: number, proposalNo: number) => KeyOp;
  readonly onEvent: (event: KeyEvent) => void;
  readonly patienceMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/**
 * Brings an announced key onto the ledger: proposes it once and finds out what became of it. It takes
 * turns with the anchors, for log and account have one submission in flight (ledger section 7).
 */
export class KeyProposer {
  readonly #parts: KeyProposerParts;
  /** The proposal that the ledger refused: the same one is not made again. */
  #refused: string | null = null;

  constructor(parts: KeyProposerParts) {
    this.#parts = parts;
  }

  /** One step; null when it is the anchors' turn. @throws AnchorError, StorageError */
  async step(signal: AbortSignal): Promise<'again' | 'retry' | null> {
    const { store, logId, wanted } = this.#parts;
    const flying = store.inFlight().find((s) => s.log === logId);
    if (flying?.kind === 'key') return this.#settle(flying, signal);
    const key = wanted();
    if (key === null || flying !== undefined) return null;
    return this.#follow(key, signal);
  }

  async #follow(key: WantedKey, signal: AbortSignal): Promise<'again' | 'retry' | null> {
    const { ledger, logId, store, onEvent } = this.#parts;
    // The proposal first: one that is gone by then is seen as a key in force by the reads after it.
    const proposed = await ledger.proposed(logId, 'final', signal);
    const head = await ledger.head(logId, 'final', signal);
    const inForce = await ledger.key(logId, head.keyNo, 'final', signal);
    if (inForce?.ledgerKey === key.ledgerKey) {
      onEvent({ kind: 'accepted', no: key.no, fromSize: Number(inForce.fromSize) });
      return 'again';
    }
    if (proposed === key.ledgerKey) return null;
    const request = JSON.stringify({ proposes: key.no, ledgerKey: key.ledgerKey });
    // It stood there and stands there no more: the consortium said no, and is not asked again.
    if (store.isFinal(logId, request)) {
      onEvent({ kind: 'cancelled', no: key.no });
      return 'again';
    }
    const attempt = `${head.proposalNo} ${head.status} ${request}`;
    if (this.#refused === attempt) return null;
    const prepared = await ledger.prepare(this.#parts.sign(key.no, head.proposalNo + 1), signal);
    if (prepared.kind === 'refused') {
      this.#refused = attempt;
      onEvent({ kind: 'refused', no: key.no, why: prepared.why });
      return null;
    }
    const { id, raw, sender, nonce } = prepared.submission;
    // If we die before this line nothing has happened; after it a restart sends these bytes.
    const rest = { kind: 'key', log: logId, size: null, makes: null, nonce: Number(nonce) } as const;
    store.stage({ id, request, raw, sender, ...rest });
    return 'again';
  }

  async #settle(flying: KeySubmission, signal: AbortSignal): Promise<'again' | 'retry'> {
    const { ledger, store, patienceMs, sleep } = this.#parts;
    const submission = submissionOf(flying);
    await ledger.broadcast(submission, signal);
    store.update(flying.id, { state: 'submitted' });
    const patience = new AbortController();
    const waiting = AbortSignal.any([signal, patience.signal]);
    const timer = sleep(patienceMs, waiting).then(() => patience.abort());
    const outcome = await ledger.outcome(submission, waiting);
    patience.abort();
    await timer;
    return this.#conclude(flying, outcome);
  }

  #conclude({ id }: KeySubmission, outcome: Outcome): 'again' | 'retry' {
    const { store } = this.#parts;
    switch (outcome.kind) {
      case 'final':
        store.update(id, { state: 'final', proof: null });
        return 'again';
      case 'refused':
        // What changed meanwhile is read anew; the same proposal is refused before it is sent.
        store.update(id, { state: 'refused', why: outcome.why.code });
        return 'again';
      case 'dropped':
        store.update(id, { state: 'dropped', why: 'the nonce was used by another transaction' });
        return 'again';
      case 'included':
      case 'unknown':
        return 'retry';
      default:
        return outcome satisfies never;
    }
  }
}

function submissionOf({ id, raw, sender, nonce }: KeySubmission): Submission {
  return { id, raw, sender, nonce: BigInt(nonce ?? 0) };
}
