import { refusalDetail } from '../domain/goods/refusals.ts';
import type { OrderFact } from '../domain/goods/orders.ts';
import { ReleaseStep } from '../domain/record.ts';
import { carry, carryOut, insist, requestOf } from './carrying.ts';
import { because } from './checks.ts';
import type { GateParts, Hex } from './ports.ts';
import { movedBy, shut, type Watching } from './watching.ts';

/** Rows 9 and 10: what was moved goes on record, and the ledger is told with the hash of that leaf. */
export async function finish(
  parts: GateParts,
  order: string,
  moved: number,
  detail: string,
  signal: AbortSignal,
): Promise<void> {
  const done = await parts.records.step(order, ReleaseStep.done, moved, detail);
  await complete(parts, order, moved, done.hash, signal);
}

async function complete(
  parts: GateParts,
  order: string,
  moved: number,
  hash: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const orderId: Hex = `0x${order}`;
  const op = { kind: 'complete', orderId, moved: BigInt(moved), evidence: hexOf(hash) } as const;
  for (;;) {
    const carried = await insist(parts, () => carryOut(parts, order, op, signal), signal);
    if (carried === 'stopped' || carried.kind === 'final' || carried.kind === 'stopped') return;
    const found = await insist(parts, () => parts.ledger.order(orderId, signal), signal);
    // Somebody else ended it, e.g. a regulator: there is nothing left to tell.
    if (found === 'stopped' || found?.order.state !== 'executing') return;
    parts.log('the ledger does not take the end of an order', { order, ...carried });
    await parts.sleep(60_000, signal);
    if (signal.aborted) return;
  }
}

/**
 * What a start finds half done. First what is in flight comes to its end; then every order that this gate has
 * claimed is ended with what was moved. Nothing here opens anything.
 */
export async function resume(parts: GateParts, watching: Watching, signal: AbortSignal): Promise<void> {
  const { ledger, store } = parts;
  for (const flying of store.inFlight()) {
    if (flying.sender.toLowerCase() !== ledger.gate.toLowerCase()) continue;
    const { id, raw, sender, nonce } = flying;
    const carried = await carry(parts, { id, raw, sender, nonce: BigInt(nonce ?? 0) }, signal);
    if (carried.kind === 'stopped') return;
  }
  for (const fact of parts.local.orders()) {
    if (signal.aborted) return;
    if (isPending(fact, parts)) await resumeOne(parts, fact, watching, signal);
  }
}

function isPending(fact: OrderFact, { portal, store }: GateParts): boolean {
  const { order, content, state, refused, since } = fact;
  if (content?.portal !== portal || !OURS.has(state)) return false;
  // A start has asked the ledger already: nothing was claimed, and that is on record.
  const isAnswered = refused !== null && refused.at >= since && refused.why.startsWith('restart:');
  if (UNCLAIMED.has(state) && isAnswered) return false;
  return !store.isFinal(order, requestOf('complete'));
}

const UNCLAIMED: ReadonlySet<OrderFact['state']> = new Set(['requested', 'authorised']);
const OURS: ReadonlySet<OrderFact['state']> = new Set(['requested', 'authorised', 'claimed', 'open', 'done']);

async function resumeOne(
  parts: GateParts,
  { order, state }: OrderFact,
  watching: Watching,
  signal: AbortSignal,
): Promise<void> {
  const { ledger, records, local, log } = parts;
  const found = await insist(parts, () => ledger.order(`0x${order}`, signal), signal);
  if (found === 'stopped') return;
  const onLedger = found?.order.state ?? null;
  const isOurs = found?.order.gate.toLowerCase() === ledger.gate.toLowerCase();
  log('an order is taken up after a start', { order, state, onLedger });
  if (onLedger !== 'executing' || !isOurs) {
    if (UNCLAIMED.has(state)) {
      await records.step(order, ReleaseStep.refused, 0, refusalDetail(because('restart', '')));
    } else if (state !== 'done' && (onLedger === 'done' || onLedger === null)) {
      await records.step(order, ReleaseStep.done, movedBy(local.order(order)) ?? 0, 'ended by another');
    }
    return;
  }
  if (state === 'done') return finish(parts, order, movedBy(local.order(order)) ?? 0, 'told again', signal);
  // First whose it is: a refusal alone would read as if nothing had been claimed.
  if (UNCLAIMED.has(state)) await records.step(order, ReleaseStep.claimed, 0, 'found after a start');
  const told = await records.step(order, ReleaseStep.refused, 0, refusalDetail(because('restart', state)));
  if (state !== 'open') return finish(parts, order, 0, 'restart', signal);
  await shut(parts, order, told, signal);
  let moved = movedBy(local.order(order));
  while (moved === null || (local.order(order)?.isDisputed === true && !watching.isSettled(order))) {
    await watching.changed(1000, signal);
    if (signal.aborted) return;
    moved = movedBy(local.order(order));
  }
  return finish(parts, order, moved, 'restart', signal);
}

function hexOf(bytes: Uint8Array): Hex {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
