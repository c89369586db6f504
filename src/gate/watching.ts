import { DeviceError } from '../domain/errors.ts';
import type { OrderFact } from '../domain/goods/orders.ts';
import type { RecordRef } from '../domain/record.ts';
import type { GateParts } from './ports.ts';

const LOOK_MS = 1000;
/** A barrier that something stands under is tried again for so long, ms. */
const SHUT_WITHIN_MS = 5 * 60_000;

/** Told while the barrier is open: something was committed, or a person says that it is over. */
export type Watching = {
  /** Resolves when facts may have changed, or after so long, ms. */
  changed(ms: number, signal: AbortSignal): Promise<void>;
  /** A person has settled this order. */
  isSettled(order: string): boolean;
};

/**
 * Row 8. Waits until all has passed, until time is up or a person says so, and shuts. A breach shuts at once
 * and then waits for a person. Gives what was moved, in the order's amount.
 */
export async function untilThrough(
  parts: GateParts,
  order: string,
  opened: RecordRef,
  watching: Watching,
  signal: AbortSignal,
): Promise<number | 'stopped'> {
  const began = parts.monotonic();
  let isShut = false;
  while (!signal.aborted) {
    const fact = parts.local.order(order);
    const isUp = parts.monotonic() - began >= parts.openForMs;
    const isOver = isUp || watching.isSettled(order) || isThrough(fact);
    if (!isShut && (isOver || fact?.isDisputed === true || parts.local.reader() !== 'well')) {
      await shut(parts, order, opened, signal);
      isShut = true;
    }
    const moved = movedBy(fact);
    if (isShut && isOver && fact?.isDisputed !== true && moved !== null) return moved;
    await watching.changed(LOOK_MS, signal);
  }
  return 'stopped';
}

/** What was moved as far as that is known; null where a person has to say. */
export function movedBy(fact: OrderFact | null): number | null {
  if (fact === null) return 0;
  const most = fact.content?.amount.value ?? 0;
  return fact.moved === null ? null : Math.min(fact.moved, most);
}

/** Tags can say that all has passed; a scale's figure may still be followed by another. */
function isThrough(fact: OrderFact | null): boolean {
  const content = fact?.content ?? null;
  if (fact === null || content === null) return true;
  if (content.epcs !== null) return fact.passed.length >= content.epcs.length;
  const { value, exp, unit } = content.amount;
  return unit === '1' && exp === 0 && fact.passed.length >= value;
}

/** Tries until it is shut; what stands under it keeps it open, and then the order goes on without. */
export async function shut(
  parts: GateParts,
  order: string,
  cause: RecordRef,
  signal: AbortSignal,
): Promise<void> {
  const { barrier, monotonic } = parts;
  if (barrier === null) return;
  const began = monotonic();
  while (!signal.aborted) {
    try {
      return await barrier.shut(order, cause, signal);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      parts.log('the barrier does not shut', { order, err: error });
      if (monotonic() - began >= SHUT_WITHIN_MS) return;
    }
    await parts.sleep(LOOK_MS, signal);
  }
}
