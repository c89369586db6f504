import type { ActBody, LogRecord } from '../domain/record.ts';
import { parseDuration } from '../domain/units.ts';
import type { ControlBook } from './control-book.ts';
import type { ControlEvidence } from './control-evidence.ts';
import type { Signed } from './control-row.ts';
import { refOf } from './sources.ts';

/** What people say of the control of a receipt, by the verb of the act; the object is the receipt. */
export const CONTROL_VERBS = {
  start: 'start-control',
  end: 'end-control',
  close: 'close-breach',
  confirm: 'confirm-breach-closed',
} as const;

const BREAK_GLASS = 'break-glass';

/** What an act says of control; one that was refused says nothing. */
export function actOn(book: ControlBook, evidence: ControlEvidence, act: ActBody, record: LogRecord): void {
  const [actor, , verb, object, , change, , result] = act;
  const { t } = record;
  if (result !== 0) return;
  const ms = change === null ? null : parseDuration(change);
  if (verb === 'maintain' && ms !== null) {
    const blind = (): void => evidence.maintain(object, t, t + ms, record);
    book.change(record, blind, ({ zone }) => zone === object);
  } else if (verb === 'end-maintenance') {
    const see = (): void => evidence.endMaintenance(object);
    book.change(record, see, ({ zone }) => zone === object);
  } else if (verb === BREAK_GLASS) openPast(book, evidence, record);
  else sign(book, object, verb, { actor, at: t, ref: refOf(record) }, record);
}

/** Something was opened past every rule: for every receipt, since nobody saw what went. */
export function openPast(book: ControlBook, evidence: ControlEvidence, record: LogRecord): void {
  const open = (): void => evidence.openPast(record.t, record);
  book.change(record, open, () => true);
}

function sign(book: ControlBook, receipt: string, verb: string, by: Signed, record: LogRecord): void {
  const { start, end, close, confirm } = CONTROL_VERBS;
  if (verb !== start && verb !== end && verb !== close && verb !== confirm) return;
  const row = book.walk(receipt, by.at);
  if (row === null) return;
  const isOpen = row.period?.to === null;
  if (verb === start && !isOpen) book.put({ ...row, wanted: by });
  else if (verb === end && isOpen) book.end(receipt, 'declared', record);
  else if (verb === end) book.put({ ...row, wanted: null });
  else if (verb === close && row.lost.breaches.some(({ to }) => to === null))
    book.put({ ...row, closing: by });
  else if (verb === confirm && row.closing !== null && row.closing.actor !== by.actor) {
    const refs = [row.closing.ref, by.ref];
    const breaches = row.lost.breaches.map((b) =>
      b.to === null ? { ...b, to: by.at, refs: [...b.refs, ...refs] } : b,
    );
    book.put({ ...row, closing: null, lost: { ...row.lost, breaches } });
  }
  book.settle(receipt, record);
}
