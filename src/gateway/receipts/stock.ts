import type { StockLine, StockStatement } from '../../api/receipt-types.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { StorageError } from '../../domain/errors.ts';
import { EVENTS_SLOT, RecordType, type BlobBody } from '../../domain/record.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { fromHex, toHex, utf8 } from '../../evidence/encodings.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';
import { readStatement, type SignedStatement } from '../../evidence/statement.ts';
import { coverageOf } from '../../goods/coverage.ts';
import type { Goods } from '../../goods/goods.ts';
import { spansOf } from '../../goods/lost-time.ts';
import type { Blocks } from '../recording/blocks.ts';
import { sha256 } from '../site/primitives.ts';
import { dayAt, endOfDay, startOfDay } from './local-day.ts';
import type { ReceiptView } from './view.ts';

export type StockDeskParts = {
  readonly goods: Pick<Goods, 'receipts' | 'control'>;
  readonly view: Pick<ReceiptView, 'status' | 'sign'>;
  readonly journal: Pick<SqliteJournal, 'meta' | 'file'>;
  readonly record: Blocks['record'];
  readonly now: () => number;
  readonly timeZone: () => string;
  readonly onError: (error: unknown) => void;
};

/** A day's statement as it is remembered: its file, and what each receipt said when it was over. */
type KeptDay = { readonly day: string; readonly file: string; readonly closing: ReadonlyMap<string, number> };

const META = 'stock-statements';
/** Days that are looked up by their date; older ones are in the journal and its bundles all the same. */
const MOST_DAYS = 400;
const LOOK_MS = 5000;
const MOST_BYTES = 8_000_000;

/**
 * States the stock of each local day once it is over, signed and journaled by its hash. It asks nobody: with
 * the link cut it is made all the same. A day that ended while the gateway did not run is stated at its start.
 */
export class StockDesk implements Disposable {
  readonly #parts: StockDeskParts;
  readonly #timer: NodeJS.Timeout;
  #days: readonly KeptDay[];
  #dueAt: number;

  /** @throws StorageError CORRUPT */
  constructor(parts: StockDeskParts) {
    this.#parts = parts;
    this.#days = keptIn(parts.journal.meta(META));
    this.#dueAt = startOfDay(parts.now(), parts.timeZone());
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
    this.#look();
  }

  statement(day: string): SignedStatement | null {
    const kept = this.#days.find((one) => one.day === day);
    const hash = kept === undefined ? null : fromHex(kept.file);
    const bytes = hash === null ? null : this.#parts.journal.file(hash);
    return bytes === null ? null : readStatement(bytes);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { now, timeZone, onError, goods } = this.#parts;
    const t = now();
    if (t < this.#dueAt && t > this.#dueAt - 2 * 86_400_000) return;
    try {
      const zone = timeZone();
      const to = startOfDay(t, zone);
      const day = dayAt(to - 1, zone);
      this.#dueAt = endOfDay(t, zone);
      // Of a day before anything was bound there is nothing to state.
      const isNews = goods.receipts.list().some(({ boundAt }) => boundAt < to);
      if (isNews && !this.#days.some((kept) => kept.day === day))
        this.#state(day, startOfDay(to - 1, zone), to);
    } catch (error) {
      onError(error);
    }
  }

  #state(day: string, from: number, to: number): void {
    const { goods, view, record, now, timeZone } = this.#parts;
    const before = this.#days.at(-1)?.closing ?? new Map<string, number>();
    const receipts = goods.receipts
      .list()
      .filter(({ boundAt }) => boundAt < to)
      .flatMap(
        ({ binding }) => this.#lineOf(binding.receipt, before.get(binding.receipt) ?? null, from, to) ?? [],
      );
    const document: StockStatement = { kind: 'stock', day, timeZone: timeZone(), from, to, receipts };
    const signed = view.sign('stock', day, document, now(), null);
    const bytes = utf8(JSON.stringify(signed));
    const hash = sha256(bytes);
    const closing = new Map(receipts.map((line) => [line.receipt, line.closing]));
    const days = [...this.#days, { day, file: toHex(hash), closing }].slice(-MOST_DAYS);
    const body: BlobBody = [hash, bytes.length, 'application/json', `stock/${day}`, to];
    const input = { records: [{ slot: EVENTS_SLOT, t: now(), type: RecordType.blob, body }] };
    record(input, { files: [{ sha256: hash, bytes }], meta: [{ key: META, value: textOf(days) }] });
    this.#days = days;
  }

  #lineOf(receipt: string, opening: number | null, from: number, to: number): StockLine | null {
    const { goods, view } = this.#parts;
    const [bound, row, status] = [
      goods.receipts.get(receipt),
      goods.control.book.at(receipt, to),
      view.status(receipt),
    ];
    if (bound === null || row === null || status === null) return null;
    const { binding, boundAt } = bound;
    const { number, lot, zone, control, lifecycle, amount, exposure } = status;
    const closing = amount.onReceipt.value;
    const attested = amount.attested?.value ?? null;
    const variance = attested === null ? null : attested - closing;
    const lossAllowed = Math.floor((binding.amount.value * binding.lossPerMille) / 1000);
    const began = row.period === null ? null : Math.max(from, row.period.from);
    const day =
      began === null
        ? null
        : coverageOf(spansOf(row.lost, row.gap, to), began, Math.min(to, row.period?.to ?? to));
    return {
      receipt,
      number,
      lot,
      zone,
      unit: binding.amount.unit,
      exp: binding.amount.exp,
      opening: boundAt >= from ? null : (opening ?? binding.amount.value),
      out: Math.max(0, (opening ?? binding.amount.value) - closing),
      closing,
      attested,
      attestedAt: amount.attestedAt,
      variance,
      lossAllowed,
      isWithinLoss: variance === null ? null : -variance <= lossAllowed,
      control,
      lifecycle,
      coverage: day?.coverage ?? null,
      gapMs: day?.gapMs ?? null,
      openBreaches: row.lost.breaches.filter((breach) => breach.to === null).length,
      exposure,
    };
  }
}

function textOf(days: readonly KeptDay[]): string {
  return JSON.stringify(
    days.map(({ day, file, closing }) => ({ day, file, closing: Object.fromEntries(closing) })),
  );
}

function keptIn(text: string | null): readonly KeptDay[] {
  if (text === null) return [];
  const json = parseStrictJson(Buffer.from(text), MOST_BYTES);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    return new JsonField(json.value, '').list(MOST_DAYS).map((item) => {
      const f = item.fields('day', 'file', 'closing');
      const closing = f('closing')
        .entries()
        .map(([receipt, amount]) => [receipt, amount.integer(0)] as const);
      return { day: f('day').text(), file: f('file').text(), closing: new Map(closing) };
    });
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `the stock statements kept: ${error.message}`, { cause: error });
  }
}
