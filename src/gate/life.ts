import { AnchorError, DeviceError } from '../domain/errors.ts';
import { refusalDetail, type Objection, type RefusalWord } from '../domain/goods/refusals.ts';
import { ReleaseStep } from '../domain/record.ts';
import { carryOut, insist, type Carried } from './carrying.ts';
import { because, contradicts, objectionHere, objectionOnLedger } from './checks.ts';
import { finish } from './finishing.ts';
import type { GateParts, Hex, OnLedger, Recorded } from './ports.ts';
import { shut, untilThrough, type Watching } from './watching.ts';

/**
 * The life of a release at its gate: claim, then act (ledger section 3). Each row is on record before the next
 * begins; whatever is not known keeps the barrier shut.
 *
 * | # | what is done                                    | on record before    | if we die behind it              |
 * |---|-------------------------------------------------|---------------------|----------------------------------|
 * | 1 | a person asks                                   | 10/1 requested      | forgotten: 10/5 restart          |
 * | 2 | order read at finality, own checks              | 10/7 authorised     | forgotten: 10/5 restart          |
 * | 3 | begin signed and stored                         | submission staged   | the same bytes are sent; row 9   |
 * | 4 | begin sent, until it is final                   | submission final    | row 9                            |
 * | 5 | the claim is ours                               | 10/2 claimed        | row 9                            |
 * | 6 | order and receipt read at finality, twice       | nothing             | row 9                            |
 * | 7 | the barrier is told to open                     | 10/3 opened, 8/1    | shut; row 8                      |
 * | 8 | goods pass, until all did, time is up or a      | goods' own records  | shut; what passed counts; row 9  |
 * |   | breach shuts the barrier; barrier shut          |                     |                                  |
 * | 9 | what was moved (0 if never opened)              | 10/4 done           | told anew, completed             |
 * |10 | complete signed, stored, sent, until it is final| submission          | the same bytes are sent          |
 */

/** From the read that allows it, on time that never steps, ms. */
const OPEN_WITHIN_MS = 15 * 60_000;
/** A claim that is final later opens nothing: nobody stands there any more, ms. */
const FINAL_WITHIN_MS = 5 * 60_000;
const TRY_AGAIN_MS = 5000;

/** How an order ended that never was claimed. */
const ENDED: ReadonlyMap<RefusalWord, ReleaseStep> = new Map([
  ['cancelled', ReleaseStep.cancelled],
  ['expired', ReleaseStep.expired],
]);

export type Claim = {
  readonly order: string;
  /** When it was asked for, monotonic ms. */
  readonly askedAt: number;
};

export async function release(
  parts: GateParts,
  { order, askedAt }: Claim,
  watching: Watching,
  signal: AbortSignal,
): Promise<void> {
  const { ledger, local, records, monotonic } = parts;
  const orderId: Hex = `0x${order}`;
  const refuse = async (why: Objection): Promise<void> => {
    await records.step(order, ReleaseStep.refused, 0, refusalDetail(why));
  };

  // Row 2. Nothing has been claimed: a refusal here costs nobody anything.
  const content = local.order(order)?.content ?? null;
  if (content === null) return refuse(because('no-content', order));
  const here = objectionHere(local.order(order), parts);
  if (here !== null) return refuse(here);
  const before = await readOnce(parts, orderId, signal);
  if (before === 'unreachable') return refuse(because('unreachable', ''));
  const there = objectionOnLedger(before, content, ledger.gate, 'authorized');
  if (there !== null) {
    await refuse(there);
    const ended = ENDED.get(there.word);
    if (ended !== undefined) await records.step(order, ended, 0, there.with);
    return undefined;
  }
  const { value: qty } = content.amount;
  await records.step(order, ReleaseStep.authorised, qty, `expires ${before?.order.expires ?? 0}`);

  // Rows 3 and 4.
  const begun = await claim(parts, order, orderId, signal);
  if (begun === 'unreachable') return refuse(because('unreachable', ''));
  if (begun.kind === 'stopped') return undefined;
  if (begun.kind !== 'final' && !(await isOurs(parts, orderId, signal))) {
    if (signal.aborted) return undefined;
    const code = begun.kind === 'refused' ? begun.code : begun.kind;
    return refuse(because(code === 'CONDITION' ? 'condition' : 'ledger-refuses', code));
  }

  // Row 5. From here on the order is ours to end, whatever happens.
  await records.step(order, ReleaseStep.claimed, qty, orderId);
  const readAt = monotonic();
  const against =
    readAt - askedAt > FINAL_WITHIN_MS
      ? because('late', `${Math.round((readAt - askedAt) / 1000)} s`)
      : await objectionAfter(parts, before, orderId, signal);
  if (against !== null) return giveBack(parts, order, against, signal);

  // Row 7.
  const opened = await open(parts, order, readAt, signal);
  if (opened === 'stopped') return undefined;
  if ('word' in opened) return giveBack(parts, order, opened, signal);

  // Rows 8 to 10.
  const moved = await untilThrough(parts, order, opened, watching, signal);
  return moved === 'stopped' ? undefined : finish(parts, order, moved, 'passed', signal);
}

/**
 * What looks refused or dropped may stand all the same, where a node tells its parts one after the other: only
 * this gate's account can have begun the order.
 */
async function isOurs(parts: GateParts, orderId: Hex, signal: AbortSignal): Promise<boolean> {
  const found = await insist(parts, () => parts.ledger.order(orderId, signal), signal);
  return found !== 'stopped' && found?.order.state === 'executing';
}

/** Row 6: two reads at finality that agree with what was read before, and with each other. */
async function objectionAfter(
  parts: GateParts,
  before: OnLedger | null,
  orderId: Hex,
  signal: AbortSignal,
): Promise<Objection | null> {
  const first = await readOnce(parts, orderId, signal);
  const second = first === 'unreachable' ? first : await readOnce(parts, orderId, signal);
  if (first === 'unreachable' || second === 'unreachable') return because('unreachable', '');
  if (contradicts(before, first) || contradicts(first, second)) {
    return because('contradiction', 'answers at finality differ');
  }
  const content = parts.local.order(orderId.slice(2))?.content ?? null;
  if (content === null) return because('no-content', orderId);
  const { gate } = parts.ledger;
  return (
    objectionOnLedger(first, content, gate, 'executing') ??
    objectionOnLedger(second, content, gate, 'executing')
  );
}

async function readOnce(
  parts: GateParts,
  orderId: Hex,
  signal: AbortSignal,
): Promise<OnLedger | null | 'unreachable'> {
  try {
    return await parts.ledger.order(orderId, signal);
  } catch (error) {
    if (!(error instanceof AnchorError)) throw error;
    parts.log('the ledger does not answer', { order: orderId, err: error });
    return 'unreachable';
  }
}

async function claim(
  parts: GateParts,
  order: string,
  orderId: Hex,
  signal: AbortSignal,
): Promise<Carried | 'unreachable'> {
  try {
    return await carryOut(parts, order, { kind: 'begin', orderId }, signal);
  } catch (error) {
    if (!(error instanceof AnchorError)) throw error;
    parts.log('nothing was claimed', { order, err: error });
    return 'unreachable';
  }
}

/**
 * Row 7. The barrier may need more than one try; each is asked anew whether it may still be made. All within the
 * 15 minutes of the read, which nothing that happens on the ledger can prolong.
 */
async function open(
  parts: GateParts,
  order: string,
  readAt: number,
  signal: AbortSignal,
): Promise<Recorded | Objection | 'stopped'> {
  const { barrier, local, monotonic, records } = parts;
  let opened: Recorded | null = null;
  let failure = '';
  while (!signal.aborted) {
    if (monotonic() - readAt >= OPEN_WITHIN_MS) return because('late', failure);
    const here = objectionHere(local.order(order), parts);
    if (here !== null) return here;
    const qty = local.order(order)?.content?.amount.value ?? 0;
    // On record first: a barrier that opened without a word would be one that was forced.
    opened ??= await records.step(order, ReleaseStep.opened, qty, parts.portal);
    if (barrier === null) return opened;
    try {
      await barrier.open(order, opened, signal);
      return opened;
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      failure = error.message;
      parts.log('the barrier does not open', { order, err: error });
    }
    await parts.sleep(TRY_AGAIN_MS, signal);
  }
  return 'stopped';
}

/** The claim is final and the door stays shut: nothing was moved, and the ledger is told so. */
async function giveBack(parts: GateParts, order: string, why: Objection, signal: AbortSignal): Promise<void> {
  const told = await parts.records.step(order, ReleaseStep.refused, 0, refusalDetail(why));
  // An order to open whose answer is lost may have been carried out.
  if (parts.local.order(order)?.openedAt !== null) await shut(parts, order, told, signal);
  const moved = parts.local.order(order)?.openedAt === null ? 0 : (parts.local.order(order)?.moved ?? 0);
  return finish(parts, order, moved, why.word, signal);
}
