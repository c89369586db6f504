import { AnchorError } from '../domain/errors.ts';
import type { GateOp, GateParts, Signed } from './ports.ts';

/** Transactions of the gate's account: one in flight, durable before its first byte is sent (ledger section 7). */

/** An outcome not heard for so long: the same bytes are sent again, ms. */
const PATIENCE_MS = 15_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

export type Carried =
  | { readonly kind: 'final' | 'dropped' }
  | { readonly kind: 'refused'; readonly code: string }
  /** We stop; nobody knows yet. The next start goes on. */
  | { readonly kind: 'stopped' };

/** How a transaction is asked for, so that one of an order can be found again. */
export function requestOf(kind: GateOp['kind']): string {
  return JSON.stringify({ order: kind });
}

/**
 * Signs, stores and sends; waits until it is over.
 * @throws AnchorError UNREACHABLE while nothing is stored yet
 */
export async function carryOut(
  parts: GateParts,
  order: string,
  op: GateOp,
  signal: AbortSignal,
): Promise<Carried> {
  const prepared = await parts.ledger.prepare(op, signal);
  if (prepared.kind === 'refused') return { kind: 'refused', code: prepared.why.code };
  const { submission } = prepared;
  const { id, raw, sender, nonce } = submission;
  const request = requestOf(op.kind);
  // If we die before this line the ledger heard nothing; after it the next start sends these bytes, and no others.
  parts.store.stage({
    id,
    kind: 'order',
    log: order,
    size: null,
    request,
    makes: null,
    raw,
    sender,
    nonce: Number(nonce),
  });
  return carry(parts, submission, signal);
}

/** Sends what is stored, again and again the same, until the ledger has an end for it. */
export async function carry(parts: GateParts, submission: Signed, signal: AbortSignal): Promise<Carried> {
  const { ledger, store, log } = parts;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      await ledger.broadcast(submission, signal);
      store.update(submission.id, { state: 'submitted' });
      const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
      const ended = await ledger.outcome(submission, patience);
      if (ended.kind === 'final') {
        store.update(submission.id, { state: 'final', proof: null });
        return { kind: 'final' };
      }
      if (ended.kind === 'refused') {
        store.update(submission.id, { state: 'refused', why: ended.why.code });
        return { kind: 'refused', code: ended.why.code };
      }
      if (ended.kind === 'dropped') {
        store.update(submission.id, { state: 'dropped', why: 'the nonce was used by another transaction' });
        return { kind: 'dropped' };
      }
    } catch (error) {
      if (!(error instanceof AnchorError)) throw error;
      if (!signal.aborted) log('the ledger is asked again', { id: submission.id, err: error });
    }
    await parts.sleep(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  return { kind: 'stopped' };
}

/** Asks until there is an answer. */
export async function insist<T>(
  parts: Pick<GateParts, 'sleep' | 'log'>,
  question: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | 'stopped'> {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof AnchorError)) throw error;
      if (!signal.aborted) parts.log('the ledger is asked again', { err: error });
    }
    await parts.sleep(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  return 'stopped';
}
