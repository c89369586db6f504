import { AnchorError, type AnchorErrorCode } from '../domain/errors.ts';
import type { AnchorAlarm, AnchorEvent, AnchorState, AnchorStatus } from './anchor-status.ts';
import type { AnchorerParts, FlyingAnchor } from './anchorer-ports.ts';
import { Backoff, LONGEST_MS } from './backoff.ts';
import { compareHead, type HeldHead } from './fork-guard.ts';
import { ledgerProofJson } from './ledger-proof.ts';
import type { Head, Outcome, Refusal, Submission } from './port.ts';

/** What comes next: at once, when a head is signed, or after a growing pause. */
type Next = 'again' | 'idle' | 'retry';

/**
 * Brings the newest signed checkpoint onto the ledger, one transaction at a time (ledger section 7).
 * Sealing never waits for it, and any backlog is one anchor.
 */
export class Anchorer {
  readonly #parts: AnchorerParts;
  readonly #backoff: Backoff;
  #state: AnchorState = 'guarding';
  #lastFinal: AnchorStatus['lastFinal'] = null;
  #lastError: AnchorStatus['lastError'] = null;
  #alarm: Exclude<AnchorAlarm['kind'], 'cleared'> | null = null;
  /** A prefix of our log that the ledger named when it refused: the next request starts there. */
  #from: HeldHead | null = null;
  /** Size and key of a request that is never made again. */
  #refused: { readonly size: number; readonly keyNo: number } | null = null;
  /** Size that the ledger refused because it stands there already, by another's transaction. */
  #relayed: number | null = null;
  /** Transaction last seen in a block that was not final. */
  #included: string | null = null;
  #told = '';
  #woken = false;
  #wake = new AbortController();

  constructor(parts: AnchorerParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.random);
    const size = parts.store.lastFinal(parts.logId)?.size ?? null;
    if (size !== null) this.#lastFinal = { size, at: null };
  }

  /** False until the ledger said that it holds nothing of our log that we do not have. */
  maySign(): boolean {
    return this.#state !== 'guarding' && this.#state !== 'rollback';
  }

  /** A new head was signed. */
  signed(): void {
    this.#woken = true;
    this.#wake.abort();
  }

  status(): AnchorStatus {
    const at = this.#lastFinal?.at ?? null;
    return {
      state: this.#state,
      lastFinal: this.#lastFinal,
      ageMs: at === null ? null : Math.max(0, this.#parts.now() - at),
      lastError: this.#lastError,
    };
  }

  /** Runs until the signal aborts. @throws StorageError FORK when the ledger contradicts our log, IO, FULL */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#state !== 'rollback') {
      const next = await this.#attempt(signal);
      if (next === 'again') this.#backoff.reset();
      if (next === 'retry') await this.#parts.sleep(this.#backoff.next(), signal);
      if (next === 'idle') await this.#idle(signal);
    }
  }

  async #attempt(signal: AbortSignal): Promise<Next> {
    this.#woken = false;
    try {
      if (this.#state === 'guarding') return await this.#guard(signal);
      const turn = (await this.#parts.keys?.step(signal)) ?? null;
      if (turn !== null) return turn;
      const flying = this.#parts.store.inFlight().find((s) => s.log === this.#parts.logId);
      return await (flying === undefined ? this.#anchorNewest(signal) : this.#settle(flying, signal));
    } catch (error) {
      if (!(error instanceof AnchorError)) throw error;
      if (!signal.aborted) this.#note(error.code, error.message);
      if (this.#state === 'idle' || this.#state === 'submitting') this.#state = 'retrying';
      return 'retry';
    }
  }

  /** The fork guard: an included head is already out, so the ledger is asked for its latest. */
  async #guard(signal: AbortSignal): Promise<Next> {
    const { ledger, logId } = this.#parts;
    // A final head says more: then it is no matter of waiting.
    if (this.#isAhead(await ledger.head(logId, 'final', signal), true)) return 'idle';
    if (this.#isAhead(await ledger.head(logId, 'latest', signal), false)) return 'idle';
    this.#state = 'idle';
    return 'again';
  }

  async #anchorNewest(signal: AbortSignal): Promise<Next> {
    const { ledger, log, logId, store } = this.#parts;
    const newest = log.newest();
    const head = await this.#finalHead(signal);
    if (head === null) return 'idle';
    const from = this.#from !== null && this.#from.size > head.size ? this.#from : head;
    this.#from = null;
    if (newest === null || BigInt(newest.size) <= head.size) {
      this.#state = 'idle';
      this.#clear();
      this.#relay(head);
      return 'idle';
    }
    if (this.#refused?.size === newest.size && this.#refused.keyNo === head.keyNo) return 'retry';
    const oldSize = Number(from.size);
    const proof = log.consistency(oldSize, newest.size);
    const request = { oldSize: from.size, proof, note: newest.note };
    const prepared = await ledger.prepare(request, signal);
    if (prepared.kind === 'refused') return this.#refusal(prepared.why, newest.size, head);
    const { id, raw, sender, nonce } = prepared.submission;
    const staged = { id, log: logId, size: newest.size, raw, sender, nonce: Number(nonce) };
    const asked = JSON.stringify({ oldSize, size: newest.size });
    // If we die before this line nothing has happened; after it a restart reads the head and sends these bytes.
    store.stage({ ...staged, kind: 'anchor', request: asked, makes: null });
    this.#state = 'submitting';
    return 'again';
  }

  /** Of a transaction in flight: looks first whether it is done, then sends the same bytes and waits. */
  async #settle(flying: FlyingAnchor, signal: AbortSignal): Promise<Next> {
    const { ledger, store, patienceMs } = this.#parts;
    const submission = submissionOf(flying);
    const size = flying.size ?? 0;
    const head = await this.#finalHead(signal);
    if (head === null) return 'idle';
    const stands = head.size === BigInt(size);
    if (!stands || this.#state === 'retrying') {
      await ledger.broadcast(submission, signal);
      store.update(flying.id, { state: 'submitted' });
    }
    const patience = new AbortController();
    const waiting = AbortSignal.any([signal, patience.signal]);
    const timer = this.#parts.sleep(patienceMs, waiting).then(() => patience.abort());
    const outcome = await ledger.outcome(submission, waiting);
    patience.abort();
    await timer;
    if (signal.aborted && (outcome.kind === 'unknown' || outcome.kind === 'included')) return 'retry';
    return this.#conclude(flying, outcome, head, stands);
  }

  #conclude(flying: FlyingAnchor, outcome: Outcome, head: Head, stands: boolean): Next {
    const { store } = this.#parts;
    const { id } = flying;
    const size = flying.size ?? 0;
    if (outcome.kind === 'final') {
      const proof = outcome.proof === null ? null : ledgerProofJson(outcome.proof);
      return this.#stands(id, size, proof);
    }
    if (outcome.kind === 'included') {
      this.#included = id;
      this.#state = 'submitting';
      this.#tell({ kind: 'included', size, point: outcome.point });
      return 'again';
    }
    if (outcome.kind === 'unknown') {
      const gone = this.#included === id;
      this.#included = null;
      this.#state = 'retrying';
      this.#note(gone ? 'REORGANISED' : 'UNREACHABLE', `${id} is not on the ledger`);
      this.#tell({ kind: gone ? 'reorganised' : 'unknown', size });
      return 'retry';
    }
    // Anyone may relay a signed head: then ours stands by another's transaction, and the proof is theirs.
    if (stands) return this.#stands(id, size, null);
    if (outcome.kind === 'refused') {
      store.update(id, { state: 'refused', why: outcome.why.code });
      return this.#refusal(outcome.why, size, head);
    }
    store.update(id, { state: 'dropped', why: 'the nonce was used by another transaction' });
    this.#note('DROPPED', `${id} can never be included`);
    this.#tell({ kind: 'dropped', size });
    return 'retry';
  }

  #stands(id: string, size: number, proof: string | null): Next {
    this.#parts.store.update(id, { state: 'final', proof });
    // Until the ledger is read again, the time we heard of it stands for its own.
    this.#lastFinal = { size, at: this.#parts.now() };
    this.#lastError = null;
    this.#included = null;
    this.#clear();
    this.#tell({ kind: 'final', size, proof });
    return 'again';
  }

  /** What another member relayed counts when it is final; the proof is theirs. */
  #relay(head: Head): void {
    if (this.#relayed === null || head.size < BigInt(this.#relayed)) return;
    this.#lastError = null;
    this.#tell({ kind: 'final', size: this.#relayed, proof: null });
    this.#relayed = null;
  }

  #refusal(why: Refusal, size: number, head: Head): Next {
    if (why.code === 'STALE_HEAD') {
      this.#note('CONFLICT', `the ledger's head has size ${why.size}`);
      const newest = this.#parts.log.newest()?.size ?? 0;
      if (this.#isAhead(why, false)) return 'idle';
      if (why.size === BigInt(size)) this.#relayed = size;
      // What stands above the final head will be final, or be reorganised away.
      if (why.size >= BigInt(newest) || why.size === head.size) return 'retry';
      this.#from = why;
      return 'again';
    }
    this.#note('REJECTED', `the ledger refuses size ${size}: ${why.code}`);
    this.#state = 'refused';
    // A suspended log may be resumed: that is asked again. All else is the same answer for ever.
    if (why.code !== 'NOT_ACTIVE') this.#refused = { size, keyNo: head.keyNo };
    this.#tell({ kind: 'refused', size, why });
    this.#raise({ kind: 'refused', why: why.code });
    return 'retry';
  }

  /** The newest head that cannot be undone; null when it is ahead of us. */
  async #finalHead(signal: AbortSignal): Promise<Head | null> {
    const head = await this.#parts.ledger.head(this.#parts.logId, 'final', signal);
    if (this.#isAhead(head, true)) return null;
    if (head.size > 0n) this.#lastFinal = { size: Number(head.size), at: Number(head.at) * 1000 };
    return head;
  }

  #isAhead(head: HeldHead, final: boolean): boolean {
    const { log } = this.#parts;
    const localSize = log.signedSize();
    const rootAt = (size: number): Uint8Array => log.rootAt(size);
    if (compareHead(head, { size: localSize, rootAt }) === 'prefix') return false;
    this.#state = 'rollback';
    this.#raise({ kind: 'rollback', ledgerSize: Number(head.size), localSize, final });
    return true;
  }

  /** What is found again and again is told once. */
  #tell(event: AnchorEvent): void {
    const told = `${event.kind} ${event.size} ${'why' in event ? event.why.code : ''}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#parts.onOutcome(event);
  }

  #raise(alarm: Exclude<AnchorAlarm, { kind: 'cleared' }>): void {
    if (this.#alarm === alarm.kind) return;
    this.#alarm = alarm.kind;
    this.#parts.onAlarm(alarm);
  }

  #clear(): void {
    if (this.#alarm === null) return;
    this.#alarm = null;
    this.#parts.onAlarm({ kind: 'cleared' });
  }

  #note(code: AnchorErrorCode, message: string): void {
    this.#lastError = { code, message, at: this.#parts.now() };
  }

  async #idle(signal: AbortSignal): Promise<void> {
    if (this.#woken || this.#state === 'rollback') return;
    this.#wake = new AbortController();
    await this.#parts.sleep(LONGEST_MS, AbortSignal.any([signal, this.#wake.signal]));
  }
}

function submissionOf({ id, raw, sender, nonce }: FlyingAnchor): Submission {
  return { id, raw, sender, nonce: BigInt(nonce ?? 0) };
}
