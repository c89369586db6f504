import type { ReceiptShowing } from '../../api/receipt-port.ts';
import type { ReceiptVerb } from '../../api/receipt-types.ts';
import { Refused } from '../../domain/errors.ts';
import { EVENTS_SLOT, RecordType, type ActBody } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import type { Goods } from '../../goods/goods.ts';
import type { Input } from '../../intake/input.ts';
import { makeDurable } from '../site/durable.ts';
import { OWNER } from '../site/operator.ts';

export type SigningParts = {
  readonly goods: Pick<Goods, 'receipts' | 'control'>;
  readonly add: (input: Input) => boolean;
  readonly now: () => number;
  /** Aborts when the gateway failed: what waits to become durable is refused. */
  readonly over: AbortSignal;
};

/** Acts that a person answers for: a token that is nobody's own may not do them. */
const PERSONAL: ReadonlySet<ReceiptVerb> = new Set([
  'start-control',
  'end-control',
  'close-breach',
  'confirm-breach-closed',
]);

/** What people sign of receipts enters by the same door as readings. */
export class ReceiptSigning {
  readonly #parts: SigningParts;

  constructor(parts: SigningParts) {
    this.#parts = parts;
  }

  /** @throws Refused, and then nothing is on record */
  async act(
    receipt: string,
    { verb, actor, role, reason }: Parameters<ReceiptShowing['act']>[1],
  ): Promise<void> {
    const { goods, add, now, over } = this.#parts;
    const row = goods.control.book.at(receipt, now());
    if (row === null) throw new Refused('NOT_FOUND', `there is no receipt ${receipt}`);
    if (PERSONAL.has(verb) && actor <= OWNER)
      throw new Refused('NOT_ALLOWED', `${verb} asks for a named person: use a token of your own (users:)`);
    const isOpen = row.period?.to === null;
    if (verb === 'start-control' && isOpen)
      throw new Refused('CONFLICT', 'a control period of this receipt is open already');
    if (verb === 'end-control' && !isOpen && row.wanted === null)
      throw new Refused('CONFLICT', 'no control period of this receipt is open');
    if (verb === 'close-breach' && !row.lost.breaches.some(({ to }) => to === null))
      throw new Refused('CONFLICT', 'no breach of this receipt is open');
    if (verb === 'confirm-breach-closed') {
      if (row.closing === null)
        throw new Refused('CONFLICT', 'nobody has said yet that the incident is closed: close-breach first');
      if (row.closing.actor === actor)
        throw new Refused('NOT_ALLOWED', 'who closed the incident cannot be the second person too');
    }
    const by = [actor, recordText(role), verb, receipt] as const;
    const body: ActBody = [...by, null, null, recordText(reason), 0];
    const records = [{ slot: EVENTS_SLOT, t: now(), type: RecordType.act, body }];
    await makeDurable(add, { records }, over);
  }
}
